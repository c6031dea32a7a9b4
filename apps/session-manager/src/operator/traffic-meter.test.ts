import { type HostFeatures, sessionIdSchema, type Traffic } from '@drydock/protocol';
import { createManualClock } from '@drydock/service-kit';
import { beforeEach, expect, test } from 'vitest';
import { createHostRegistry, type HostRegistry } from '../scheduling/host-registry.ts';
import { createTrafficMeter, type TrafficMeter } from './traffic-meter.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const CAPACITY = { cpus: 1, memoryBytes: 1, diskBytes: 1, pool: 0, maxNodes: 1, defaultLimits: LIMITS };
const HELLO = { version: '1', capabilities: {} as HostFeatures, capacity: CAPACITY, nodes: [], terminals: [] };
const STARTED = 1000;
const ID = sessionIdSchema.parse('abcdefgh');

let hosts: HostRegistry;
let meter: TrafficMeter;
let created: Map<string, number>;
let counted: string[];

beforeEach(() => {
  const clock = createManualClock(STARTED);
  hosts = createHostRegistry({ clock });
  for (const host of ['h1', 'h2']) hosts.hello(host, HELLO);
  created = new Map([[ID, STARTED + 1]]);
  counted = [];
  meter = createTrafficMeter({
    hosts,
    clock,
    createdAt: (sessionId) => created.get(sessionId),
    onBytes: (host, direction, bytes) => void counted.push(`${host} ${direction} ${bytes}`),
  });
});

function tell(host: string, [sentBytes, receivedBytes, sentPerSecond, receivedPerSecond]: number[], sessionId = ID) {
  const traffic = { sentBytes, receivedBytes, sentPerSecond, receivedPerSecond } as Traffic;
  hosts.fact(host, { kind: 'traffic', sessionId, traffic });
}

test('a session’s bytes are the sum over its hosts, and what is told again is not counted twice', () => {
  tell('h1', [100, 10, 5, 1]);
  tell('h2', [7, 3, 2, 1]);
  tell('h1', [150, 10, 4, 0]);
  tell('h1', [150, 10, 0, 0]);
  expect(meter.of(ID)).toEqual({ sentBytes: 157, receivedBytes: 13, sentPerSecond: 2, receivedPerSecond: 1 });
  expect(counted).toEqual(['h1 sent 100', 'h1 received 10', 'h2 sent 7', 'h2 received 3', 'h1 sent 50']);
});

test('a network that was made anew begins at nothing, and what went before is kept', () => {
  tell('h1', [100, 10, 0, 0]);
  tell('h1', [30, 20, 0, 0]);
  expect(meter.of(ID)).toMatchObject({ sentBytes: 130, receivedBytes: 20 });
});

test('a host that is away sends nothing of late', () => {
  tell('h1', [100, 10, 50, 5]);
  tell('h2', [100, 10, 1, 2]);
  hosts.lost('h1');
  expect(meter.of(ID)).toEqual({ sentBytes: 200, receivedBytes: 20, sentPerSecond: 1, receivedPerSecond: 2 });
});

test('what a session had before this manager began is shown, and is no news to the metrics', () => {
  created.set(ID, STARTED - 1);
  tell('h1', [1e9, 1e9, 0, 0]);
  expect(meter.of(ID)).toMatchObject({ sentBytes: 1e9, receivedBytes: 1e9 });
  expect(counted).toEqual([]);
  tell('h1', [1e9 + 5, 1e9, 1, 0]);
  expect(counted).toEqual(['h1 sent 5']);
});

test('the last word of a session that has ended is counted once, and then nothing of it is kept', () => {
  tell('h1', [100, 0, 0, 0]);
  created.delete(ID);
  tell('h1', [160, 0, 0, 0]);
  expect(counted).toEqual(['h1 sent 100', 'h1 sent 60']);
  expect(meter.of(ID)).toEqual({ sentBytes: 0, receivedBytes: 0, sentPerSecond: 0, receivedPerSecond: 0 });
  tell('h1', [5, 5, 0, 0], sessionIdSchema.parse('bcdefghi'));
  expect(meter.of(sessionIdSchema.parse('bcdefghi'))).toMatchObject({ sentBytes: 0 });
});
