import { expect, test } from 'vitest';
import { bytePieces, PIECE_LENGTH, sequencesOfPiece, textPieces } from './work-pieces.ts';

const small = { cols: 80, rows: 24 };
const large = { cols: 1000, rows: 500 };
const texts = {
  plain: 'line of text\r\n'.repeat(5000),
  clears: '\x1b[2J'.repeat(5000),
  '8-bit controls': '\u009b2J'.repeat(5000),
  pairs: '👩‍👩‍👧'.repeat(8000),
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
  expect(Math.max(...textPieces(texts.clears, small).map(count))).toBe(sequencesOfPiece(small));
  const bytes = [...bytePieces(Buffer.from(texts.clears), large)].map((piece) => Buffer.from(piece).toString());
  expect(Math.max(...bytes.map(count))).toBe(2);
  expect(textPieces(texts.plain, large).length).toBe(Math.ceil(texts.plain.length / PIECE_LENGTH));
});

test('nothing is one piece of nothing, so that whoever waits for it is told', () => {
  expect(textPieces('', small)).toEqual(['']);
  expect([...bytePieces(new Uint8Array(0), small)]).toEqual([]);
});
