/** For integration tests: this machine as a host of nodes, with a state directory of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger, systemClock } from '@drydock/service-kit';
import type { Egress } from '../network/egress.ts';
import { loadNetnsAddon } from '../network/netns-addon.ts';
import {
  createSessionNetworks,
  type GatewayServices,
  type Peer,
  type SessionNetworks,
} from '../network/session-networks.ts';
import { createTransitClaims } from '../network/transit-claims.ts';
import { createNodeRecords } from '../nodes/node-record.ts';
import { createNodeService, type NodeService } from '../nodes/node-service.ts';
import { createSessionKeys } from '../nodes/session-keys.ts';
import { createHostRuntime } from '../runtime/host-runtime.ts';
import type { OwnFigures } from '../runtime/own-figures.ts';
import type { Runtime } from '../runtime/runtime.ts';

const GIB = 1024 ** 3;
export const TEST_LIMITS = { cpus: 1, memoryBytes: GIB, diskBytes: 4 * GIB, pids: 2000 };
export const NATIVE_DIR = fileURLToPath(new URL('../../../../native/build', import.meta.url));
/** One run directory for all on this machine: claims of ids and addresses are the machine's. */
const RUN_DIR = '/run/drydock';

export interface RealHost {
  stateDir: string;
  runtime: Runtime;
  /** A node service as a newly started agent would have it, over the same state. */
  startAgent(): Promise<NodeService>;
  /** Removes all nodes and the state directory. */
  close(): Promise<void>;
}

export interface RealHostOptions {
  /** What sessions find on their gateway; by default nothing, since most tests are not about names and images. */
  services?: (peers: (sessionId: string) => Peer[]) => GatewayServices;
  egress?: Egress;
  /** By default nodes see the host's. */
  figures?: OwnFigures;
  /** By default a new one. */
  stateDir?: string;
}

/** Prepares it; the images are those of `imagesDir`. */
export async function openRealHost(
  imagesDir: string,
  logLevel = 'warn',
  { services, egress = 'none', figures, stateDir: given }: RealHostOptions = {},
): Promise<RealHost> {
  const stateDir = given ?? (await mkdtemp(join(tmpdir(), 'drydock-test-')));
  const logger = createLogger('test', logLevel);
  const runtime = await createHostRuntime({
    ...{ stateDir, runDir: RUN_DIR, imagesDir, nativeDir: NATIVE_DIR },
    figures,
    logger,
  });
  await runtime.prepare();
  const agents: NodeService[] = [];
  const opened: SessionNetworks[] = [];

  async function startAgent(): Promise<NodeService> {
    const networks: SessionNetworks = createSessionNetworks({
      addon: loadNetnsAddon(NATIVE_DIR),
      claims: createTransitClaims(join(RUN_DIR, 'alloc'), stateDir),
      logger,
      services: services?.((sessionId) => networks.peers(sessionId)) ?? {
        open: async () => ({ close: async () => undefined }),
      },
    });
    opened.push(networks);
    const service = createNodeService({
      runtime,
      networks,
      records: createNodeRecords(join(stateDir, 'nodes')),
      keys: createSessionKeys(join(stateDir, 'keys')),
      clock: systemClock,
      logger,
      egress,
    });
    await service.adopt();
    agents.push(service);
    return service;
  }

  async function letGo(): Promise<void> {
    for (const agent of agents.splice(0)) agent.close();
    await Promise.all(opened.splice(0).map((networks) => networks.close()));
  }

  return {
    stateDir,
    runtime,
    startAgent,
    async close() {
      // The agent that cleans up opens the sockets of what it adopts anew.
      await letGo();
      await (await startAgent()).destroyAll();
      await letGo();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
