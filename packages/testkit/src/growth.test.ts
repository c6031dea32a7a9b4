import { expect, test } from 'vitest';
import { slowRuns } from './growth.ts';

test('a quadratic expression is found by the run that makes it slow, and a linear one is not', () => {
  const quadratic = (text: string) => text.replace(/,+;/g, '');
  expect(slowRuns(quadratic, { tokens: [',', 'a'] })).toEqual(['["",",",""]']);
  expect(slowRuns((text) => text.replace(/\s+/g, ' '), { tokens: [' ', 'a'] })).toEqual([]);
});

test('what stands around a run belongs to it', () => {
  const trim = (text: string) => (text.startsWith('x') ? text.replace(/ +$/, '') : text);
  expect(
    slowRuns(trim, {
      tokens: [' '],
      around: [
        ['x', 'y'],
        ['y', 'y'],
      ],
    }),
  ).toEqual(['["x"," ","y"]']);
});
