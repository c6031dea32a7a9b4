import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('work of one name goes one after another, that of others beside it, and nothing is kept of what is over', async () => {
  const turns = createTurns();
  const done: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = turns.take('a', async () => {
    await held;
    done.push('a1');
  });
  const second = turns.take('a', async () => void done.push('a2'));
  await turns.take('b', async () => void done.push('b1'));
  expect([done, turns.size()]).toEqual([['b1'], 1]);
  release();
  await Promise.all([first, second]);
  expect([done, turns.size()]).toEqual([['b1', 'a1', 'a2'], 0]);
  // A page may name a node after another that is not there.
  for (let at = 0; at < 1000; at += 1) await turns.take(`node${at}`, async () => undefined);
  expect(turns.size()).toBe(0);
});

test('work that fails does not hold up what comes after it', async () => {
  const turns = createTurns();
  await expect(turns.take('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await turns.take('a', async () => undefined);
  expect(turns.size()).toBe(0);
});
