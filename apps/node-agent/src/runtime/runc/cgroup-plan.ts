/**
 * What is written into a node's cgroups: a pure list of steps, for v1 and v2.
 *
 * `drydock/<session>/<node>` holds the limits and belongs to the host; `drydock/<session>/<node>/node` is the root that the node
 * sees, and belongs to its mapped root: what it writes there can only lower what it has.
 */
import { join } from 'node:path';
import type { NodeLimits } from '@drydock/protocol';
import { NODE_DEVICES, PTS_MAJORS } from '../node-rights.ts';
import type { NodeKey } from '../runtime.ts';
import { type CgroupHost, v1Mount } from './cgroup-host.ts';

/** `write` fails the plan unless `optional`: a kernel without swap accounting has no memsw file. */
export type CgroupStep =
  | { kind: 'mkdir'; path: string }
  | { kind: 'write'; path: string; value: string; optional?: boolean }
  | { kind: 'own'; path: string };

export const CGROUP_ROOT = 'drydock';
const PERIOD_US = 100_000;
/** All nodes together, where 100 is everybody's: the host's own programs come first at a busy disk. Only some schedulers weigh (bfq, iocost). */
const NODES_IO_WEIGHT = 50;
/** Controllers that a node's own Docker limits its containers with on v2. */
const V2_CONTROLLERS = '+cpu +memory +pids +io';
/** What the node's root must own to make groups and move processes (Documentation/admin-guide/cgroup-v2.rst, "Delegation"). */
const V1_OWNED = ['', 'cgroup.procs', 'tasks', 'cgroup.clone_children'];
const V2_OWNED = ['', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads'];

/**
 * Groups below a node and their depth, where the kernel counts them (v2's tree, also beside v1's controllers): a container takes one or
 * two, docker in docker two levels more each time. Each group costs the host memory that no node pays for. v1 has no such bound.
 */
const V2_GROUP_BOUNDS = [
  ['cgroup.max.descendants', '4096'],
  ['cgroup.max.depth', '32'],
] as const;

/**
 * Buffers of TCP and UDP, which v2 charges to the group as all memory. v1 counts them apart, and only for a group that has a limit of its own:
 * the node's processes are in the one below. Its share of the node's memory is the kernel's own of the machine's (net.ipv4.tcp_mem). A group that
 * the node makes has none: there the watch of the host's pot holds (floor/kernel-watch.ts).
 */
const V1_TRANSPORT_SHARE = 1 / 16;

/** Where the node's processes are on v2: a group with controllers for its children holds none itself. */
const V2_LEAF = 'init.scope';

/** The limited group, relative to a hierarchy's mount; `<this>/node` is the node's own root. */
export function nodeGroup(key: NodeKey): string {
  return join(CGROUP_ROOT, key.sessionId, key.name);
}

/** Writes that set `limits`; repeatable on a living node. */
export function limitSteps(host: CgroupHost, key: NodeKey, limits: NodeLimits): CgroupStep[] {
  const quota = Math.max(1000, Math.round(limits.cpus * PERIOD_US));
  const memory = String(limits.memoryBytes);
  const pids = String(limits.pids);
  if (host.version === 2) {
    const group = join(unified(host), nodeGroup(key));
    return [
      { kind: 'write', path: join(group, 'cpu.max'), value: `${quota} ${PERIOD_US}` },
      { kind: 'write', path: join(group, 'memory.max'), value: memory },
      { kind: 'write', path: join(group, 'memory.swap.max'), value: '0', optional: true },
      { kind: 'write', path: join(group, 'pids.max'), value: pids },
    ];
  }
  const at = (controller: string, file: string) => join(v1Mount(host, controller) ?? '', nodeGroup(key), file);
  // Optional: refused while more is held than a lower limit allows.
  const transport = (group: string): CgroupStep => ({
    kind: 'write',
    path: at('memory', join(group, 'memory.kmem.tcp.limit_in_bytes')),
    value: String(Math.floor(limits.memoryBytes * V1_TRANSPORT_SHARE)),
    optional: true,
  });
  return [
    { kind: 'write', path: at('cpu', 'cpu.cfs_period_us'), value: String(PERIOD_US) },
    { kind: 'write', path: at('cpu', 'cpu.cfs_quota_us'), value: String(quota) },
    // memsw may not be below memory: when limits rise it goes first, when they fall it goes last, so it is written twice.
    { kind: 'write', path: at('memory', 'memory.memsw.limit_in_bytes'), value: memory, optional: true },
    { kind: 'write', path: at('memory', 'memory.limit_in_bytes'), value: memory },
    { kind: 'write', path: at('memory', 'memory.memsw.limit_in_bytes'), value: memory, optional: true },
    transport(''),
    transport('node'),
    { kind: 'write', path: at('pids', 'pids.max'), value: pids },
  ];
}

/**
 * Writes that bind a node to `processors`. The node's own group must lie within ours at every moment, so that it goes first when the
 * set shrinks and last when it grows; groups that the node has made keep what they have.
 */
export function processorSteps(host: CgroupHost, key: NodeKey, processors: string): CgroupStep[] {
  if (host.version === 2) {
    return [
      { kind: 'write', path: join(unified(host), nodeGroup(key), 'cpuset.cpus'), value: processors, optional: true },
    ];
  }
  const mount = v1Mount(host, 'cpuset');
  if (mount === undefined) return [];
  const at = (group: string): CgroupStep => ({
    kind: 'write',
    path: join(mount, nodeGroup(key), group, 'cpuset.cpus'),
    value: processors,
    optional: true,
  });
  return [at('node'), at(''), at('node')];
}

/** The files with the host's processors and with a node's; undefined where the kernel binds none. */
export function processorFiles(host: CgroupHost): { all: string; of(key: NodeKey): string } | undefined {
  const mount = host.version === 2 ? unified(host) : v1Mount(host, 'cpuset');
  if (mount === undefined) return undefined;
  const all = join(mount, host.version === 2 ? 'cpuset.cpus.effective' : 'cpuset.cpus');
  return { all, of: (key) => join(mount, nodeGroup(key), 'cpuset.cpus') };
}

/** What all nodes together may have, so that the host keeps the rest for itself. */
export interface WholeLimits {
  memoryBytes: number;
}

/**
 * Writes on the group of all nodes. Repeated for each node, since the group goes with the last; optional, since v1 refuses a limit below
 * what is used already, and the next node's is as good.
 */
function wholeSteps(host: CgroupHost, { memoryBytes }: WholeLimits): CgroupStep[] {
  const write = (mount: string | undefined, file: string, value: string): CgroupStep[] =>
    mount === undefined ? [] : [{ kind: 'write', path: join(mount, CGROUP_ROOT, file), value, optional: true }];
  if (host.version === 2) {
    return [
      ...write(unified(host), 'memory.max', String(memoryBytes)),
      ...write(unified(host), 'io.weight', `default ${NODES_IO_WEIGHT}`),
    ];
  }
  return [
    ...write(v1Mount(host, 'memory'), 'memory.limit_in_bytes', String(memoryBytes)),
    ...write(v1Mount(host, 'blkio'), 'blkio.bfq.weight', String(NODES_IO_WEIGHT)),
  ];
}

/** What a node may ask of its own disk, in each direction. */
export interface DiskRates {
  bytesPerSecond: number;
  operationsPerSecond: number;
}

/**
 * Writes that bound what a node does to its own disk's device. v1 throttles each group by itself, not what lies below it, and counts what
 * the kernel writes back as nobody's: there the bound holds for what the node's own programs read, and write and wait for, and neither
 * for its containers nor against malice. Optional: a kernel may have no throttling (CONFIG_BLK_DEV_THROTTLING).
 */
export function diskRateSteps(
  host: CgroupHost,
  key: NodeKey,
  device: { major: number; minor: number },
  { bytesPerSecond, operationsPerSecond }: DiskRates,
): CgroupStep[] {
  const name = `${device.major}:${device.minor}`;
  if (host.version === 2) {
    const value = `${name} rbps=${bytesPerSecond} wbps=${bytesPerSecond} riops=${operationsPerSecond} wiops=${operationsPerSecond}`;
    return [{ kind: 'write', path: join(unified(host), nodeGroup(key), 'io.max'), value, optional: true }];
  }
  const mount = v1Mount(host, 'blkio');
  if (mount === undefined) return [];
  const at = (file: string, value: number): CgroupStep => ({
    kind: 'write',
    path: join(mount, nodeGroup(key), 'node', `blkio.throttle.${file}_device`),
    value: `${name} ${value}`,
    optional: true,
  });
  return [
    at('read_bps', bytesPerSecond),
    at('write_bps', bytesPerSecond),
    at('read_iops', operationsPerSecond),
    at('write_iops', operationsPerSecond),
  ];
}

/** All steps that make a node's groups, in order. */
export function createSteps(host: CgroupHost, key: NodeKey, limits: NodeLimits, whole?: WholeLimits): CgroupStep[] {
  const steps: CgroupStep[] = [];
  const levels = [CGROUP_ROOT, join(CGROUP_ROOT, key.sessionId), nodeGroup(key)];
  for (const hierarchy of host.hierarchies) {
    if (hierarchy.version === 2 && host.version === 2) {
      for (const level of ['', ...levels]) {
        if (level !== '') steps.push({ kind: 'mkdir', path: join(hierarchy.mount, level) });
        const path = join(hierarchy.mount, level, 'cgroup.subtree_control');
        steps.push({ kind: 'write', path, value: V2_CONTROLLERS });
        steps.push({ kind: 'write', path, value: '+cpuset', optional: true });
      }
    } else {
      for (const level of levels) {
        steps.push({ kind: 'mkdir', path: join(hierarchy.mount, level) });
        if (hierarchy.controllers.includes('cpuset')) steps.push(...inheritCpuset(hierarchy.mount, level));
      }
    }
    if (hierarchy.version === 2) {
      const group = join(hierarchy.mount, nodeGroup(key));
      steps.push(
        ...V2_GROUP_BOUNDS.map(
          ([file, value]): CgroupStep => ({ kind: 'write', path: join(group, file), value, optional: true }),
        ),
      );
    }
    if (hierarchy.controllers.includes('devices')) steps.push(...deviceSteps(join(hierarchy.mount, nodeGroup(key))));
    const own = join(hierarchy.mount, nodeGroup(key), 'node');
    steps.push({ kind: 'mkdir', path: own });
    const files = hierarchy.version === 2 ? V2_OWNED : V1_OWNED;
    steps.push(...files.map((file): CgroupStep => ({ kind: 'own', path: join(own, file) })));
    if (hierarchy.version === 2 && host.version === 2) {
      // The node's init would make it, but who enters the node at once must not come before it.
      const leaf = join(own, V2_LEAF);
      steps.push({ kind: 'mkdir', path: leaf });
      steps.push(...files.map((file): CgroupStep => ({ kind: 'own', path: join(leaf, file) })));
    }
  }
  return [...steps, ...(whole === undefined ? [] : wholeSteps(host, whole)), ...limitSteps(host, key, limits)];
}

/** A new cpuset group has no processors at all, and nothing can join it, unless it is told to inherit. */
function inheritCpuset(mount: string, level: string): CgroupStep[] {
  const top = level === CGROUP_ROOT;
  return [
    ...(top ? [{ kind: 'write' as const, path: join(mount, level, 'cpuset.cpus'), value: '@parent' }] : []),
    ...(top ? [{ kind: 'write' as const, path: join(mount, level, 'cpuset.mems'), value: '@parent' }] : []),
    { kind: 'write', path: join(mount, level, 'cgroup.clone_children'), value: '1' },
  ];
}

/** runc allows these whatever the spec says (making any node, tun, the console), and fails when it may not. */
const RUNC_DEVICES = ['c *:* m', 'b *:* m', 'c 5:1 rwm', 'c 10:200 rwm'];

function deviceSteps(group: string): CgroupStep[] {
  const allowed = [
    ...NODE_DEVICES.map(({ major, minor }) => `c ${major}:${minor} rwm`),
    ...PTS_MAJORS.map((major) => `c ${major}:* rwm`),
    ...RUNC_DEVICES,
  ];
  return [
    { kind: 'write', path: join(group, 'devices.deny'), value: 'a' },
    ...allowed.map((value): CgroupStep => ({ kind: 'write', path: join(group, 'devices.allow'), value })),
  ];
}

/** Takes back, once runc has made the node, what only runc needed; a refusal on a parent holds for all groups below it. */
export function tightenSteps(host: CgroupHost, key: NodeKey): CgroupStep[] {
  const devices = v1Mount(host, 'devices');
  if (devices === undefined) return []; // v2: the program that runc attaches is the only gate, and nothing can be taken back
  return RUNC_DEVICES.map((value) => ({ kind: 'write', path: join(devices, nodeGroup(key), 'devices.deny'), value }));
}

/** Directories that a process joins to be one of the node's. */
export function joinDirectories(host: CgroupHost, key: NodeKey): string[] {
  return host.hierarchies.map(({ mount, version }) => {
    const own = join(mount, nodeGroup(key), 'node');
    return version === 2 && host.version === 2 ? join(own, V2_LEAF) : own;
  });
}

/** The node's limited group in every hierarchy. */
export function groupDirectories(host: CgroupHost, key: NodeKey): string[] {
  return host.hierarchies.map(({ mount }) => join(mount, nodeGroup(key)));
}

function unified(host: CgroupHost): string {
  return host.hierarchies.find(({ version }) => version === 2)?.mount ?? '/sys/fs/cgroup';
}
