import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionIdSchema } from '@drydock/protocol';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countingClock } from '../testing/counting-clock.ts';
import { createDiskWatch } from './disk-watch.ts';
import { createFrozenRecord, type FrozenRecord } from './frozen-record.ts';

const MIB = 1024 ** 2;
const FLOOR = 100 * MIB;
let directory: string;
let record: FrozenRecord;
let free: number;
let disks: Record<string, number>;
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

function startWatch(): void {
  watch = createDiskWatch({
    floorBytes: FLOOR,
    freeBytes: async () => free,
    usage: async () => Object.entries(disks).map(([id, bytes]) => ({ sessionId: sessionIdSchema.parse(id), bytes })),
    setFrozen: async (sessionId, frozen) => void told.push(`${frozen ? 'freeze' : 'thaw'} ${sessionId}`),
    record,
    clock: counting(),
    logger: createLogger('test', 'silent'),
  });
  watch.start();
}

/** One look, and all that follows from it. */
async function look(): Promise<void> {
  const before = looks;
  clock.advance(1000);
  await expect.poll(() => looks, { interval: 2 }).toBeGreaterThan(before);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-floor-'));
  record = createFrozenRecord(join(directory, 'frozen.json'));
  clock = createManualClock(0);
  looks = 0;
  told = [];
  free = 1000 * MIB;
  disks = { largeone: 500 * MIB, writerab: 10 * MIB, stillone: MIB };
  startWatch();
});
afterEach(() => {
  watch.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('below the floor the session that grew most is frozen, not the one that has most, and then the next', async () => {
  await look();
  expect(told).toEqual([]);
  free = 300 * MIB;
  await look();
  disks = { ...disks, writerab: 300 * MIB, largeone: 510 * MIB };
  free = 50 * MIB;
  await look();
  expect(told).toEqual(['freeze writerab']);
  await look();
  expect(told).toEqual(['freeze writerab', 'freeze largeone']);
});

test('a freeze is told again while it lasts', async () => {
  free = FLOOR + 1;
  await record.write([sessionIdSchema.parse('heldlong')]);
  for (let times = 0; times < 10; times += 1) await look();
  expect(told).toEqual(['freeze heldlong']);
});

test('they go on when there is room for a while, not when there is just enough', async () => {
  free = 50 * MIB;
  await look();
  expect(told).toEqual(['freeze largeone']);
  free = FLOOR + 1;
  await look();
  expect(told).toHaveLength(1);
  free = 2 * FLOOR;
  await look();
  expect(told).toEqual(['freeze largeone', 'thaw largeone']);
  expect(await record.read()).toEqual([]);
});

test('an agent that starts again lets go on whom the last one has frozen', async () => {
  free = 50 * MIB;
  await look();
  watch.stop();
  free = 1000 * MIB;
  startWatch();
  await look();
  expect(told).toEqual(['freeze largeone', 'thaw largeone']);
});
