/** Cuts terminal output so that no piece is more than some milliseconds of a parser's work, however large the screen is. */
import type { ScreenSize } from './parser-bounds.ts';

/** Bytes, or characters of text, of one piece. */
export const PIECE_LENGTH = 16 * 1024;
/** Cells that the sequences of one piece may touch together: the dearest, a scroll by a whole screen, takes 20 ms for as many. */
export const PIECE_CELLS = 1024 * 1024;

const ESC = 0x1b;
const CSI = 0x5b;
/** The lead of an 8-bit control in UTF-8, which in text is FIRST_C1 to LAST_C1. */
const C1_LEAD = 0xc2;
const FIRST_C1 = 0x80;
const LAST_C1 = 0x9f;

/** Ends of CSI sequences with plain numbers that touch one row at most: colours, positions, erasing and moving within the line. */
const OF_ONE_ROW = new Set(Array.from('mABCDEFGHKXP@IZ`adefnrsubghlqt', (final) => final.charCodeAt(0)));

interface Units {
  length: number;
  at(index: number): number;
  isC1(index: number): boolean;
}

/** Whether the CSI sequence whose parameters begin at `index` is whole and touches one row at most, whatever its numbers are. */
function isOfOneRow(units: Units, index: number): boolean {
  let at = index;
  // A cursor that is hidden or shown, the one private mode that programs set at every key.
  if (units.at(at) === 0x3f && units.at(at + 1) === 0x32 && units.at(at + 2) === 0x35) at += 3;
  while (at < units.length && units.at(at) >= 0x30 && units.at(at) <= 0x3b) at += 1;
  return at < units.length && OF_ONE_ROW.has(units.at(at));
}

/** The most cells that what begins at `index` can touch: a sequence that is not known to be small, all of them. */
function cellsOf(units: Units, index: number, { cols, rows }: ScreenSize): number {
  if (units.at(index) === ESC) {
    return units.at(index + 1) === CSI && isOfOneRow(units, index + 2) ? cols : cols * rows;
  }
  return units.isC1(index) ? cols * rows : 0;
}

/** Where pieces end. One sequence is never too large: a screen has at most half as many cells as a piece may touch. */
function* ends(units: Units, size: ScreenSize): Generator<number> {
  let start = 0;
  let cells = 0;
  for (let at = 0; at < units.length; at += 1) {
    const more = cellsOf(units, at, size);
    cells += more;
    if (cells <= PIECE_CELLS && at - start < PIECE_LENGTH) continue;
    yield at;
    start = at;
    cells = more;
  }
  if (start < units.length) yield units.length;
}

/** The pieces of `data`, in order; they may end inside a character or a sequence. */
export function* bytePieces(data: Uint8Array, size: ScreenSize): Generator<Uint8Array> {
  const at = (index: number) => data[index] ?? 0;
  const isC1 = (index: number) => at(index) === C1_LEAD && at(index + 1) >= FIRST_C1 && at(index + 1) <= LAST_C1;
  let start = 0;
  for (const end of ends({ length: data.byteLength, at, isC1 }, size)) {
    if (end > start) yield data.subarray(start, end);
    start = end;
  }
}

/** The pieces of `text`, in order, none of which ends inside a character; at least one, which may be empty. */
export function textPieces(text: string, size: ScreenSize): string[] {
  const at = (index: number) => (index < text.length ? text.charCodeAt(index) : 0);
  const isC1 = (index: number) => at(index) >= FIRST_C1 && at(index) <= LAST_C1;
  const pieces: string[] = [];
  let start = 0;
  for (const end of ends({ length: text.length, at, isC1 }, size)) {
    // A pair of surrogates stays together.
    const cut = isLowSurrogate(at(end)) ? end - 1 : end;
    if (cut > start) pieces.push(text.slice(start, cut));
    start = cut;
  }
  if (pieces.length === 0) pieces.push('');
  return pieces;
}

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
