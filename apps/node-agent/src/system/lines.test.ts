import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines } from './lines.ts';

/** What is read of `pieces`, and whether the stream was given up. */
async function read(...pieces: string[]): Promise<{ lines: string[]; destroyed: boolean }> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, 8, (line) => lines.push(line));
  for (const piece of pieces) {
    if (!stream.destroyed) stream.write(piece);
    await new Promise(setImmediate);
  }
  return { lines, destroyed: stream.destroyed };
}

test('lines come whole, whatever pieces they come in', async () => {
  expect(await read('one\ntw', 'o\n\n', '12345678\n')).toEqual({ lines: ['one', 'two', '12345678'], destroyed: false });
});

test.each([
  ['without its end', ['one\n123456789']],
  ['with its end', ['one\n123456789\n']],
  ['in two pieces', ['one\n12345', '6789\ntwo\n']],
])('a line that is too long is not read: %s', async (_, pieces) => {
  expect(await read(...pieces)).toEqual({ lines: ['one'], destroyed: true });
});
