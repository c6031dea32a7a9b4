import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createManualClock } from './clock.ts';
import { watchLoop } from './loop-watch.ts';

/** Holds the loop for as long as this (ms). */
const HELD_MS = 400;

function hold(): void {
  for (const end = performance.now() + HELD_MS; performance.now() < end; );
}

test('a loop that was held is seen for one to two minutes, and then forgotten', async () => {
  const clock = createManualClock(0);
  const watch = watchLoop(clock);
  await pause(30);
  hold();
  await pause(30);
  // What the machine adds makes it longer, never shorter; the watch itself sees it in steps of ten.
  expect(watch.read().longestMs).toBeGreaterThan(HELD_MS - 20);
  clock.advance(60_000);
  expect(watch.read().longestMs).toBeGreaterThan(HELD_MS - 20);
  const seen = watch.read().longestMs;
  clock.advance(60_000);
  expect(watch.read().longestMs).toBeLessThan(seen);
  watch.stop();
});
