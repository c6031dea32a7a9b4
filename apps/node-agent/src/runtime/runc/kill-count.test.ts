import { expect, test } from 'vitest';
import { countedKills, type KillCount } from './kill-count.ts';

/** Looks one after another: what the groups show, and whether the kernel told of a kill before. */
function totals(looks: readonly [found: number, told: boolean][]): number[] {
  let count: KillCount | undefined;
  return looks.map(([found, told]) => {
    count = countedKills(count, found, told);
    return count.total;
  });
}

test.each<[string, [number, boolean][], number[]]>([
  [
    'kills of groups that stay are counted once',
    [
      [0, false],
      [1, true],
      [1, false],
      [3, true],
    ],
    [0, 1, 1, 3],
  ],
  [
    'a group that goes takes nothing from the count',
    [
      [2, false],
      [0, false],
      [1, true],
    ],
    [2, 2, 3],
  ],
  [
    'a kill in a group that has gone is believed',
    [
      [0, false],
      [0, true],
      [0, false],
      [0, true],
    ],
    [0, 1, 1, 2],
  ],
  [
    'a kill that was believed and shows later is not counted twice',
    [
      [0, false],
      [0, true],
      [1, false],
      [2, true],
    ],
    [0, 1, 1, 2],
  ],
  [
    'after one that never showed, the next is counted',
    [
      [0, false],
      [0, true],
      [1, true],
    ],
    [0, 1, 2],
  ],
  [
    'the first look of a new agent knows what the kernel tells',
    [
      [0, true],
      [1, false],
    ],
    [1, 1],
  ],
])('%s', (_name, looks, expected) => {
  expect(totals(looks)).toEqual(expected);
});
