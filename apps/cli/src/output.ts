/** What commands print: tables for people, JSON for programs, and times and texts that cannot move a terminal's cursor. */
import { EXIT, Failure } from './failure.ts';

/**
 * Control characters, C1 included: a note or a reason is somebody's text, and a terminal would obey it. Separators of lines and what turns
 * the direction of letters go with them: a terminal shows other texts than stand there.
 */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
/** What JSON lets through of them. */
const BEYOND_JSON = /[\u007f-\u009f]/g;
/** The longest sentence of somebody else's (characters). */
export const MAX_TEXT = 500;

/** Text of somebody else's in one line, at most `most` characters. */
export function plain(text: string, most = 60): string {
  const line = text.replace(CONTROL, ' ');
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** Text of several lines: nothing in it but the ends of its lines moves a cursor. */
export function printable(text: string): string {
  return text.replace(CONTROL, (control) => (control === '\n' ? control : ' '));
}

/** A value as JSON in one line, which a terminal shows and does not obey. */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value);
  return text.replace(BEYOND_JSON, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}

/** Columns as wide as their widest cell; the last one is left as it is. A cell is one line, whoever wrote it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows.map((row) => row.map((cell) => plain(cell, MAX_TEXT)))];
  const widths = header.map((_cell, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}

/** A length of time (ms) in its two largest parts: `2 h 5 min`. */
export function duration(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A number of bytes in the largest unit of which there is one: `12.3 MiB`. */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1023.95 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** The last time that JavaScript knows (ms since the epoch). */
const LAST_TIME = 8_640_000_000_000_000;

/** A time (ms since the epoch) in ISO 8601, to the second, in UTC; `-` for none. */
export function time(at: number): string {
  return Math.abs(at) <= LAST_TIME ? `${new Date(at).toISOString().slice(0, 19)}Z` : '-';
}

/** An option's number. @throws Failure USAGE */
export function numberOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new Failure('USAGE', `${plain(text)} is no number.`, EXIT.usage);
}

/** Where a run writes. */
export type Streams = { out: (text: string) => void; err: (text: string) => void };

export interface Output {
  isJson(): boolean;
  print(text: string): void;
  /** The answer as JSON where --json was given, else as `text` says. */
  show<T>(answer: T, text: (answer: T) => string): void;
}

/** Builds it; `isJson` is asked when something is shown, since options are known only then. */
export function createOutput(write: (text: string) => void, isJson: () => boolean): Output {
  return {
    isJson,
    print: (text) => write(`${printable(text)}\n`),
    show: (answer, text) => write(`${isJson() ? jsonLine(answer) : printable(text(answer))}\n`),
  };
}
