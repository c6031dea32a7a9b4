/** Nodes with all that looks after them on this host: pool, service, capacity, and what keeps the host for all. */
import { join } from 'node:path';
import type { AgentFact } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { AgentEnv } from '../env.ts';
import { createFreezeHolds, type FreezeHolds } from '../floor/freeze-holds.ts';
import { createFrozenRecord } from '../floor/frozen-record.ts';
import { createHostFloor } from '../floor/host-floor.ts';
import { createHostReport, type HostReport } from '../host/host-report.ts';
import { type CommandShares, createCommandShares } from '../nodes/command-shares.ts';
import { createLostPeers, type LostPeers } from '../nodes/lost-peers.ts';
import { createNodeRecords } from '../nodes/node-record.ts';
import { createNodeService, type NodeService } from '../nodes/node-service.ts';
import { createPool, type Pool } from '../nodes/pool.ts';
import { createSessionKeys } from '../nodes/session-keys.ts';
import type { Platform } from '../platform/platform.ts';
import type { NodeKey } from '../runtime/runtime.ts';
import { createListeners } from '../system/listeners.ts';
import { engineReady } from '../watch/engine-ready.ts';

export interface NodeSide {
  nodes: NodeService;
  pool: Pool;
  commands: CommandShares;
  host: HostReport;
  holds: FreezeHolds;
  floor: { start(): void; stop(): void };
  lostPeers: LostPeers;
}

export interface NodeSideDeps {
  env: AgentEnv;
  platform: Platform;
  clock: Clock;
  logger: Logger;
  onFact: (fact: AgentFact) => void;
}

/** Builds it; nothing begins by itself. */
export function createNodeSide({ env, platform, clock, logger, onFact }: NodeSideDeps): NodeSide {
  const { runtime, networks } = platform;
  const base = { clock, logger };
  const host = createHostReport({
    env,
    runtime,
    features: platform.features,
    onCapacity: (capacity) => onFact({ kind: 'capacity', capacity }),
    ...base,
  });
  const remains = createListeners<NodeKey>();
  const pool = createPool({
    runtime,
    limits: env.nodeLimits,
    prepareNetwork: ({ plug }) => networks.prepare(plug),
    engineReady,
    wanted: (members, demand) => host.poolSize({ members, demand }),
    onSize: host.changed,
    onRemains: remains.tell,
    ...base,
  });
  const commands = createCommandShares();
  const nodes = createNodeService({
    commands,
    runtime,
    pool,
    networks,
    records: createNodeRecords(join(env.stateDir, 'nodes')),
    keys: createSessionKeys(join(env.stateDir, 'secrets', 'sessions')),
    egress: env.egress,
    ...base,
  });
  remains.add(nodes.addRemains);
  const holds = createFreezeHolds({
    record: createFrozenRecord(join(env.stateDir, 'held.json')),
    freeze: nodes.freezeSession,
    sessions: () => nodes.list().map(({ sessionId }) => sessionId),
  });
  const floor = createHostFloor({
    stateDir: env.stateDir,
    diskFloorBytes: env.diskFloorBytes,
    totals: platform.kernelTotals,
    runtime,
    nodes,
    holds,
    tell: onFact,
    base,
  });
  const lostPeers = createLostPeers({ nodes, ...base });
  return { nodes, pool, commands, host, holds, floor, lostPeers };
}
