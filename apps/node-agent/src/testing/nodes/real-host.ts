/** For integration tests: this machine as a host of nodes, with a state directory of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger, systemClock } from '@drydock/service-kit';
import type { Egress } from '../../network/egress.ts';
import {
  createSessionNetworks,
  type GatewayServices,
  type SessionNetworks,
} from '../../network/session/session-networks.ts';
import { createTransitClaims } from '../../network/session/transit-claims.ts';
import { createNodeRecords } from '../../nodes/node-record.ts';
import { createNodeService, type NodeService } from '../../nodes/node-service.ts';
import { createPool, type Pool } from '../../nodes/pool.ts';
import { createSessionKeys } from '../../nodes/session-keys.ts';
import type { OwnFigures } from '../../runtime/runc/own-figures.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { loadNetnsAddon } from '../../system/netns-addon.ts';
import { createNetnsSockets } from '../../system/netns-sockets.ts';
import { engineReady } from '../../watch/engine-ready.ts';
import { createNodeWatchers, type NodeWatchers } from '../../watch/node-watchers.ts';
import { createHostRuntime } from './host-runtime.ts';

const GIB = 1024 ** 3;
export const TEST_LIMITS = { cpus: 1, memoryBytes: GIB, diskBytes: 4 * GIB, pids: 2000 };
export const NATIVE_DIR = fileURLToPath(new URL('../../../../../native/build', import.meta.url));
/** One run directory for all on this machine: claims of ids and addresses are the machine's. */
const RUN_DIR = '/run/drydock';

export interface RealHost {
  stateDir: string;
  runtime: Runtime;
  /** A node service as a newly started agent would have it, over the same state. */
  startAgent(): Promise<NodeService>;
  /** The pool of the agent that was started last; without members unless RealHostOptions says so. */
  pool(): Pool;
  /** Removes all nodes and the state directory. */
  close(): Promise<void>;
}

export interface RealHostOptions {
  /** What sessions find on their gateway; by default nothing, since most tests are not about names and images. */
  services?: () => GatewayServices;
  egress?: Egress;
  /** By default nodes see the host's. */
  figures?: OwnFigures;
  /** By default a new one. */
  stateDir?: string;
  /** Nodes of TEST_LIMITS that are kept booted. */
  poolSize?: number;
}

/** Prepares it; the images are those of `imagesDir`. */
export async function openRealHost(
  imagesDir: string,
  logLevel = 'warn',
  { services, egress = 'none', figures, stateDir: given, poolSize = 0 }: RealHostOptions = {},
): Promise<RealHost> {
  const stateDir = given ?? (await mkdtemp(join(tmpdir(), 'drydock-test-')));
  const logger = createLogger('test', logLevel);
  const runtime = await createHostRuntime({
    stateDir,
    runDir: RUN_DIR,
    imagesDir,
    nativeDir: NATIVE_DIR,
    figures,
    logger,
  });
  await runtime.prepare();
  const agents: { nodes: NodeService; pool: Pool; watchers: NodeWatchers; networks: SessionNetworks }[] = [];
  const addon = loadNetnsAddon(NATIVE_DIR);
  const sockets = createNetnsSockets(addon);

  async function startAgent(): Promise<NodeService> {
    const networks: SessionNetworks = createSessionNetworks({
      addon,
      sockets,
      claims: createTransitClaims(join(RUN_DIR, 'alloc'), stateDir),
      logger,
      services: services?.() ?? {
        open: async () => ({ close: async () => undefined }),
      },
    });
    const pool = createPool({
      runtime,
      limits: TEST_LIMITS,
      prepareNetwork: ({ plug }) => networks.prepare(plug),
      engineReady,
      wanted: async () => poolSize,
      clock: systemClock,
      logger,
    });
    const nodes = createNodeService({
      runtime,
      pool,
      networks,
      records: createNodeRecords(join(stateDir, 'nodes')),
      keys: createSessionKeys(join(stateDir, 'keys')),
      clock: systemClock,
      logger,
      egress,
    });
    const watchers = createNodeWatchers({
      findNode: (sessionId, node) => nodes.get(sessionId, node)?.handle,
      connectPort: async () => Promise.reject(new Error('no test asks for ports')),
      observe: nodes.observe,
      onOom: () => {},
      onEngineEvent: () => {},
      onSwarm: () => {},
      clock: systemClock,
    });
    nodes.onFact(watchers.onFact);
    agents.push({ nodes, pool, watchers, networks });
    await nodes.adopt();
    if (poolSize > 0) pool.start();
    return nodes;
  }

  async function letGo(): Promise<void> {
    for (const { nodes, pool, watchers, networks } of agents.splice(0)) {
      nodes.close();
      watchers.close();
      await Promise.all([pool.close(), networks.close()]);
    }
  }

  return {
    stateDir,
    runtime,
    startAgent,
    pool() {
      const agent = agents.at(-1);
      if (!agent) throw new Error('no agent was started');
      return agent.pool;
    },
    async close() {
      // The agent that cleans up opens the sockets of what it adopts anew.
      await letGo();
      const nodes = await startAgent();
      await agents.at(-1)?.pool.destroyAll();
      await nodes.destroyAll();
      await letGo();
      runtime.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
