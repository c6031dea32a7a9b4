import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPacedWrite } from './paced-write.ts';

/** A screen that draws what it has when it is told to, and shows in which order. */
let given: { text: string; drawn(): void }[];
let shown: string;
let foremost: boolean;
let write: (text: string, drawn?: () => void) => void;

function draw(): void {
  for (const { text, drawn } of given.splice(0)) {
    shown += text;
    drawn();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  given = [];
  shown = '';
  foremost = false;
  const paced = createPacedWrite(
    (text, drawn) => void given.push({ text, drawn }),
    () => foremost,
  );
  write = (text, drawn = () => undefined) => paced(text, drawn);
});
afterEach(() => vi.useRealTimers());

test('the terminal with the focus is given everything at once', () => {
  foremost = true;
  for (const text of 'abc') write(text);
  expect(given.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
});

test('another one is given a piece at a time, and others have a turn in between', async () => {
  const drawn: string[] = [];
  for (const text of 'abc') write(text, () => drawn.push(text));
  expect(given).toHaveLength(1);
  draw();
  expect([drawn, given]).toEqual([['a'], []]);
  await vi.advanceTimersByTimeAsync(1);
  expect(given).toHaveLength(1);
  for (let turn = 0; turn < 3; turn += 1) {
    draw();
    await vi.advanceTimersByTimeAsync(1);
  }
  expect([shown, drawn]).toEqual(['abc', ['a', 'b', 'c']]);
});

test('T-3: order stays whenever the focus comes and goes', async () => {
  let expected = '';
  for (let step = 0; step < 2000; step += 1) {
    const text = String.fromCharCode(97 + (step % 26));
    if (step % 7 === 0) foremost = Math.random() < 0.5;
    write(text);
    expected += text;
    if (Math.random() < 0.3) draw();
    if (Math.random() < 0.3) await vi.advanceTimersByTimeAsync(1);
  }
  for (let turn = 0; turn < 2100; turn += 1) {
    draw();
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(shown).toBe(expected);
});
