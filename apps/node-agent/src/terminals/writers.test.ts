import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWriters } from './writers.ts';

const codeOf = (promise: Promise<void>) =>
  promise.then(
    () => 'ok',
    (error: { code?: string }) => error.code,
  );

test('T-10: whatever is repeated, delayed or left out, each piece is typed at most once and in order', async () => {
  const deliveries = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 8 })), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(deliveries, async (sent) => {
      const writers = createWriters();
      const typed = new Map<number, number[]>();
      for (const [writer, seq] of sent) {
        await codeOf(
          writers.input(`writer-${writer}`, seq, async () => {
            typed.set(writer, [...(typed.get(writer) ?? []), seq]);
          }),
        );
      }
      for (const list of typed.values()) expect(list).toEqual(list.map((_, index) => index + 1));
    }),
  );
});

test('T-11: a gap is refused with the number that is expected', async () => {
  const writers = createWriters();
  await expect(writers.input('w', 3, async () => undefined)).rejects.toMatchObject({
    code: 'INPUT_OUT_OF_ORDER',
    details: { expected: 1 },
  });
});

test('T-10: a repetition is answered when the PTY has the first', async () => {
  const writers = createWriters();
  let finish = () => {};
  const first = writers.input('w', 1, () => new Promise<void>((done) => (finish = done)));
  let repeated = false;
  const second = writers.input('w', 1, async () => expect.fail('typed twice')).then(() => (repeated = true));
  await Promise.resolve();
  expect(repeated).toBe(false);
  finish();
  await Promise.all([first, second]);
});

test('what was refused by the PTY was not taken: the same number may come again', async () => {
  const writers = createWriters();
  const full = Object.assign(new Error('full'), { code: 'RATE_LIMITED' });
  expect(
    await codeOf(
      writers.input('w', 1, () => {
        throw full;
      }),
    ),
  ).toBe('RATE_LIMITED');
  expect(await codeOf(writers.input('w', 1, async () => undefined))).toBe('ok');
});

test('the memory of writers is bounded; the one that was silent for longest is forgotten first', async () => {
  const writers = createWriters(2);
  const type = (name: string, seq: number) => codeOf(writers.input(name, seq, async () => undefined));
  await type('a', 1);
  await type('b', 1);
  await type('a', 2);
  await type('c', 1);
  expect(await type('a', 3)).toBe('ok');
  expect(await type('b', 2)).toBe('INPUT_OUT_OF_ORDER');
});
