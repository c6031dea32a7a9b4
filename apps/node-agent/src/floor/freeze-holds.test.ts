import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SessionId, sessionIdSchema } from '@drydock/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFreezeHolds, type FreezeHolds } from './freeze-holds.ts';
import { createFrozenRecord } from './frozen-record.ts';

const A = sessionIdSchema.parse('aaaaaaaa');
const B = sessionIdSchema.parse('bbbbbbbb');
let directory: string;
let here: SessionId[];
let frozen: Set<string>;
let holds: FreezeHolds;
const record = () => createFrozenRecord(join(directory, 'held.json'));

function startHolds(): void {
  holds = createFreezeHolds({
    record: record(),
    sessions: () => here,
    async freeze(sessionId, isFrozen) {
      if (isFrozen) frozen.add(sessionId);
      else frozen.delete(sessionId);
    },
  });
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-holds-'));
  here = [A, B];
  frozen = new Set();
  startHolds();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('what an operator has frozen stays so when the disk has room again, and the other way round', async () => {
  await holds.set(A, 'disk', true);
  await holds.set(A, 'manager', true);
  await holds.set(A, 'disk', false);
  expect([...frozen]).toEqual([A]);
  await holds.set(A, 'manager', false);
  expect([...frozen]).toEqual([]);
  await holds.set(B, 'manager', true);
  await holds.set(B, 'disk', true);
  await holds.set(B, 'manager', false);
  expect([...frozen]).toEqual([B]);
});

test('it stays so when the agent that was told has ended', async () => {
  await holds.set(A, 'disk', true);
  await holds.set(A, 'manager', true);
  startHolds();
  await holds.set(A, 'disk', false);
  expect([...frozen]).toEqual([A]);
});

test('nothing is kept of sessions that have no node here any more', async () => {
  await holds.set(A, 'manager', true);
  here = [B];
  await holds.set(B, 'manager', true);
  expect(await record().read()).toEqual([B]);
});

test('a freeze that fails is told, and the next is tried', async () => {
  let tries = 0;
  holds = createFreezeHolds({
    record: record(),
    sessions: () => here,
    async freeze() {
      tries += 1;
      if (tries === 1) throw new Error('no such group');
    },
  });
  await expect(holds.set(A, 'manager', true)).rejects.toThrow('no such group');
  await holds.set(A, 'manager', true);
  expect(tries).toBe(2);
});
