/** A shell text as complete commands, so that one is typed at a time. The texts of the segments, joined, are the text. */
import { createShellScan } from './scan.ts';

export type Segments = {
  segments: string[];
  /** False where the scanner did not understand the text, which is then one segment, or where it ends within a command. */
  complete: boolean;
};

/** Time is linear in the text's length, and nothing is thrown. */
export function shellSegments(text: string): Segments {
  if (text.trim() === '') return { segments: text === '' ? [] : [text], complete: true };
  const cuts = createShellScan(text).cuts();
  if (cuts === undefined) return { segments: [text], complete: false };
  const pieces: string[] = [];
  let from = 0;
  for (const cut of [...cuts, text.length]) {
    if (cut > from) pieces.push(text.slice(from, cut));
    from = cut;
  }
  return { segments: joinEmpty(pieces), complete: true };
}

/** Blank lines and comments go with the command after them; at the end, with the one before. */
function joinEmpty(pieces: readonly string[]): string[] {
  const segments: string[] = [];
  let waiting = '';
  for (const piece of pieces) {
    if (holdsNoCommand(piece)) waiting += piece;
    else {
      segments.push(waiting + piece);
      waiting = '';
    }
  }
  if (waiting !== '') {
    if (segments.length === 0) return [waiting];
    segments.push((segments.pop() ?? '') + waiting);
  }
  return segments;
}

function holdsNoCommand(piece: string): boolean {
  return piece.split('\n').every((line) => /^\s*(#|$)/.test(line));
}
