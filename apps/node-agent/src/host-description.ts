/** What the hello says of this host: capabilities and capacity. */
import { readdir, readFile, statfs } from 'node:fs/promises';
import os from 'node:os';
import type { Capabilities, Capacity } from '@drydock/protocol';
import type { AgentEnv } from './env.ts';

export interface HostDescription {
  describe(): Promise<{ capabilities: Capabilities; capacity: Capacity }>;
}

/** Memory that is never given to nodes (bytes): the processes of a stack and the kernel. */
const RESERVED_MEMORY = 1024 ** 3;
/** Limits are ceilings: a typical lab node uses a quarter of its memory. */
const MEMORY_OVERCOMMIT = 4;

const BINFMT: Record<string, string> = { 'qemu-aarch64': 'linux/arm64', 'qemu-arm': 'linux/arm/v7' };

/** Builds the description. */
export function createHostDescription(deps: { env: AgentEnv; cgroup: 1 | 2 }): HostDescription {
  const { env, cgroup } = deps;

  async function capabilities(): Promise<Capabilities> {
    const handlers = await readdir('/proc/sys/fs/binfmt_misc').catch(() => []);
    const algorithms = await readFile('/proc/net/protocols', 'utf8').catch(() => '');
    return {
      ingress: 'mesh',
      encryptedOverlay: /^ESP/m.test(algorithms),
      vlan: await readFile('/proc/net/vlan/config').then(
        () => true,
        () => false,
      ),
      platforms: ['linux/amd64', ...handlers.flatMap((name) => BINFMT[name] ?? [])],
      cgroup,
      isolation: 'shared-kernel',
      egress: env.egress,
    };
  }

  async function capacity(): Promise<Capacity> {
    const { bavail, bsize } = await statfs(env.stateDir);
    const memoryBytes = Math.max(0, os.totalmem() - RESERVED_MEMORY);
    return {
      cpus: os.cpus().length,
      memoryBytes,
      diskBytes: bavail * bsize,
      pool: 0,
      maxNodes: Math.max(1, Math.floor((memoryBytes * MEMORY_OVERCOMMIT) / env.nodeLimits.memoryBytes)),
      defaultLimits: env.nodeLimits,
    };
  }

  return { describe: async () => ({ capabilities: await capabilities(), capacity: await capacity() }) };
}
