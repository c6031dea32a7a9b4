import { expect, test } from 'vitest';
import { bytePieces, PIECE_CELLS, PIECE_LENGTH, textPieces } from './work-pieces.ts';

const small = { cols: 80, rows: 24 };
const large = { cols: 1000, rows: 500 };
const texts = {
  plain: 'line of text\r\n'.repeat(5000),
  clears: '\x1b[2J'.repeat(5000),
  '8-bit controls': '\u009b2J'.repeat(5000),
  // Of two units each, and one before them: every piece would end within a pair.
  pairs: `x${'👩'.repeat(20_000)}`,
};

test.each(Object.entries(texts))('%s: the pieces are the whole, and none ends inside a character', (_name, text) => {
  for (const size of [small, large]) {
    const pieces = textPieces(text, size);
    expect(pieces.join('')).toBe(text);
    expect(pieces.every((piece) => Buffer.from(piece).toString() === piece)).toBe(true);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(PIECE_LENGTH);
    const bytes = new TextEncoder().encode(text);
    expect(Buffer.concat([...bytePieces(bytes, size)]).equals(bytes)).toBe(true);
  }
});

test('the larger the screen, the fewer sequences are in a piece', () => {
  const count = (piece: string) => piece.split('\x1b').length - 1;
  expect(Math.max(...textPieces(texts.clears, large).map(count))).toBe(2);
  expect(Math.max(...textPieces(texts.clears, small).map(count))).toBe(Math.floor(PIECE_CELLS / (80 * 24)));
  const bytes = [...bytePieces(Buffer.from(texts.clears), large)].map((piece) => Buffer.from(piece).toString());
  expect(Math.max(...bytes.map(count))).toBe(2);
  expect(textPieces(texts.plain, large).length).toBe(Math.ceil(texts.plain.length / PIECE_LENGTH));
});

test('controls of one 8-bit character are counted as those of two are', () => {
  const count = (piece: string) => piece.split('\u009b').length - 1;
  expect(Math.max(...textPieces(texts['8-bit controls'], large).map(count))).toBe(2);
  const bytes = [...bytePieces(Buffer.from(texts['8-bit controls']), large)].map((piece) => Buffer.from(piece));
  expect(Math.max(...bytes.map((piece) => count(piece.toString())))).toBe(2);
});

test.each([
  ['what touches a row at most', '\x1b[31m\x1b[2;3H\x1b[K\x1b[?25l', PIECE_CELLS / 1000],
  ['what may touch all', '\x1b[?1049h\x1b[2J\x1bc\x1b#8', 2],
  ['what is not what it looks like', '\x1b[1\n\x1b[1 @\x1b[?1;25h\x1b[>m', 2],
])('%s is counted as such', (_name, text, most) => {
  const count = (piece: string) => piece.split('\x1b').length - 1;
  expect(Math.max(...textPieces(text.repeat(2000), large).map(count))).toBe(Math.floor(most));
});

test('a sequence that is cut off counts as any', () => {
  expect(textPieces('\x1b['.repeat(3), large)).toHaveLength(2);
});

test('nothing is one piece of nothing, so that whoever waits for it is told', () => {
  expect(textPieces('', small)).toEqual(['']);
  expect([...bytePieces(new Uint8Array(0), small)]).toEqual([]);
});
