/** Cuts terminal output so that no piece is more than some milliseconds of a parser's work, however large the screen is. */
import type { ScreenSize } from './parser-bounds.ts';

/** Bytes, or characters of text, of one piece. */
export const PIECE_LENGTH = 16 * 1024;
/** Cells that the sequences of one piece may touch together: the dearest, a scroll by a whole screen, takes 20 ms for as many. */
const PIECE_CELLS = 1024 * 1024;

const ESC = 0x1b;
/** As a byte: the lead of an 8-bit control in UTF-8. */
const C1_LEAD = 0xc2;
const FIRST_C1 = 0x80;
const LAST_C1 = 0x9f;

/** Sequences that a piece may hold on a screen of `size`, each taken to touch all of it. */
export function sequencesOfPiece({ cols, rows }: ScreenSize): number {
  return Math.max(1, Math.floor(PIECE_CELLS / (cols * rows)));
}

/** Where pieces of `length` units end, each with at most `most` units that can begin a sequence. */
function* ends(length: number, most: number, begins: (at: number) => boolean): Generator<number> {
  let start = 0;
  let sequences = 0;
  for (let at = 0; at < length; at += 1) {
    if (begins(at)) sequences += 1;
    if (sequences <= most && at - start < PIECE_LENGTH) continue;
    yield at;
    start = at;
    sequences = begins(at) ? 1 : 0;
  }
  if (start < length) yield length;
}

/** The pieces of `data`, in order; they may end inside a character or a sequence. */
export function* bytePieces(data: Uint8Array, size: ScreenSize): Generator<Uint8Array> {
  let start = 0;
  const begins = (at: number) => data[at] === ESC || data[at] === C1_LEAD;
  for (const end of ends(data.byteLength, sequencesOfPiece(size), begins)) {
    yield data.subarray(start, end);
    start = end;
  }
}

/** The pieces of `text`, in order, none of which ends inside a character; at least one, which may be empty. */
export function textPieces(text: string, size: ScreenSize): string[] {
  const pieces: string[] = [];
  const begins = (at: number) => {
    const unit = text.charCodeAt(at);
    return unit === ESC || (unit >= FIRST_C1 && unit <= LAST_C1);
  };
  let start = 0;
  for (const end of ends(text.length, sequencesOfPiece(size), begins)) {
    // A pair of surrogates stays together.
    const cut = end < text.length && isLowSurrogate(text.charCodeAt(end)) ? end - 1 : end;
    pieces.push(text.slice(start, cut));
    start = cut;
  }
  if (pieces.length === 0) pieces.push('');
  return pieces;
}

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
