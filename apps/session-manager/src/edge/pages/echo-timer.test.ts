import { expect, it } from 'vitest';
import { createEchoTimer } from './echo-timer.ts';

it('measures from a key to the next bytes of its terminal', () => {
  const seen: number[] = [];
  const timer = createEchoTimer((seconds) => seen.push(seconds));
  timer.typed('t1');
  timer.typed('t1');
  timer.shown('t2');
  expect(seen).toHaveLength(0);
  timer.shown('t1');
  timer.shown('t1');
  expect(seen).toHaveLength(1);
});

it('keeps nothing of terminals without end that a page names and nobody has', () => {
  let seen = 0;
  const timer = createEchoTimer(() => {
    seen += 1;
  });
  for (let n = 0; n < 10_000; n += 1) timer.typed(`t${n}`);
  for (let n = 0; n < 10_000; n += 1) timer.shown(`t${n}`);
  expect(seen).toBeLessThanOrEqual(256);
  // Those that were named last are still measured.
  expect(seen).toBeGreaterThan(0);
});
