import { sessionIdSchema } from '@drydock/protocol';
import { expect, test } from 'vitest';
import type { NodeKey } from '../runtime.ts';
import { parseCgroupMounts } from './cgroup-host.ts';
import {
  type CgroupStep,
  createSteps,
  diskRateSteps,
  joinDirectories,
  limitSteps,
  processorSteps,
  tightenSteps,
} from './cgroup-plan.ts';

const HYBRID = parseCgroupMounts(`tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,relatime,cpuset 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/devices cgroup rw,relatime,devices 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,xattr,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
`);
const UNIFIED = parseCgroupMounts('cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nsdelegate 0 0\n');
const key: NodeKey = { sessionId: sessionIdSchema.parse('abcdefgh'), name: 'node1' };
const limits = { cpus: 1.5, memoryBytes: 1_000_000, diskBytes: 1, pids: 300 };

const values = (steps: CgroupStep[]) =>
  steps.flatMap((step) => (step.kind === 'write' ? [`${step.path}=${step.value}`] : []));
const owned = (steps: CgroupStep[]) => steps.flatMap((step) => (step.kind === 'own' ? [step.path] : []));

test('a hybrid host counts as v1, a unified one as v2', () => {
  expect(HYBRID.version).toBe(1);
  expect(HYBRID.hierarchies).toHaveLength(7);
  expect(UNIFIED).toEqual({ version: 2, hierarchies: [{ mount: '/sys/fs/cgroup', version: 2, controllers: [] }] });
});

test('v1: the limits lie on a group that the node does not own', () => {
  const steps = createSteps(HYBRID, key, limits);
  expect(values(steps)).toEqual(
    expect.arrayContaining([
      '/sys/fs/cgroup/cpu,cpuacct/drydock/abcdefgh/node1/cpu.cfs_quota_us=150000',
      '/sys/fs/cgroup/memory/drydock/abcdefgh/node1/memory.limit_in_bytes=1000000',
      '/sys/fs/cgroup/memory/drydock/abcdefgh/node1/memory.memsw.limit_in_bytes=1000000',
      '/sys/fs/cgroup/pids/drydock/abcdefgh/node1/pids.max=300',
      '/sys/fs/cgroup/cpuset/drydock/abcdefgh/node1/cgroup.clone_children=1',
    ]),
  );
  expect(owned(steps).every((path) => path.includes('/node1/node'))).toBe(true);
  expect(owned(steps).some((path) => /limit|max|quota/.test(path))).toBe(false);
});

test('v1: buffers of TCP and UDP are charged, to the group of the node’s processes and the one above', () => {
  const bounds = values(limitSteps(HYBRID, key, { ...limits, memoryBytes: 2 * 1024 ** 3 }));
  const group = '/sys/fs/cgroup/memory/drydock/abcdefgh/node1';
  expect(bounds.filter((line) => line.includes('.tcp.'))).toEqual([
    `${group}/memory.kmem.tcp.limit_in_bytes=${128 * 1024 ** 2}`,
    `${group}/node/memory.kmem.tcp.limit_in_bytes=${128 * 1024 ** 2}`,
  ]);
});

test('v1: devices are refused before any is allowed, and what only runc needed is taken back', () => {
  const writes = values(createSteps(HYBRID, key, limits)).filter((line) => line.includes('/devices.'));
  expect(writes[0]).toMatch(/devices\.deny=a$/);
  expect(writes.filter((line) => line.includes('=b ')).map((line) => line.split('=')[1])).toEqual(['b *:* m']);
  const taken = values(tightenSteps(HYBRID, key)).map((line) => line.split('=')[1]);
  expect(taken).toEqual(expect.arrayContaining(['b *:* m', 'c *:* m', 'c 10:200 rwm']));
});

