/** Nodes that are directories and processes of whoever runs the agent, and networks that are pretended: for development and tests, on any machine. */
import { createFakeSessionNetworks } from '../network/fake/fake-session-networks.ts';
import { createFakeRuntime } from '../runtime/fake/fake-runtime.ts';
import type { Platform, PlatformDeps } from './platform.ts';

const ARCHITECTURES: Record<string, string> = { x64: 'linux/amd64', arm64: 'linux/arm64' };

/** Builds it; it confines nothing. */
export async function createFakePlatform({ env }: PlatformDeps): Promise<Platform> {
  const runtime = createFakeRuntime(env);
  const networks = createFakeSessionNetworks();
  return {
    runtime,
    networks,
    underlay: undefined,
    features: async () => ({
      ingress: 'none',
      encryptedOverlay: false,
      vlan: false,
      platforms: [ARCHITECTURES[process.arch] ?? 'linux/amd64'],
      cgroup: 2,
      isolation: 'none',
      egress: env.egress,
      figures: 'host',
    }),
    // Nothing of it is a node's doing.
    kernelTotals: async () => ({
      neighbours: 0,
      unreclaimableBytes: 0,
      unexplainedBytes: 0,
      transportBytes: 0,
      transportPotBytes: 0,
      groups: 0,
    }),
    prepare: runtime.prepare,
    start: () => undefined,
    retell: () => undefined,
    async stop() {
      runtime.close();
      await networks.close();
    },
    removeShared: async () => undefined,
  };
}
