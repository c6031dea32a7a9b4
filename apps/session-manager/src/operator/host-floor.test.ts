import { DISK_SHORT_REASON } from '@drydock/protocol';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ActiveSession } from '../model/session.ts';
import type { HostEvent } from '../scheduling/host-registry.ts';
import { exampleSession } from '../store/sessions/sessions.contract.ts';
import { obeyHostFloor } from './host-floor.ts';

const LIMITS = { cpus: 2, memoryBytes: 1, diskBytes: 1, pids: 1 };
const NODE = { name: 'node1', index: 1, host: 'h1', limits: LIMITS, state: 'running', createdAt: 0 } as const;
let session: ActiveSession;
let done: string[];
let clock: ReturnType<typeof createManualClock>;
let tell: (event: HostEvent) => void;
let stop: () => void;

beforeEach(() => {
  session = { ...exampleSession(), nodes: [NODE] };
  done = [];
  clock = createManualClock(0);
  stop = obeyHostFloor({
    hosts: {
      onEvent(listener) {
        tell = listener;
        return () => {};
      },
      isConnected: () => true,
    },
    directory: { get: (id) => (id === session.id ? session : undefined), all: () => [session] },
    interventions: {
      async end(by, id, reason) {
        done.push(`end ${id} by ${by}: ${reason}`);
      },
      async freeze(by, _id, reason) {
        session = { ...session, frozen: { at: clock.now(), reason } };
        done.push(`freeze by ${by}: ${reason}`);
      },
      async thaw(by) {
        const { frozen: _frozen, ...rest } = session;
        session = rest;
        done.push(`thaw by ${by}`);
      },
    },
    clock,
    logger: createLogger('test', 'silent'),
  });
});
afterEach(() => stop());

async function floor(action: 'freeze' | 'thaw' | 'end', reason: string, host = 'h1'): Promise<void> {
  tell({ kind: 'floor', host, sessionId: session.id, action, reason });
  await Promise.resolve();
}

test('a session that takes too much of its host is ended with the host’s reason', async () => {
  await floor('end', 'too many neighbours');
  expect(done).toEqual([`end ${session.id} by host: too many neighbours`]);
});

test('a host that has none of its nodes is not obeyed', async () => {
  await floor('end', 'because', 'h2');
  await floor('freeze', DISK_SHORT_REASON, 'h2');
  expect(done).toEqual([]);
});

test('a freeze is written once however often it is told, and ends with the host’s thaw', async () => {
  await floor('freeze', DISK_SHORT_REASON);
  await floor('freeze', DISK_SHORT_REASON);
  await floor('thaw', DISK_SHORT_REASON);
  expect(done).toEqual([`freeze by host: ${DISK_SHORT_REASON}`, 'thaw by host']);
});

test('what an operator has frozen stays so when the host has room again', async () => {
  session = { ...session, frozen: { at: 0, reason: 'abuse' } };
  await floor('thaw', DISK_SHORT_REASON);
  expect(done).toEqual(['freeze by host: abuse']);
});

test('a freeze of which its host speaks no more does not last', async () => {
  await floor('freeze', DISK_SHORT_REASON);
  for (let second = 0; second < 120; second += 10) {
    clock.advance(10_000);
    await floor('freeze', DISK_SHORT_REASON);
  }
  expect(done).toHaveLength(1);
  for (let second = 0; second < 90; second += 15) clock.advance(15_000);
  await Promise.resolve();
  expect(done.at(-1)).toBe('thaw by host');
});
