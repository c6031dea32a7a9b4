/** A text file of the lab with its lines, so that every finding has a place. */
import type { Place } from '../findings/finding.ts';

export type SourceFile = {
  readonly path: string;
  /** Line ends are LF; a byte order mark is gone. */
  readonly text: string;
  readonly lines: readonly string[];
  /** The place of an offset in `text`. */
  placeAt(offset: number): Place;
  /** The first place of `needle` in lines [from, to) (from 0), else the start of line `from`. */
  locate(needle: string, from: number, to: number): Place;
};

export function createSourceFile(path: string, raw: string): SourceFile {
  const text = normaliseText(raw);
  const lines = text.split('\n');
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return {
    path,
    text,
    lines,
    placeAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { file: path, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
    locate(needle, from, to) {
      for (let index = from; index < Math.min(to, lines.length); index += 1) {
        const column = lines[index]?.indexOf(needle) ?? -1;
        if (column >= 0) return { file: path, line: index + 1, column: column + 1 };
      }
      return { file: path, line: Math.min(from, lines.length - 1) + 1, column: 1 };
    },
  };
}

/** LF line ends, no byte order mark; NUL becomes the replacement character, as CommonMark says. */
export function normaliseText(raw: string): string {
  const text = raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
  return text.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD');
}
