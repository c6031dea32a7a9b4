import { sessionIdSchema } from '@drydock/protocol';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_HOLDINGS } from '../runtime/runtime.ts';
import { countingClock } from '../testing/counting-clock.ts';
import {
  groupsOf,
  type KernelTotals,
  readKernelTotals,
  tableEntries,
  transportOf,
  unexplainedOf,
} from './kernel-totals.ts';
import {
  createKernelWatch,
  MAX_SESSION_CONNECTIONS,
  MAX_SESSION_DESCRIPTORS,
  MAX_SESSION_GROUPS,
  MAX_SESSION_NAMESPACES,
  MAX_SESSION_NEIGHBOURS,
  MAX_SESSION_SOCKET_BYTES,
  MAX_SESSION_TERMINALS,
  MAX_SESSION_TRANSPORT_SHARE,
  type NodeHoldings,
} from './kernel-watch.ts';

const MIB = 1024 ** 2;
let now: KernelTotals;
let held: Record<string, Partial<NodeHoldings>>;
let asked: string[];
let told: string[];
let clock: ReturnType<typeof createManualClock>;
/** Looks that are over: the watch has asked for the next one. */
let looks: number;
const counting = () =>
  countingClock(
    () => clock,
    () => {
      looks += 1;
    },
  );
let watch: { start(): void; stop(): void };

beforeEach(() => {
  clock = createManualClock(0);
  looks = 0;
  now = {
    neighbours: 10,
    unreclaimableBytes: 200 * MIB,
    unexplainedBytes: 90 * MIB,
    transportBytes: 3 * MIB,
    transportPotBytes: 1536 * MIB,
    groups: 400,
  };
  held = {};
  asked = [];
  told = [];
  watch = createKernelWatch({
    totals: async () => now,
    sessions: () =>
      new Map([
        [sessionIdSchema.parse('aaaaaaaa'), ['node1', 'node2']],
        [sessionIdSchema.parse('bbbbbbbb'), ['node1']],
      ]),
    async census(sessionId, node) {
      asked.push(`${sessionId}/${node}`);
      return {
        ...NO_HOLDINGS,
        namespaces: 1,
        groups: 30,
        ...held[`${sessionId}/${node}`],
      };
    },
    onOveruse: (sessionId, reason) => told.push(`${sessionId}: ${reason}`),
    clock: counting(),
    logger: createLogger('test', 'silent'),
  });
  watch.start();
});
afterEach(() => watch.stop());

async function look(seconds = 2): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 2) {
    const before = looks;
    clock.advance(2000);
    await expect.poll(() => looks, { interval: 2 }).toBeGreaterThan(before);
  }
}

test('nobody is asked while the host’s totals stay where they are', async () => {
  await look(60);
  expect(asked).toEqual([]);
});

test('many neighbours: the session whose nodes together hold too many is told, the others are not', async () => {
  now = { ...now, neighbours: 40_000 };
  held = {
    'aaaaaaaa/node1': { neighbours: MAX_SESSION_NEIGHBOURS / 2, connections: 0 },
    'aaaaaaaa/node2': { neighbours: MAX_SESSION_NEIGHBOURS / 2 + 1, connections: 0 },
    'bbbbbbbb/node1': { neighbours: 5000, connections: 0 },
  };
  await look();
  expect(told).toEqual([expect.stringMatching(/^aaaaaaaa: its nodes hold 32769 network neighbours/)]);
});

test('memory that grew: who holds too many connections is told, again while it holds', async () => {
  await look();
  now = { ...now, unreclaimableBytes: 400 * MIB };
  held = { 'bbbbbbbb/node1': { neighbours: 0, connections: MAX_SESSION_CONNECTIONS + 1 } };
  await look(20);
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(new Set(told.map((line) => line.slice(0, 8)))).toEqual(new Set(['bbbbbbbb']));
});

test('growth that is no session’s is asked for once, not for ever', async () => {
  await look();
  now = { ...now, unreclaimableBytes: 400 * MIB };
  await look(60);
  expect(asked).toHaveLength(3);
});

test('memory that nothing explains: the session whose nodes together hold it in rings is told, the others are not', async () => {
  await look();
  now = { ...now, unexplainedBytes: 90 * MIB + 300 * MIB };
  held = {
    'aaaaaaaa/node1': { socketBytes: MAX_SESSION_SOCKET_BYTES / 2 },
    'aaaaaaaa/node2': { socketBytes: MAX_SESSION_SOCKET_BYTES / 2 + MIB },
    'bbbbbbbb/node1': { socketBytes: 40 * MIB },
  };
  await look();
  expect(told).toEqual([expect.stringMatching(/^aaaaaaaa: its nodes hold 129 MiB in rings, queues and fragments/)]);
});

test('so is the session whose nodes together have too many network namespaces', async () => {
  await look();
  now = { ...now, unexplainedBytes: 600 * MIB };
  held = {
    'aaaaaaaa/node1': { namespaces: MAX_SESSION_NAMESPACES },
    'bbbbbbbb/node1': { namespaces: MAX_SESSION_NAMESPACES / 2 },
  };
  await look();
  expect(told).toEqual([expect.stringMatching(/^aaaaaaaa: its nodes hold 1025 network namespaces/)]);
});

