import { expect, test } from 'vitest';
import { withoutEnd } from './without-end.ts';

test.each([
  ['', '/', ''],
  ['///', '/', ''],
  ['/a//b', '/', '/a//b'],
  ['/a//b//', '/', '/a//b'],
  ['node12', '0123456789', 'node'],
  ['2024', '0123456789', ''],
  ['a \t', ' \t', 'a'],
  ['a', '', 'a'],
])('of %j the letters %j at the end are left out', (text, letters, rest) => {
  expect(withoutEnd(text, letters)).toBe(rest);
});
