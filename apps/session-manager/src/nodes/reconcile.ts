/**
 * Brings what is stored and what hosts really have together: when a host connects, when it stays away, and when it reports an end
 * that nobody asked for.
 */
import { type AgentHello, type SessionId, toDrydockError } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { NodeRecord, SessionRecord } from '../model/session.ts';
import { removeNode, setNodeState, takeOverNode } from '../model/session-nodes.ts';
import { type AgentCommands, DESTROY_TIMEOUT_MS } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { ManagerPresence } from '../sessions/manager-presence.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { NodeService } from './node-service.ts';

/** How long a host may be away before its nodes count as lost (ms): an agent's restart takes seconds, a host's reboot kills its nodes. */
export const HOST_TIMEOUT_MS = 60_000;

export interface Reconciler {
  /** The sessions that live on a host: what it is told in answer to its hello. Everything else there is to be destroyed. */
  sessionsOn(host: string): string[];
  /** Learns anew what memory may lack of a hello: another manager wrote it a moment ago. @throws DrydockError STORE_UNAVAILABLE. */
  learn(host: string, hello: AgentHello): Promise<void>;
  /** Settles the differences between a host's hello and the store. */
  onHello(host: string, hello: AgentHello): void;
  /** Begins the timeout of every host that sessions name and that is not connected. */
  start(): void;
  stop(): void;
}

