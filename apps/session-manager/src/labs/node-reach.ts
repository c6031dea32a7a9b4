/** A session's nodes as its lab reaches them: who is there, who can be asked, and asking. */
import type { Lab } from '@drydock/lab';
import {
  type AgentNodeReport,
  type AgentRequest,
  DrydockError,
  type ExecResponse,
  type NodeProbe,
  type ProbedFacts,
  type SessionId,
  type SwarmState,
  type WatchedTable,
} from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { AgentCommands } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';

export interface NodeReach {
  /** Nodes of the session with what their hosts tell; no report where the host is away, or the node is not there yet. */
  reports(sessionId: SessionId): { name: string; report: AgentNodeReport | undefined }[];
  /** Running nodes whose hosts are here and know labs. */
  askable(sessionId: SessionId): string[];
  /** Nodes of the lab that are missing, and nodes whose hosts know no labs. */
  notHere(sessionId: SessionId, lab: Lab): string[];
  swarm(sessionId: SessionId): SwarmState;
  /** Asks for tables; a host that does not answer is asked again with the next round. */
  watch(sessionId: SessionId, node: string, tables: readonly WatchedTable[]): void;
  /** @throws DrydockError. */
  probe(sessionId: SessionId, node: string, probes: NodeProbe[], timeoutMs: number): Promise<ProbedFacts>;
  /** Runs a command in a node. @throws DrydockError. */
  exec(
    sessionId: SessionId,
    node: string,
    request: Omit<AgentRequest<'node.exec'>, 'sessionId' | 'node'>,
  ): Promise<ExecResponse>;
}

/** What an agent may take beyond a command's own time limit (ms). */
const EXEC_SLACK_MS = 15_000;
const DEFAULT_EXEC_MS = 30_000;

/** Builds it. */
export function createNodeReach(deps: {
  directory: Pick<SessionDirectory, 'get'>;
  hosts: Pick<HostRegistry, 'get' | 'isConnected' | 'nodeReport'>;
  commands: AgentCommands;
  swarm(sessionId: SessionId): SwarmState;
  logger: Logger;
}): NodeReach {
  const { directory, hosts, commands, swarm, logger } = deps;
  const nodesOf = (sessionId: SessionId) => directory.get(sessionId)?.nodes ?? [];

  function hostOf(sessionId: SessionId, node: string): string {
    const host = nodesOf(sessionId).find(({ name }) => name === node)?.host;
    if (host === undefined) throw new DrydockError('NODE_NOT_FOUND');
    return host;
  }

  return {
    reports: (sessionId) =>
      nodesOf(sessionId).map(({ name, host, state }) => ({
        name,
        report: state === 'running' && hosts.isConnected(host) ? hosts.nodeReport(host, sessionId, name) : undefined,
      })),
    askable: (sessionId) =>
      nodesOf(sessionId)
        .filter(({ state, host }) => state === 'running' && hosts.isConnected(host) && hosts.get(host)?.labs === true)
        .map(({ name }) => name),
    notHere(sessionId, { nodes, template }) {
      const own = nodesOf(sessionId);
      const missing =
        template === undefined
          ? nodes.filter(({ name }) => !own.some((node) => node.name === name)).map(({ name }) => name)
          : [];
      const strange = own.filter(({ host }) => hosts.get(host)?.labs !== true).map(({ name }) => name);
      return [...new Set([...missing, ...strange])];
    },
    swarm,
    watch(sessionId, node, tables) {
      Promise.resolve()
        .then(() => commands.send(hostOf(sessionId, node), 'lab.watch', { sessionId, node, tables: [...tables] }))
        .catch((error: unknown) => logger.debug({ err: error, sessionId, node }, 'tables were not asked for'));
    },
    probe: async (sessionId, node, probes, timeoutMs) =>
      commands.send(hostOf(sessionId, node), 'lab.probe', { sessionId, node, probes }, timeoutMs),
    exec: async (sessionId, node, request) =>
      commands.send(
        hostOf(sessionId, node),
        'node.exec',
        { sessionId, node, ...request },
        (request.timeoutSeconds === undefined ? DEFAULT_EXEC_MS : request.timeoutSeconds * 1000) + EXEC_SLACK_MS,
      ),
  };
}
