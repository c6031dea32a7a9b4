/** The ways into running nodes: streams for managers, and the watchers of ports, engines and swarms. */
import { type AgentFact, DrydockError, type SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { createLabWatch, type LabWatch } from '../checks/lab-watch.ts';
import { createNodeProbes, type NodeProbes } from '../checks/node-probes.ts';
import type { CommandShares } from '../nodes/command-shares.ts';
import type { NodeService } from '../nodes/node-service.ts';
import type { Platform } from '../platform/platform.ts';
import { connectNode } from '../streams/node-connect.ts';
import { createStreamOpener, type NodeDoor, type StreamOpener } from '../streams/stream-opener.ts';
import { createManagerDial } from '../system/manager-dial.ts';
import { createNodeWatchers, type NodeWatchers } from '../watch/node-watchers.ts';

export interface Reach {
  streams: StreamOpener;
  watchers: NodeWatchers;
  labs: LabWatch;
  probe: NodeProbes;
}

export interface ReachDeps {
  platform: Platform;
  nodes: NodeService;
  commands: CommandShares;
  /** Under which managers know this host, and its key. */
  self: { name: string; readKey: () => Promise<string> };
  clock: Clock;
  logger: Logger;
  onFact: (fact: AgentFact) => void;
}

/** Builds it. */
export function createReach({ platform, nodes, commands, self, clock, logger, onFact }: ReachDeps): Reach {
  const { runtime, networks } = platform;

  async function findNode(sessionId: SessionId, name: string): Promise<NodeDoor | undefined> {
    const node = nodes.get(sessionId, name);
    if (!node || !(await node.handle.alive())) return undefined;
    return { ...node, enter: (command) => runtime.enter(node, command) };
  }

  const streams = createStreamOpener({ networks, commands, logger, dial: createManagerDial(self), findNode });
  async function connectPort(sessionId: SessionId, name: string, port: number) {
    const door = await findNode(sessionId, name);
    if (!door) throw new DrydockError('NODE_NOT_FOUND');
    return (await connectNode(networks, door, port)).target;
  }
  const labs = createLabWatch({
    clock,
    tell: (sessionId, node, facts) => onFact({ kind: 'lab', sessionId, node, facts }),
  });
  const probe = createNodeProbes({ exec: nodes.exec, connectPort, pids: labs.pids });
  const watchers = createNodeWatchers({
    findNode: (sessionId, node) => nodes.get(sessionId, node)?.handle,
    connectPort,
    labs,
    observe: nodes.observe,
    onOom: (sessionId, node) => void nodes.noteKill(sessionId, node),
    onEngineEvent: (sessionId, node, fact) => onFact({ kind: 'event', sessionId, event: { ...fact, node } }),
    onSwarm: (sessionId, swarm) => onFact({ kind: 'swarm', sessionId, swarm }),
    clock,
  });
  return { streams, watchers, labs, probe };
}
