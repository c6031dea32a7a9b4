/**
 * Each session's state as a snapshot and then numbered changes without gaps. Snapshot and number are taken in one step of this
 * single-threaded program, so nothing can fall between them.
 */
import type {
  EndReason,
  LabView,
  SessionChange,
  SessionChangeEvent,
  SessionId,
  SessionSnapshot,
  SwarmState,
  TerminalView,
} from '@drydock/protocol';
import { frozenOf, type NodeRecord, publicPortsOf, type SessionRecord } from '../model/session.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { DirectoryChange, SessionDirectory } from '../sessions/session-directory.ts';
import type { SessionViews } from './session-view.ts';

export interface SessionFeedListener {
  change(event: SessionChangeEvent): void;
  ended(reason: EndReason, next: SessionRecord): void;
}

export interface SessionFeed {
  /**
   * Begins listening to a session; the snapshot and the first change heard have successive numbers.
   * Returns undefined when the session is not open.
   */
  subscribe(
    sessionId: SessionId,
    listener: SessionFeedListener,
  ): { snapshot: Omit<SessionSnapshot, 'right' | 'people'>; unsubscribe(): void } | undefined;
  /** Adds a change that only passes by (terminals, progress). */
  publish(sessionId: SessionId, change: SessionChange): void;
}

export interface SessionFeedDeps {
  directory: Pick<SessionDirectory, 'get' | 'all' | 'onChange'>;
  hosts: Pick<HostRegistry, 'onEvent'>;
  views: SessionViews;
  terminals(sessionId: SessionId): TerminalView[];
  swarm(sessionId: SessionId): SwarmState;
  /** The session's lab; null: none; undefined: not known yet. */
  lab(sessionId: SessionId): LabView | null | undefined;
  /** Whether every host of the session has told which terminals it has. */
  knowsHostsOf(sessionId: SessionId): boolean;
}

interface Channel {
  seq: number;
  listeners: Set<SessionFeedListener>;
}

/** Builds the feed and begins to listen to directory and hosts. */
export function createSessionFeed({
  directory,
  hosts,
  views,
  terminals,
  swarm,
  lab,
  knowsHostsOf,
}: SessionFeedDeps): SessionFeed {
  const channels = new Map<SessionId, Channel>();

  function publish(sessionId: SessionId, change: SessionChange): void {
    const channel = channels.get(sessionId);
    if (channel === undefined) return;
    channel.seq += 1;
    for (const listener of [...channel.listeners]) listener.change({ seq: channel.seq, change });
  }

  function publishNode(record: SessionRecord, name: string): void {
    const node = record.nodes.find((candidate) => candidate.name === name);
    if (node !== undefined) publish(record.id, { kind: 'node', node: views.node(record, node) });
  }

  function publishPorts(record: SessionRecord, name: string): void {
    const node = record.nodes.find((candidate) => candidate.name === name);
    if (node !== undefined) publish(record.id, { kind: 'ports', node: name, ports: views.ports(record, node) });
  }

  directory.onChange((change) => {
    if (channels.has(change.next.id)) publishDifference(change);
  });

  function publishDifference({ previous, next }: DirectoryChange): void {
    const before = new Map((previous?.nodes ?? []).map((node) => [node.name, node]));
    const after = new Map(next.nodes.map((node) => [node.name, node]));
    for (const node of before.values()) {
      if (!after.has(node.name)) {
        publish(next.id, { kind: 'node-gone', name: node.name, reason: goneReason(node) });
      }
    }
    for (const node of after.values()) if (before.get(node.name) !== node) publishNode(next, node.name);
    for (const name of changedPorts(previous, next)) publishPorts(next, name);
    const { name, state, expiresAt } = next;
    const frozen = frozenOf(next);
    const wasFrozen = previous === undefined ? undefined : frozenOf(previous);
    const isSame = previous?.name === name && previous.state === state && previous.expiresAt === expiresAt;
    if (!isSame || wasFrozen?.at !== frozen?.at) {
      const told = frozen === undefined ? {} : { frozen: { reason: frozen.reason } };
      publish(next.id, { kind: 'session', name, state, expiresAt, ...told });
    }
    if (previous?.state === 'active' && next.state !== 'active') {
      const { listeners } = channels.get(next.id) ?? { listeners: [] };
      for (const listener of [...listeners]) listener.ended(next.endReason, next);
    }
  }

  hosts.onEvent((event) => {
    switch (event.kind) {
      case 'node': {
        const record = channels.has(event.report.sessionId) ? directory.get(event.report.sessionId) : undefined;
        if (record === undefined) return;
        publishNode(record, event.report.name);
        return;
      }
      case 'ports': {
        const record = channels.has(event.sessionId) ? directory.get(event.sessionId) : undefined;
        if (record !== undefined) publishPorts(record, event.node);
        return;
      }
      case 'connected':
      case 'lost': {
        for (const sessionId of channels.keys()) {
          const record = directory.get(sessionId);
          for (const node of record?.nodes ?? []) {
            if (record === undefined || node.host !== event.host) continue;
            publishNode(record, node.name);
            publishPorts(record, node.name);
          }
        }
        return;
      }
      case 'node-gone':
      case 'terminal':
      case 'capacity':
      case 'event': // The timeline tells it, when it is written.
      case 'lab': // labs/ judges it.
      case 'swarm': // The swarm board tells it, as a step.
      case 'floor': // What comes of it is a change of the record.
      case 'refusals':
      case 'traffic': // Figures of the metrics and the operator.
        return; // A node that went is told by the change of its session's record.
    }
  });

  return {
    publish,
    subscribe(sessionId, listener) {
      const record = directory.get(sessionId);
      if (record === undefined || record.state !== 'active') return undefined;
      const channel = channels.get(sessionId) ?? { seq: 0, listeners: new Set() };
      channels.set(sessionId, channel);
      channel.listeners.add(listener);
      return {
        snapshot: {
          seq: channel.seq,
          session: views.session(record),
          terminals: terminals(sessionId),
          swarm: swarm(sessionId),
          ...withLab(lab(sessionId)),
          ...(knowsHostsOf(sessionId) ? {} : { terminalsPending: true }),
          ports: Object.fromEntries(record.nodes.map((node) => [node.name, views.ports(record, node)])),
        },
        unsubscribe() {
          channel.listeners.delete(listener);
          if (channel.listeners.size === 0 && channels.get(sessionId) === channel) channels.delete(sessionId);
        },
      };
    },
  };
}

/** What is not known yet comes as a change. */
function withLab(lab: LabView | null | undefined): Pick<SessionSnapshot, 'lab'> {
  return lab === undefined ? {} : { lab };
}

function goneReason(node: NodeRecord): 'deleted' | 'lost' | 'failed' {
  if (node.state === 'creating') return 'failed';
  return node.state === 'lost' ? 'lost' : 'deleted';
}

const REWRITTEN = 'rewritten';

function changedPorts(previous: SessionRecord | undefined, next: SessionRecord): Set<string> {
  const settings = (record: SessionRecord | undefined) =>
    new Set([
      ...(record === undefined ? [] : publicPortsOf(record)),
      ...(record?.rewrittenHosts ?? []).map((key) => `${key}:${REWRITTEN}`),
    ]);
  const before = settings(previous);
  const after = settings(next);
  const changed = [...before, ...after].filter((key) => before.has(key) !== after.has(key));
  return new Set(changed.map((key) => key.slice(0, key.indexOf(':'))));
}
