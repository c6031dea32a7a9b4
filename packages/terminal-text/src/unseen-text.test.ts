import { expect, test } from 'vitest';
import { createUnseenText } from './unseen-text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (pieces: Uint8Array[]) => pieces.map((piece) => new TextDecoder().decode(piece)).join('');
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}\r\n`).join('');

/** Cuts at every `length` bytes, ends of lines or not. */
function cut(text: string, length: number): Uint8Array[] {
  const all = bytes(text);
  return Array.from({ length: Math.ceil(all.byteLength / length) }, (_, i) =>
    all.subarray(i * length, (i + 1) * length),
  );
}

test.each([7, 64, 1000, 8192])(
  'what %i bytes at a time bring is held back up to the lines that can be seen',
  (length) => {
    const unseen = createUnseenText();
    for (const piece of cut(lines(1, 5000), length)) {
      expect(unseen.push(piece)).toEqual([]);
      unseen.skip(100);
    }
    const rest = textOf(unseen.flush());
    expect(rest.endsWith(lines(4902, 5000))).toBe(true);
    expect(rest.length).toBeLessThan(lines(1, 200).length + 4 * length);
    expect(rest).toMatch(/^\r\n/);
  },
);

test('nothing is forgotten before it has left the screen', () => {
  const unseen = createUnseenText();
  for (const piece of cut(lines(1, 100), 50)) unseen.push(piece);
  unseen.skip(100);
  expect(textOf(unseen.flush())).toBe(lines(1, 100));
});

test('colours of what is skipped go on', () => {
  const unseen = createUnseenText();
  unseen.push(bytes(`\x1b[31mred\x1b[0m${lines(1, 10)}\x1b[1;44m`));
  unseen.push(bytes(lines(11, 300)));
  unseen.skip(100);
  expect(textOf(unseen.flush())).toBe(`\x1b[0m\x1b[1;44m\r\n${lines(12, 300)}`);
});

test('what is more than text is handed out at once, with all before it and nothing behind', () => {
  const unseen = createUnseenText();
  expect(unseen.push(bytes('one\r\n'))).toEqual([]);
  expect(textOf(unseen.push(bytes('two\x1b[2Jthree')))).toBe('one\r\ntwo\x1b[2J');
  expect([unseen.heldBytes(), textOf(unseen.flush()), unseen.heldBytes()]).toEqual([5, 'three', 0]);
});
