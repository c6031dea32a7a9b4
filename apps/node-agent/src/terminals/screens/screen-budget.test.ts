import { expect, test } from 'vitest';
import { createScreenBudget } from './screen-budget.ts';

test('what was sent beyond the burst is waited for by those who come next, in their order', async () => {
  const budget = createScreenBudget({ burst: 1000, perSecond: 10_000 });
  await budget.admit();
  budget.spend(3000);
  const order: number[] = [];
  const started = performance.now();
  await Promise.all([1, 2, 3].map((i) => budget.admit().then(() => order.push(i))));
  expect(order).toEqual([1, 2, 3]);
  // 2,000 bytes too many at 10,000 a second.
  expect(performance.now() - started).toBeGreaterThan(150);
});

test('a full budget lets everybody pass at once', async () => {
  const budget = createScreenBudget({ burst: 1000, perSecond: 0.001 });
  for (let i = 0; i < 100; i += 1) {
    await budget.admit();
    budget.spend(9);
  }
});
