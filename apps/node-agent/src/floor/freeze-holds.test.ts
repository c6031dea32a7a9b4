import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFreezeHolds, type FreezeHolds } from './freeze-holds.ts';
import { createFrozenRecord } from './frozen-record.ts';

let directory: string;
let here: string[];
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
  here = ['aaaa', 'bbbb'];
  frozen = new Set();
  startHolds();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('what an operator has frozen stays so when the disk has room again, and the other way round', async () => {
  await holds.set('aaaa', 'disk', true);
  await holds.set('aaaa', 'manager', true);
  await holds.set('aaaa', 'disk', false);
  expect([...frozen]).toEqual(['aaaa']);
  await holds.set('aaaa', 'manager', false);
  expect([...frozen]).toEqual([]);
  await holds.set('bbbb', 'manager', true);
  await holds.set('bbbb', 'disk', true);
  await holds.set('bbbb', 'manager', false);
  expect([...frozen]).toEqual(['bbbb']);
});

test('it stays so when the agent that was told has ended', async () => {
  await holds.set('aaaa', 'disk', true);
  await holds.set('aaaa', 'manager', true);
  startHolds();
  await holds.set('aaaa', 'disk', false);
  expect([...frozen]).toEqual(['aaaa']);
});

test('nothing is kept of sessions that have no node here any more', async () => {
  await holds.set('aaaa', 'manager', true);
  here = ['bbbb'];
  await holds.set('bbbb', 'manager', true);
  expect(await record().read()).toEqual(['bbbb']);
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
  await expect(holds.set('aaaa', 'manager', true)).rejects.toThrow('no such group');
  await holds.set('aaaa', 'manager', true);
  expect(tries).toBe(2);
});
