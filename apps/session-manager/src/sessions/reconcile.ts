/**
 * Brings what is stored and what hosts really have together: when a host connects, when it stays away, and when it reports an end
 * that nobody asked for.
 */
import type { AgentHello } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { type AgentCommands, DESTROY_TIMEOUT_MS } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { NodeService } from './node-service.ts';
import { removeNode, type SessionRecord, setNodeState } from './session.ts';
import type { SessionDirectory } from './session-directory.ts';

/** How long a host may be away before its nodes count as lost (ms): an agent's restart takes seconds, a host's reboot kills its nodes. */
export const HOST_GRACE_MS = 60_000;

export interface Reconciler {
  /** The sessions that live on a host: what it is told in answer to its hello. Everything else there is to be destroyed. */
  sessionsOn(host: string): string[];
  /** Settles the differences between a host's hello and the store. */
  onHello(host: string, hello: AgentHello): void;
  /** Begins the grace of every host that sessions name and that is not connected. */
  start(): void;
  stop(): void;
}

/** Builds the reconciler; it follows the hosts' events. */
export function createReconciler(deps: {
  directory: SessionDirectory;
  hosts: HostRegistry;
  nodes: Pick<NodeService, 'build' | 'isBuilding'>;
  commands: AgentCommands;
  clock: Clock;
  logger: Logger;
  graceMs?: number;
}): Reconciler {
  const { directory, hosts, nodes, commands, clock, logger, graceMs = HOST_GRACE_MS } = deps;
  const graces = new Map<string, Timer>();

  const active = () => [...directory.all()].filter(({ state }) => state === 'active');

  function update(sessionId: string, change: (record: SessionRecord) => SessionRecord): void {
    directory.update(sessionId, change).catch((error: unknown) => {
      // The next hello of the host finds the same difference again.
      logger.warn({ err: error, sessionId }, 'difference could not be settled');
    });
  }

  function declareLost(host: string): void {
    graces.delete(host);
    if (hosts.isConnected(host)) return;
    logger.error({ host }, 'host is lost');
    for (const session of active()) {
      const names = session.nodes.filter((node) => node.host === host).map(({ name }) => name);
      if (names.length === 0) continue;
      update(session.id, (current) => names.reduce(giveUp, current));
    }
  }

  /** A lost node stays visible as lost; one that was being deleted is simply gone. */
  function giveUp(session: SessionRecord, name: string): SessionRecord {
    const state = session.nodes.find((node) => node.name === name)?.state;
    return state === 'destroying' ? removeNode(session, name) : setNodeState(session, name, 'lost');
  }

  function beginGrace(host: string): void {
    if (!graces.has(host))
      graces.set(
        host,
        clock.after(graceMs, () => declareLost(host)),
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
        // The manager that began this is gone; the command is idempotent.
        nodes.build(session.id, node.name).catch(() => undefined);
      } else if (node.state === 'running' && !isThere) {
        logger.error({ sessionId: session.id, node: node.name, host }, 'host no longer has a node');
        update(session.id, (current) => setNodeState(current, node.name, 'lost'));
      } else if (node.state === 'destroying' && state === undefined) {
        update(session.id, (current) => removeNode(current, node.name));
      }
    }
  }

  const stopListening = hosts.onEvent((event) => {
    switch (event.kind) {
      case 'connected':
        graces.get(event.host)?.cancel();
        graces.delete(event.host);
        break;
      case 'lost':
        beginGrace(event.host);
        break;
      case 'node-gone': {
        if (event.reason === 'deleted') break;
        const node = directory.get(event.sessionId)?.nodes.find(({ name }) => name === event.node);
        if (node?.host === event.host && !nodes.isBuilding(event.sessionId, event.node)) {
          update(event.sessionId, (current) => giveUp(current, event.node));
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
      case 'swarm':
        break;
    }
  });

  return {
    // The nodes of a session in grace hold files that its owner may still fetch.
    sessionsOn: (host) =>
      [...directory.all()]
        .filter(({ state }) => state === 'active' || state === 'grace')
        .filter((session) => session.nodes.some((node) => node.host === host && node.state !== 'lost'))
        .map(({ id }) => id),
    onHello(host, hello) {
      const present = new Map(hello.nodes.map((node) => [`${node.sessionId}/${node.name}`, node.state]));
      endUnknown(host, hello);
      for (const session of active()) settleMissing(host, session, present);
    },
    start() {
      const named = new Set(active().flatMap((session) => session.nodes.map(({ host }) => host)));
      for (const host of named) if (!hosts.isConnected(host)) beginGrace(host);
    },
    stop() {
      for (const timer of graces.values()) timer.cancel();
      stopListening();
    },
  };
}
