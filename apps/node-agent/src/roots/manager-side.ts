/** All that speaks with managers: commands in, facts out, and the terminals' host that both are about. */
import type { AgentFact, AgentHello } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { AgentEnv } from '../env.ts';
import { createCommandHandlers } from '../link/command-handlers.ts';
import { createDispatcher } from '../link/dispatch.ts';
import { createManagerLinks, type ManagerLinks } from '../link/manager-links.ts';
import { createOutlet } from '../link/outlet.ts';
import { createTerminalCommands } from '../link/terminal-commands.ts';
import type { Platform } from '../platform/platform.ts';
import type { Listeners } from '../system/listeners.ts';
import { HOST_PROTOCOL_VERSION } from '../terminals/host-protocol.ts';
import { createTerminalClient, type TerminalClient } from '../terminals/terminal-client.ts';
import type { NodeSide } from './node-side.ts';
import type { Reach } from './reach.ts';

export interface ManagerSide {
  terminals: TerminalClient;
  links: ManagerLinks;
}

export interface ManagerSideDeps {
  env: Pick<AgentEnv, 'managerUrls' | 'terminalsSocket'>;
  self: { name: string; version: string; readKey: () => Promise<string> };
  nodeSide: NodeSide;
  reach: Reach;
  platform: Pick<Platform, 'networks' | 'underlay' | 'retell'>;
  /** What is told to every manager. */
  facts: Listeners<AgentFact>;
  base: { clock: Clock; logger: Logger };
}

/** Builds it; it connects to the terminal host, and to managers once `links` is started. */
export function createManagerSide(deps: ManagerSideDeps): ManagerSide {
  const { env, self, nodeSide, reach, platform, facts } = deps;
  const { clock, logger } = deps.base;
  const { name, readKey } = self;
  const { nodes, host } = nodeSide;
  const outlet = createOutlet();
  const terminals = createTerminalClient(env.terminalsSocket, logger, outlet.events);
  const terminalCommands = createTerminalCommands({
    terminals,
    links: outlet.viewers,
    name,
    readKey,
    hasNode: (sessionId, node) => nodes.get(sessionId, node) !== undefined,
    sendFact: facts.tell,
  });
  const dispatcher = createDispatcher({
    logger,
    handlers: createCommandHandlers({
      ...nodeSide,
      networks: platform.networks,
      reach,
      terminals,
      terminalHandlers: terminalCommands.handlers,
    }),
  });
  const links = createManagerLinks({
    urls: env.managerUrls,
    name,
    readKey,
    dispatcher,
    logger,
    clock,
    async describe() {
      const listed = await terminals
        .call('list', { protocol: HOST_PROTOCOL_VERSION })
        .catch(() => ({ terminals: [], dials: false }));
      terminalCommands.learn(listed.terminals);
      const { features, capacity } = await host.describe();
      return (): AgentHello => ({
        version: self.version,
        capabilities: features,
        capacity,
        ...(platform.underlay === undefined ? {} : { underlay: platform.underlay }),
        nodes: nodes.list(),
        terminals: listed.terminals,
        terminalStream: listed.dials,
        labs: true,
      });
    },
    onSessions: (sessions, hello) => {
      for (const [sessionId, swarm] of reach.watchers.swarms()) facts.tell({ kind: 'swarm', sessionId, swarm });
      platform.retell();
      const listed = new Set(hello.nodes.map((node) => `${node.sessionId}/${node.name}`));
      nodes
        .reconcile(sessions, listed)
        .catch((err: unknown) => logger.error({ err }, 'nodes of ended sessions not removed'));
    },
    onViewersLost: terminalCommands.detach,
    onViewerAck: (ack) => terminals.ack(ack),
  });
  outlet.connect(links, terminalCommands);
  facts.add(links.sendFact);
  return { terminals, links };
}
