/**
 * What is written into a node's cgroups: a pure list of steps, for v1 and v2.
 *
 * `drydock/<session>/<node>` holds the limits and belongs to the host; `drydock/<session>/<node>/node` is the root that the node
 * sees, and belongs to its mapped root: what it writes there can only lower what it has.
 */
import { join } from 'node:path';
import type { NodeLimits } from '@drydock/protocol';
import { type CgroupHost, v1Mount } from './cgroup-host.ts';
import { NODE_DEVICES, PTS_MAJORS } from './node-rights.ts';
import type { NodeKey } from './runtime.ts';

/** `write` fails the plan unless `optional`: a kernel without swap accounting has no memsw file. */
export type CgroupStep =
  | { kind: 'mkdir'; path: string }
  | { kind: 'write'; path: string; value: string; optional?: boolean }
  | { kind: 'own'; path: string };

export const CGROUP_ROOT = 'drydock';
const PERIOD_US = 100_000;
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
  return [
    { kind: 'write', path: at('cpu', 'cpu.cfs_period_us'), value: String(PERIOD_US) },
    { kind: 'write', path: at('cpu', 'cpu.cfs_quota_us'), value: String(quota) },
    // memsw may not be below memory: when limits rise it goes first, when they fall it goes last, so it is written twice.
    { kind: 'write', path: at('memory', 'memory.memsw.limit_in_bytes'), value: memory, optional: true },
    { kind: 'write', path: at('memory', 'memory.limit_in_bytes'), value: memory },
    { kind: 'write', path: at('memory', 'memory.memsw.limit_in_bytes'), value: memory, optional: true },
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

/** All steps that make a node's groups, in order. */
export function createSteps(host: CgroupHost, key: NodeKey, limits: NodeLimits): CgroupStep[] {
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
  return [...steps, ...limitSteps(host, key, limits)];
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
