/** How many nodes this host takes, after what it keeps for itself. */
import { mkdir, readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import type { Capacity, NodeLimits } from '@drydock/protocol';

/**
 * How many nodes are promised the same memory and disk: limits are ceilings, and a class of learners does not reach them all at once.
 * An idle node with its engine holds about 120 MB. What happens when they do reach them: docs/operations.md, Capacity.
 */
export const DEFAULT_OVERCOMMIT = 4;
/** Kept for the host's own processes: the larger of these (bytes, share of all). */
const MEMORY_RESERVE_BYTES = 1024 ** 3;
const RESERVE_SHARE = 0.1;
/** Processes of an ordinary node: a node at its limit takes others' numbers, and kernel.pid_max has an end. */
const ORDINARY_PIDS = 250;

export interface HostResources {
  cpus: number;
  memoryBytes: number;
  /** What programs could still take without anything being pushed out. */
  availableBytes: number;
  /** Of the file system with the nodes' disks: all, and what is free or already used by nodes. */
  diskBytes: number;
  pidMax: number;
}

/** Of what a machine without /proc (macOS, with fake nodes) allows as process numbers. */
const PIDS_ELSEWHERE = 99_998;

type Counted = Pick<HostResources, 'memoryBytes' | 'availableBytes' | 'pidMax'>;

async function countedByKernel(): Promise<Counted> {
  if (process.platform !== 'linux')
    return { memoryBytes: totalmem(), availableBytes: freemem(), pidMax: PIDS_ELSEWHERE };
  const [meminfo, pidMax] = await Promise.all([
    readFile('/proc/meminfo', 'utf8'),
    readFile('/proc/sys/kernel/pid_max', 'utf8'),
  ]);
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  return { memoryBytes: bytes('MemTotal'), availableBytes: bytes('MemAvailable'), pidMax: Number(pidMax) };
}

/** Reads what this machine has; `stateDir` is where the disks of nodes lie, `nodeDiskBytes` what they take there now. */
export async function readResources(stateDir: string, nodeDiskBytes: number): Promise<HostResources> {
  await mkdir(stateDir, { recursive: true });
  const [counted, disk] = await Promise.all([countedByKernel(), statfs(stateDir)]);
  return { ...counted, cpus: cpus().length, diskBytes: disk.bavail * disk.bsize + nodeDiskBytes };
}

/** Memory that no node may count on. */
export function memoryReserve(memoryBytes: number): number {
  return Math.max(MEMORY_RESERVE_BYTES, memoryBytes * RESERVE_SHARE);
}

/** Memory that all nodes of this machine may hold together (bytes): the limit on their common group. */
export async function nodesMemory(): Promise<number> {
  const { memoryBytes } = await readResources('/', 0);
  return Math.max(0, Math.floor(memoryBytes - memoryReserve(memoryBytes)));
}

export interface CapacityOptions {
  limits: NodeLimits;
  /** DRYDOCK_OVERCOMMIT, 1 for a host that keeps every promise at once. */
  overcommit?: number;
  /** The operator's own bound. */
  maxNodes?: number | undefined;
  /** Booted nodes that belong to nobody. They take no place: the pool gives way to nodes of sessions (host/pool-size.ts). */
  pool: number;
  /** Nodes that could not be removed: they hold what they hold, so none of it is free, also where the operator has set the bound. */
  remains?: number;
  /** Losses of the terminal host. */
  terminalBreaks?: number;
}

/** What is left for nodes, and how many of `limits` that makes. */
export function capacityOf(
  resources: HostResources,
  { limits, overcommit = DEFAULT_OVERCOMMIT, maxNodes, pool, remains = 0, terminalBreaks = 0 }: CapacityOptions,
): Capacity {
  const memoryBytes = Math.max(0, Math.floor(resources.memoryBytes - memoryReserve(resources.memoryBytes)));
  const diskBytes = Math.max(0, Math.floor(resources.diskBytes * (1 - RESERVE_SHARE)));
  const fits = Math.min(
    (memoryBytes * overcommit) / limits.memoryBytes,
    (diskBytes * overcommit) / limits.diskBytes,
    (resources.pidMax * (1 - RESERVE_SHARE)) / ORDINARY_PIDS,
  );
  return {
    cpus: resources.cpus,
    memoryBytes,
    diskBytes,
    pool,
    remains,
    terminalBreaks,
    maxNodes: Math.max(0, (maxNodes ?? Math.floor(fits)) - remains),
    defaultLimits: limits,
  };
}
