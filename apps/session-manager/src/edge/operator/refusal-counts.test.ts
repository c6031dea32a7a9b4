import { type HostFeatures, type Refusals, type SessionId, sessionIdSchema } from '@drydock/protocol';
import { createManualClock } from '@drydock/service-kit';
import { beforeEach, expect, test } from 'vitest';
import { createHostRegistry } from '../../scheduling/host-registry.ts';
import { createMetrics } from '../base/metrics.ts';
import { countRefusals } from './refusal-counts.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const CAPACITY = { cpus: 1, memoryBytes: 1, diskBytes: 1, pool: 0, maxNodes: 1, defaultLimits: LIMITS };
const HELLO = { version: '1', capabilities: {} as HostFeatures, capacity: CAPACITY, nodes: [], terminals: [] };
const open = new Set<string>();
let metrics = createMetrics();
let tell = (_sessionId: SessionId, _refused: Refusals, _host?: string) => {};

beforeEach(() => {
  const hosts = createHostRegistry({ clock: createManualClock() });
  metrics = createMetrics();
  for (const host of ['h1', 'h2']) hosts.hello(host, HELLO);
  open.clear();
  open.add(sessionIdSchema.parse('abcdefgh'));
  countRefusals({ hosts, metrics, isOpen: (sessionId) => open.has(sessionId) });
  tell = (sessionId, refused, host = 'h1') => hosts.fact(host, { kind: 'refusals', sessionId, refused });
});

const lines = async (name: string) =>
  (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));

test('what is told again is not counted twice, and a network made anew begins at nothing', async () => {
  tell(sessionIdSchema.parse('abcdefgh'), { to_mail: 3 });
  tell(sessionIdSchema.parse('abcdefgh'), { to_mail: 3, spoofed: 1 });
  tell(sessionIdSchema.parse('abcdefgh'), { to_mail: 5, spoofed: 1 });
  tell(sessionIdSchema.parse('abcdefgh'), { to_mail: 2 });
  tell(sessionIdSchema.parse('bcdefghi'), { to_mail: 10 });
  expect(await lines('drydock_refused_packets_total')).toEqual([
    'drydock_refused_packets_total{host="h1",reason="to_mail"} 17',
    'drydock_refused_packets_total{host="h1",reason="spoofed"} 1',
  ]);
});

test('an open session is shown with what it was refused, an ended one is not', async () => {
  tell(sessionIdSchema.parse('abcdefgh'), { to_private: 4 });
  expect(await lines('drydock_session_refused_packets')).toEqual([
    'drydock_session_refused_packets{session="abcdefgh",reason="to_private"} 4',
  ]);
  open.clear();
  expect(await lines('drydock_session_refused_packets')).toEqual([]);
  expect(await lines('drydock_refused_packets_total')).toHaveLength(1);
});

test('a session on several hosts is refused what all of them refuse', async () => {
  tell(sessionIdSchema.parse('abcdefgh'), { to_mail: 100 });
  tell(sessionIdSchema.parse('abcdefgh'), { to_mail: 1 }, 'h2');
  tell(sessionIdSchema.parse('abcdefgh'), { to_mail: 101 });
  expect(await lines('drydock_session_refused_packets')).toEqual([
    'drydock_session_refused_packets{session="abcdefgh",reason="to_mail"} 102',
  ]);
  expect(await lines('drydock_refused_packets_total')).toEqual([
    'drydock_refused_packets_total{host="h1",reason="to_mail"} 101',
    'drydock_refused_packets_total{host="h2",reason="to_mail"} 1',
  ]);
});