test('the kernel bounds the groups below a node wherever it counts them', () => {
  const bounds = (steps: CgroupStep[]) => values(steps).filter((line) => line.includes('/cgroup.max.'));
  expect(bounds(createSteps(UNIFIED, key, limits))).toEqual([
    '/sys/fs/cgroup/drydock/abcdefgh/node1/cgroup.max.descendants=4096',
    '/sys/fs/cgroup/drydock/abcdefgh/node1/cgroup.max.depth=32',
  ]);
  expect(bounds(createSteps(HYBRID, key, limits))).toEqual([
    '/sys/fs/cgroup/unified/drydock/abcdefgh/node1/cgroup.max.descendants=4096',
    '/sys/fs/cgroup/unified/drydock/abcdefgh/node1/cgroup.max.depth=32',
  ]);
});

test('v2: controllers are handed down, limits set above what the node owns', () => {
  const steps = createSteps(UNIFIED, key, limits);
  expect(values(steps)).toEqual(
    expect.arrayContaining([
      '/sys/fs/cgroup/cgroup.subtree_control=+cpu +memory +pids +io',
      '/sys/fs/cgroup/drydock/abcdefgh/node1/cgroup.subtree_control=+cpu +memory +pids +io',
      '/sys/fs/cgroup/drydock/abcdefgh/node1/cpu.max=150000 100000',
      '/sys/fs/cgroup/drydock/abcdefgh/node1/memory.max=1000000',
      '/sys/fs/cgroup/drydock/abcdefgh/node1/memory.swap.max=0',
      '/sys/fs/cgroup/drydock/abcdefgh/node1/pids.max=300',
    ]),
  );
  const node = '/sys/fs/cgroup/drydock/abcdefgh/node1/node';
  const files = ['procs', 'subtree_control', 'threads'].map((name) => `cgroup.${name}`);
  const leaf = `${node}/init.scope`;
  expect(owned(steps)).toEqual([node, leaf].flatMap((group) => [group, ...files.map((name) => `${group}/${name}`)]));
});

test('processes join every v1 hierarchy, or the leaf that the node’s init makes on v2', () => {
  expect(joinDirectories(HYBRID, key)).toHaveLength(7);
  expect(joinDirectories(UNIFIED, key)).toEqual(['/sys/fs/cgroup/drydock/abcdefgh/node1/node/init.scope']);
});

test('a sliver of a processor is still a quota that the kernel takes', () => {
  expect(values(limitSteps(UNIFIED, key, { ...limits, cpus: 0.001 }))[0]).toMatch(/cpu\.max=1000 100000$/);
});

test('a node is bound to processors above what it owns, at every moment within them', () => {
  const v1 = '/sys/fs/cgroup/cpuset/drydock/abcdefgh/node1';
  expect(values(processorSteps(HYBRID, key, '1'))).toEqual([
    `${v1}/node/cpuset.cpus=1`,
    `${v1}/cpuset.cpus=1`,
    `${v1}/node/cpuset.cpus=1`,
  ]);
  expect(values(processorSteps(UNIFIED, key, '1'))).toEqual(['/sys/fs/cgroup/drydock/abcdefgh/node1/cpuset.cpus=1']);
});

test('all nodes together have a limit on their common group, which no node owns', () => {
  expect(values(createSteps(HYBRID, key, limits, { memoryBytes: 5_000_000 }))).toContain(
    '/sys/fs/cgroup/memory/drydock/memory.limit_in_bytes=5000000',
  );
  expect(values(createSteps(UNIFIED, key, limits, { memoryBytes: 5_000_000 }))).toEqual(
    expect.arrayContaining([
      '/sys/fs/cgroup/drydock/memory.max=5000000',
      '/sys/fs/cgroup/drydock/io.weight=default 50',
    ]),
  );
});

test('a node’s disk is bounded in bytes and operations, on its own device alone', () => {
  const rates = { bytesPerSecond: 1000, operationsPerSecond: 20 };
  expect(values(diskRateSteps(UNIFIED, key, { major: 7, minor: 3 }, rates))).toEqual([
    '/sys/fs/cgroup/drydock/abcdefgh/node1/io.max=7:3 rbps=1000 wbps=1000 riops=20 wiops=20',
  ]);
  // This host has no blkio hierarchy.
  expect(diskRateSteps(HYBRID, key, { major: 7, minor: 3 }, rates)).toEqual([]);
});
