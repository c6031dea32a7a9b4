/** Which movements of a finger are swipes. */
import { expect, test } from 'vitest';
import { swipeOf } from './swipe.ts';

const from = { x: 200, y: 300, at: 0 };

test('quick, far and flat is a swipe, with the direction of reading on', () => {
  expect(swipeOf(from, { x: 90, y: 310, at: 200 })).toBe(1);
  expect(swipeOf(from, { x: 310, y: 280, at: 200 })).toBe(-1);
});

test('a tap, a slow drag and scrolling are none', () => {
  expect(swipeOf(from, { x: 190, y: 300, at: 80 })).toBe(0);
  expect(swipeOf(from, { x: 90, y: 300, at: 900 })).toBe(0);
  expect(swipeOf(from, { x: 110, y: 500, at: 200 })).toBe(0);
});
