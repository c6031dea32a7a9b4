import { expect, test } from 'vitest';
import { coloursOf, PERSON_COLOURS } from './person-colours.ts';

test('no two people have one colour while there are enough, whoever they are', () => {
  for (let round = 0; round < 200; round += 1) {
    const browsers = PERSON_COLOURS.map((_, index) => `browser-${round}-${index}`);
    expect(new Set(coloursOf(browsers).values()).size).toBe(PERSON_COLOURS.length);
  }
});

test('every page gives the same colours, in whatever order people are listed', () => {
  const browsers = ['c3', 'a1', 'b2', 'd4'];
  expect([...coloursOf(browsers)].sort()).toEqual([...coloursOf(browsers.toReversed())].sort());
});

test('more people than colours share them', () => {
  const many = Array.from({ length: 30 }, (_, index) => `b${index}`);
  expect(coloursOf(many).size).toBe(30);
});
