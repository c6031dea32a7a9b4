/** How many nodes this host takes, after what it keeps for itself. */
import { mkdir, readFile, statfs } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Capacity, NodeLimits } from '@drydock/protocol';

/**
 * What an ordinary node really uses of its limits, as a share: limits are ceilings, and a class of learners does not reach them all
 * at once. An idle node with its engine holds about 120 MB. DRYDOCK_MAX_NODES overrules the sum.
 */
const USED_SHARE = 0.25;
/** Kept for the host's own processes: the larger of these (bytes, share of all). */
const MEMORY_RESERVE_BYTES = 1024 ** 3;
const RESERVE_SHARE = 0.1;
/** Processes of an ordinary node: a node at its limit takes others' numbers, and kernel.pid_max has an end. */
const ORDINARY_PIDS = 250;

export interface HostResources {
  cpus: number;
  memoryBytes: number;
  /** Of the file system with the nodes' disks: all, and what is free or already used by nodes. */
  diskBytes: number;
  pidMax: number;
}

/** Reads what this machine has; `stateDir` is where the disks of nodes lie, `nodeDiskBytes` what they take there now. */
export async function readResources(stateDir: string, nodeDiskBytes: number): Promise<HostResources> {
  await mkdir(stateDir, { recursive: true });
  const [meminfo, disk, pidMax] = await Promise.all([
    readFile('/proc/meminfo', 'utf8'),
    statfs(stateDir),
    readFile('/proc/sys/kernel/pid_max', 'utf8'),
  ]);
  const kilobytes = Number(/^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0);
  return {
    cpus: cpus().length,
    memoryBytes: kilobytes * 1024,
    diskBytes: disk.bavail * disk.bsize + nodeDiskBytes,
    pidMax: Number(pidMax),
  };
}

export interface CapacityOptions {
  limits: NodeLimits;
  /** The operator's own bound. */
  maxNodes?: number | undefined;
  /** Booted nodes that belong to nobody. */
  pool: number;
}

/** What is left for nodes, and how many of `limits` that makes. */
export function capacityOf(resources: HostResources, { limits, maxNodes, pool }: CapacityOptions): Capacity {
  const memoryReserve = Math.max(MEMORY_RESERVE_BYTES, resources.memoryBytes * RESERVE_SHARE);
  const memoryBytes = Math.max(0, Math.floor(resources.memoryBytes - memoryReserve));
  const diskBytes = Math.max(0, Math.floor(resources.diskBytes * (1 - RESERVE_SHARE)));
  const fits = Math.min(
    memoryBytes / (limits.memoryBytes * USED_SHARE),
    diskBytes / (limits.diskBytes * USED_SHARE),
    (resources.pidMax * (1 - RESERVE_SHARE)) / ORDINARY_PIDS,
  );
  return {
    cpus: resources.cpus,
    memoryBytes,
    diskBytes,
    pool,
    maxNodes: maxNodes ?? Math.max(0, Math.floor(fits)),
    defaultLimits: limits,
  };
}
