import { createManualClock } from '@drydock/service-kit';
import { expect, test } from 'vitest';
import { createDemand, MEMBER_BYTES, MOST_MEMBERS, type PoolSizeInput, poolSize } from './pool-size.ts';

const GIB = 1024 ** 3;
const memory = (gib: number) => ({ totalBytes: gib * GIB, availableBytes: gib * GIB, reserveBytes: GIB });
const idle: PoolSizeInput = { memory: memory(24), members: 0, nodes: 0, maxNodes: 40, demand: 0 };

test('an idle host keeps a few nodes booted, by its memory', () => {
  expect([2, 4, 8, 24, 32, 512].map((gib) => poolSize({ ...idle, memory: memory(gib) }))).toEqual([0, 1, 1, 3, 4, 4]);
});

test('what was asked for at once is kept ready for the next time, up to a bound', () => {
  expect(poolSize({ ...idle, demand: 5 })).toBe(5);
  expect(poolSize({ ...idle, demand: 200 })).toBe(MOST_MEMBERS);
});

test('the operator’s number counts, also zero', () => {
  expect(poolSize({ ...idle, fixed: 30 })).toBe(30);
  expect(poolSize({ ...idle, fixed: 0, demand: 9 })).toBe(0);
});

test('the pool never holds a place that a session could have', () => {
  expect(poolSize({ ...idle, nodes: 38 })).toBe(2);
  expect(poolSize({ ...idle, nodes: 40, members: 3, fixed: 5 })).toBe(0);
  expect(poolSize({ ...idle, nodes: 45 })).toBe(0);
});

test('the pool gives memory back before the host runs short of it', () => {
  const short = (bytes: number) => ({ ...memory(24), availableBytes: GIB + bytes });
  expect(poolSize({ ...idle, memory: short(2 * MEMBER_BYTES) })).toBe(2);
  expect(poolSize({ ...idle, members: 3, memory: short(0) })).toBe(3);
  expect(poolSize({ ...idle, members: 3, memory: short(-1) })).toBe(2);
  expect(poolSize({ ...idle, members: 1, memory: short(-10 * MEMBER_BYTES) })).toBe(0);
});

test('demand is the most within half a minute, for ten minutes', () => {
  const clock = createManualClock(0);
  const demand = createDemand(clock);
  for (const pause of [0, 1000, 1000, 60_000, 1000]) {
    clock.advance(pause);
    demand.note();
  }
  expect(demand.most()).toBe(3);
  clock.advance(9 * 60_000);
  expect(demand.most()).toBe(2);
  clock.advance(2 * 60_000);
  expect(demand.most()).toBe(0);
});
