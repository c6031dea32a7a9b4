/** What each command of a manager does here. */
import { DrydockError, type SessionId } from '@drydock/protocol';
import type { LabWatch } from '../checks/lab-watch.ts';
import type { NodeProbes } from '../checks/node-probes.ts';
import type { FreezeHolds } from '../floor/freeze-holds.ts';
import type { SessionNetworks } from '../network/session/session-networks.ts';
import type { LostPeers } from '../nodes/lost-peers.ts';
import type { NodeService } from '../nodes/node-service.ts';
import type { StreamOpener } from '../streams/stream-opener.ts';
import type { TerminalClient } from '../terminals/terminal-client.ts';
import type { NodeWatchers } from '../watch/node-watchers.ts';
import type { CommandHandlers } from './dispatch.ts';
import type { TerminalCommandHandlers } from './terminal-commands.ts';

export interface CommandHandlersDeps {
  nodes: NodeService;
  networks: Pick<SessionNetworks, 'peers'>;
  lostPeers: LostPeers;
  holds: FreezeHolds;
  reach: {
    streams: StreamOpener;
    watchers: Pick<NodeWatchers, 'readSwarm'>;
    labs: Pick<LabWatch, 'watch'>;
    probe: NodeProbes;
  };
  terminals: Pick<TerminalClient, 'call'>;
  terminalHandlers: TerminalCommandHandlers;
}

/** Builds the table. */
export function createCommandHandlers(deps: CommandHandlersDeps): CommandHandlers {
  const { nodes, networks, lostPeers, holds, terminals } = deps;
  const { streams, watchers, labs, probe } = deps.reach;
  const closeTerminals = (sessionId: SessionId, node: string) =>
    terminals.call('node.close', { sessionId, node }).catch(() => undefined);

  return {
    'node.create': (request) => nodes.create(request),
    'node.destroy': async ({ sessionId, node }) => {
      await closeTerminals(sessionId, node);
      await nodes.destroy(sessionId, node);
      return {};
    },
    'session.destroy': async ({ sessionId }) => {
      await nodes.destroySession(sessionId);
      return {};
    },
    'session.network': async ({ sessionId, network }) => {
      const before = networks.peers(sessionId);
      await nodes.setNetwork(sessionId, network);
      const there = new Set(networks.peers(sessionId).map(({ ip }) => ip));
      for (const { ip } of before) if (!there.has(ip)) lostPeers.tell(sessionId, ip);
      return {};
    },
    'session.freeze': async ({ sessionId, frozen }) => {
      await holds.set(sessionId, 'manager', frozen);
      return {};
    },
    'session.rest': async ({ sessionId }) => {
      for (const { name } of nodes.list().filter((node) => node.sessionId === sessionId)) {
        await closeTerminals(sessionId, name);
        streams.closeNode(sessionId, name);
      }
      await nodes.restSession(sessionId);
      return {};
    },
    'node.exec': ({ sessionId, node, ...request }) => nodes.exec(sessionId, node, request),
    ...deps.terminalHandlers,
    'stream.open': (request, from) => streams.open(request, from),
    'lab.watch': async ({ sessionId, node, tables }) => {
      if (nodes.get(sessionId, node) === undefined) throw new DrydockError('NODE_NOT_FOUND');
      labs.watch(sessionId, node, tables);
      return {};
    },
    'lab.probe': ({ sessionId, node, probes }) => probe(sessionId, node, probes),
    'swarm.read': ({ sessionId }) => watchers.readSwarm(sessionId),
  };
}
