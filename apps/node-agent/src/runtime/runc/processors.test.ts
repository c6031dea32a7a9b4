import { expect, test } from 'vitest';
import { parseProcessors, pickProcessors } from './processors.ts';

test('the kernel’s lists are read', () => {
  expect(parseProcessors('0-2,5\n')).toEqual([0, 1, 2, 5]);
  expect(parseProcessors('\n')).toEqual([]);
});

test('a node gets whole processors, those that fewest others have', () => {
  const all = [0, 1, 2, 3];
  expect(pickProcessors(2, all, [])).toBe('0,1');
  expect(pickProcessors(1.5, all, [[0, 1]])).toBe('2,3');
  expect(pickProcessors(1, all, [[0, 1], [2]])).toBe('3');
  expect(pickProcessors(0.1, all, [[0, 1, 2, 3], [0]])).toBe('1');
});

test('a limit of all processors or more binds a node to none', () => {
  expect(pickProcessors(4, [0, 1, 2, 3], [])).toBeUndefined();
  expect(pickProcessors(64, [0, 1], [[0]])).toBeUndefined();
});