/** Builds the reconciler; it follows the hosts' events. */
export function createReconciler(
  deps: {
    directory: SessionDirectory;
    hosts: HostRegistry;
    nodes: Pick<NodeService, 'build' | 'discard' | 'isBuilding'>;
    commands: AgentCommands;
    presence: Pick<ManagerPresence, 'instance' | 'isAlive' | 'seenElsewhere' | 'onBeat' | 'refresh'>;
    clock: Clock;
    logger: Logger;
  },
  hostTimeoutMs = HOST_TIMEOUT_MS,
): Reconciler {
  const { directory, hosts, nodes, commands, presence, clock, logger } = deps;
  const timeouts = new Map<string, Timer>();
  let stopped = false;

  const active = () => [...directory.all()].filter(({ state }) => state === 'active');

  function update(sessionId: SessionId, change: (record: SessionRecord) => SessionRecord): void {
    directory.update(sessionId, change).catch((error: unknown) => {
      // The next hello of the host finds the same difference again.
      logger.warn({ err: error, sessionId }, 'difference could not be settled');
    });
  }

  async function declareLost(host: string): Promise<void> {
    await presence.refresh();
    timeouts.delete(host);
    if (hosts.isConnected(host) || stopped) return;
    // Only our own link is broken.
    if (presence.seenElsewhere(host)) {
      startTimeout(host);
      return;
    }
    logger.error({ host }, 'host is lost');
    for (const session of active()) {
      const names = session.nodes.filter((node) => node.host === host).map(({ name }) => name);
      if (names.length === 0) continue;
      update(session.id, (current) => names.reduce(markLost, current));
    }
  }

  /** A lost node stays visible as lost; one that was being deleted is simply gone. */
  function markLost(session: SessionRecord, name: string): SessionRecord {
    const state = session.nodes.find((node) => node.name === name)?.state;
    return state === 'destroying' ? removeNode(session, name) : setNodeState(session, name, 'lost');
  }

  function startTimeout(host: string): void {
    if (!timeouts.has(host))
      timeouts.set(
        host,
        clock.after(hostTimeoutMs, () => void declareLost(host)),
      );
  }

  function endUnknown(host: string, hello: AgentHello): void {
    for (const { sessionId, name } of hello.nodes) {
      const session = directory.get(sessionId);
      if (session?.state !== 'active') continue; // The answer to the hello does not name it: the agent ends it by itself.
      const node = session.nodes.find((candidate) => candidate.name === name);
      if (node?.host === host && (node.state === 'creating' || node.state === 'running')) continue;
      commands
        .send(host, 'node.destroy', { sessionId, node: name }, DESTROY_TIMEOUT_MS)
        .then(() => {
          logger.info({ sessionId, node: name, host }, 'left-over node destroyed');
          if (node?.state === 'destroying') update(sessionId, (current) => removeNode(current, name));
        })
        .catch((error: unknown) => logger.warn({ err: error, sessionId, node: name }, 'left-over node not destroyed'));
    }
  }

  function settleMissing(host: string, session: SessionRecord, present: ReadonlyMap<string, string>): void {
    for (const node of session.nodes) {
      if (node.host !== host || nodes.isBuilding(session.id, node.name)) continue;
      const state = present.get(`${session.id}/${node.name}`);
      const isThere = state === 'running' || state === 'creating';
      if (node.state === 'creating' && state === 'running') {
        update(session.id, (current) => setNodeState(current, node.name, 'running'));
      } else if (node.state === 'creating') {
        takeOver(session.id, node);
      } else if (node.state === 'running' && !isThere) {
        void confirmMissing(host, session.id, node);
      } else if (node.state === 'destroying' && state === undefined) {
        update(session.id, (current) => removeNode(current, node.name));
      }
    }
  }

  /** `session/node` from the wish to take it over until its making ends: the record names us before the making has begun. */
  const takingOver = new Set<string>();
  /** The manager that began this is gone: of those that are left one goes on with it. */
  function takeOver(sessionId: SessionId, node: NodeRecord): void {
    const key = `${sessionId}/${node.name}`;
    if (takingOver.has(key) || nodes.isBuilding(sessionId, node.name)) return;
    if (node.driver === presence.instance) return void discard(sessionId, node);
    if (node.driver !== undefined && presence.isAlive(node.driver)) return;
    let isOurs = false;
    takingOver.add(key);
    directory
      .update(sessionId, (current) => {
        const next = takeOverNode(current, node, presence.instance);
        isOurs = next !== current;
        return next;
      })
      .then(() => (isOurs ? nodes.build(sessionId, node.name) : undefined))
      .catch((error: unknown) => logger.warn({ err: error, sessionId, node: node.name }, 'node not taken over'))
      .finally(() => takingOver.delete(key));
  }

  const discarding = new Set<NodeRecord>();
  /** Whoever asked for it was told that it failed. */
  async function discard(sessionId: SessionId, node: NodeRecord): Promise<void> {
    if (discarding.has(node)) return;
    discarding.add(node);
    await nodes.discard(sessionId, node).finally(() => discarding.delete(node));
  }

  /**
   * A hello may be older than the record: another manager may have had the node made in between. Facts keep their order, so what the
   * host has said until it answers decides.
   */
  async function confirmMissing(host: string, sessionId: SessionId, node: NodeRecord): Promise<void> {
    const answered = await commands.send(host, 'ping', {}).then(
      () => true,
      (error: unknown) => toDrydockError(error).code !== 'HOST_UNAVAILABLE',
    );
    if (!answered || hosts.nodeReport(host, sessionId, node.name) !== undefined) return;
    const isSame = (record: SessionRecord) =>
      record.nodes.some(({ name, createdAt }) => name === node.name && createdAt === node.createdAt);
    update(sessionId, (current) => {
      if (!isSame(current)) return current;
      logger.error({ sessionId, node: node.name, host }, 'host no longer has a node');
      return setNodeState(current, node.name, 'lost');
    });
  }

  function takeOverOrphans(): void {
    for (const session of active()) {
      for (const node of session.nodes) {
        if (node.state === 'creating' && hosts.isConnected(node.host)) takeOver(session.id, node);
      }
    }
  }
  presence.onBeat(takeOverOrphans);

  const stopListening = hosts.onEvent((event) => {
    switch (event.kind) {
      case 'connected':
        timeouts.get(event.host)?.cancel();
        timeouts.delete(event.host);
        break;
      case 'lost':
        startTimeout(event.host);
        break;
      case 'node-gone': {
        if (event.reason === 'deleted') break;
        const node = directory.get(event.sessionId)?.nodes.find(({ name }) => name === event.node);
        // Who makes a node hears of its failure by the command's answer.
        const isDriven = node?.state === 'creating' && node.driver !== undefined && presence.isAlive(node.driver);
        if (node?.host === event.host && !isDriven && !nodes.isBuilding(event.sessionId, event.node)) {
          update(event.sessionId, (current) => markLost(current, event.node));
        }
        break;
      }
      case 'node': {
        const { sessionId, name, state } = event.report;
        const node = directory.get(sessionId)?.nodes.find((candidate) => candidate.name === name);
        if (node?.state === 'creating' && state === 'running' && !nodes.isBuilding(sessionId, name)) {
          update(sessionId, (current) => setNodeState(current, name, 'running'));
        }
        break;
      }
      case 'ports':
      case 'capacity':
      case 'event':
      case 'swarm':
      case 'lab':
      case 'terminal':
      case 'floor':
      case 'refusals':
      case 'traffic':
        break;
    }
  });

  return {
    // The nodes of a retained session hold files that its owner may still fetch; where those of an unreadable one are is not known.
    sessionsOn: (host) => [
      ...[...directory.all()]
        .filter(({ state }) => state === 'active' || state === 'retained')
        .filter((session) => session.nodes.some((node) => node.host === host && node.state !== 'lost'))
        .map(({ id }) => id),
      ...directory.unreadable(),
    ],
    async learn(host, hello) {
      const doubtful = hello.nodes.filter(({ sessionId, name }) => {
        const session = directory.get(sessionId);
        return session?.state !== 'active' || !session.nodes.some((node) => node.name === name && node.host === host);
      });
      await directory.refresh(new Set(doubtful.map(({ sessionId }) => sessionId)));
    },
    onHello(host, hello) {
      const present = new Map(hello.nodes.map((node) => [`${node.sessionId}/${node.name}`, node.state]));
      endUnknown(host, hello);
      for (const session of active()) settleMissing(host, session, present);
    },
    start() {
      const named = new Set(active().flatMap((session) => session.nodes.map(({ host }) => host)));
      for (const host of named) if (!hosts.isConnected(host)) startTimeout(host);
    },
    stop() {
      stopped = true;
      for (const timer of timeouts.values()) timer.cancel();
      stopListening();
    },
  };
}