test('so is the one whose nodes together have too many terminals', async () => {
  await look();
  now = { ...now, unreclaimableBytes: 400 * MIB };
  held = {
    'aaaaaaaa/node1': { terminals: MAX_SESSION_TERMINALS },
    'bbbbbbbb/node1': { terminals: MAX_SESSION_TERMINALS + 1 },
  };
  await look();
  expect(told).toEqual([expect.stringMatching(/^bbbbbbbb: its nodes hold 4097 terminals/)]);
});

test('so is the one that has more descriptors than can be looked through', async () => {
  await look();
  now = { ...now, unexplainedBytes: 600 * MIB };
  held = { 'bbbbbbbb/node1': { descriptors: MAX_SESSION_DESCRIPTORS + 1 } };
  await look();
  expect(told).toEqual(['bbbbbbbb: its nodes hold more than 400000 open descriptors.']);
});

test('buffers of TCP and UDP: the session whose nodes together fill the machine’s pot is told', async () => {
  await look();
  now = { ...now, transportBytes: 500 * MIB };
  const most = now.transportPotBytes * MAX_SESSION_TRANSPORT_SHARE;
  held = {
    'aaaaaaaa/node1': { transportBytes: most / 2 },
    'aaaaaaaa/node2': { transportBytes: most / 2 + 1 },
    'bbbbbbbb/node1': { transportBytes: most },
  };
  await look();
  expect(told).toEqual([expect.stringMatching(/^aaaaaaaa: its nodes hold 385 MiB in buffers of TCP and UDP/)]);
});

test('some of it that comes and goes is nobody’s business, and what has gone is forgotten', async () => {
  await look();
  for (const mib of [290, 40, 280]) {
    now = { ...now, unexplainedBytes: mib * MIB };
    await look(20);
  }
  expect(asked).toEqual([]);
  now = { ...now, unexplainedBytes: 300 * MIB };
  await look();
  expect(asked).toHaveLength(3);
});

test('what goes on growing is asked for again at once, what stays only after a while', async () => {
  await look();
  now = { ...now, unexplainedBytes: 400 * MIB };
  await look();
  expect(asked).toHaveLength(3);
  await look(6);
  expect(asked).toHaveLength(3);
  now = { ...now, unexplainedBytes: 700 * MIB };
  held = { 'bbbbbbbb/node1': { socketBytes: 600 * MIB } };
  await look();
  expect(told).toEqual([expect.stringMatching(/^bbbbbbbb: its nodes hold 600 MiB in rings/)]);
});

test('many groups: who makes too many is told at once when they grow, and nobody is asked again for what stays', async () => {
  await look();
  now = { ...now, groups: 12_000 };
  held = { 'aaaaaaaa/node1': { groups: 10_000 } };
  await look();
  expect(asked).toHaveLength(3);
  await look(30);
  expect(asked).toHaveLength(3);
  // Within the pause of the census before, and over two nodes.
  now = { ...now, groups: 21_000 };
  await look();
  expect(told).toEqual([]);
  now = { ...now, groups: 30_000 };
  held = { 'aaaaaaaa/node1': { groups: 10_000 }, 'aaaaaaaa/node2': { groups: MAX_SESSION_GROUPS - 9999 } };
  await look();
  expect(told).toEqual([expect.stringMatching(/^aaaaaaaa: its nodes hold more than 16384 cgroups/)]);
});

test('the kernel’s own files are read', async () => {
  expect(tableEntries('entries  allocs\n0000001f  00000000\n0000001f  00000001\n')).toBe(31);
  expect(tableEntries('')).toBe(0);
  const lines = [
    '#subsys_name\thierarchy\tnum_cgroups\tenabled',
    'cpu\t1\t26\t1',
    'cpuacct\t1\t26\t1',
    'pids\t8\t400\t1',
  ];
  expect(groupsOf([...lines, 'rdma\t9\t7\t0'].join('\n'))).toBe(426);
  const meminfo = [
    ...[
      'MemTotal: 1000 kB',
      'MemFree:   100 kB',
      'MemAvailable: 700 kB',
      'Buffers: 50 kB',
      'Cached: 200 kB',
      'AnonPages: 300 kB',
    ],
    ...[
      'Shmem: 90 kB',
      'Slab: 80 kB',
      'SReclaimable: 60 kB',
      'KernelStack: 20 kB',
      'PageTables: 10 kB',
      'VmallocUsed: 70 kB',
    ],
  ].join('\n');
  const zoneinfo = ['    cpu: 0', '              count:    5', '              high:     9', '    cpu: 1'];
  expect(unexplainedOf(meminfo, '')).toBe(240 * 1024);
  expect(unexplainedOf(meminfo, [...zoneinfo, '              count:    10'].join('\n'))).toBe(180 * 1024);
  expect(unexplainedOf('', '')).toBe(0);
  const sockstat = [
    'sockets: used 11',
    'TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 51',
    'UDP: inuse 0 mem 4',
    'UDPLITE: inuse 0',
  ];
  expect(transportOf(sockstat.join('\n'))).toBe(55 * 4096);
  expect(transportOf('')).toBe(0);
  const totals = await readKernelTotals();
  expect(totals.unexplainedBytes).toBeGreaterThan(0);
  expect(totals.transportPotBytes).toBeGreaterThan(MIB);
  expect(totals.groups).toBeGreaterThan(0);
  expect(totals.unreclaimableBytes).toBeGreaterThan(MIB);
});
