/** What is shown when a terminal cannot be drawn: the end of what it wrote, as plain text, and a sentence that says so. */
import { stripVTControlCharacters } from 'node:util';
import type { OutputLog } from '../output-log.ts';

/** The end of the log that is looked at (bytes). */
const TAIL_BYTES = 64 * 1024;
const SENTENCE = '\x1b[7m This terminal could not be drawn; below is the end of what it wrote, without colours. \x1b[m';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be left.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A screen that paints the last lines of `log`; the shell and what it writes next are as they were. */
export function plainPicture(log: OutputLog): string {
  const { cols, rows } = log.sizeAt(log.end());
  const tail: Buffer[] = [];
  let at = Math.max(log.start(), log.end() - TAIL_BYTES);
  while (at < log.end()) {
    const piece = log.read(at, TAIL_BYTES);
    tail.push(piece);
    at += piece.byteLength;
  }
  const lines = stripVTControlCharacters(Buffer.concat(tail).toString())
    .split('\n')
    .map((line) => line.replace(CONTROLS, '').slice(-cols))
    .slice(1 - rows);
  return [SENTENCE, ...lines].join('\r\n');
}
