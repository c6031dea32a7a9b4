/** The bytes that a terminal wrote, numbered from its birth, with its sizes in their places; the oldest go when it is full (T-1, T-2). */
import { TERMINAL_LOG_BYTES } from '@drydock/protocol';

/** The first page is small, since most terminals show little more than a prompt (bytes). */
const FIRST_PAGE_BYTES = 4 * 1024;
/** Pages double up to this size (bytes); a whole page is dropped at once. */
const LARGEST_PAGE_BYTES = 64 * 1024;
/** Size changes that are kept; more of them drop the oldest page early. */
const MAX_SIZE_MARKS = 256;

export interface Size {
  cols: number;
  rows: number;
}

/** From `offset` on the terminal has this size. `seq` orders marks; at one offset only the last is kept. */
export interface SizeMark extends Size {
  seq: number;
  offset: number;
}

/** How far a reader has come: bytes before `offset` and marks up to `seq` are behind it. */
export interface Position {
  offset: number;
  seq: number;
}

export type LogEntry = { kind: 'bytes'; data: Buffer } | { kind: 'size'; mark: SizeMark };

export interface OutputLog {
  /** Offset of the oldest byte that is kept. */
  start(): number;
  /** Offset of the byte that comes next. */
  end(): number;
  append(data: Buffer): void;
  /** Marks a new size at the end; the same size again marks nothing. */
  resize(size: Size): void;
  /**
   * Bytes from `offset` (within start..end) up to the next change of size, at most `max` of them; empty at the end. The buffer
   * is a view of the log's own memory, which is never written again, or a copy when the bytes lie in several pages.
   */
  read(offset: number, max: number): Buffer;
  /** The size that holds at `offset`: the last mark at or before it. */
  sizeAt(offset: number): SizeMark;
  /** The mark that a reader at `position` comes to before its next byte, if any. */
  markAt(position: Position): SizeMark | undefined;
  /** All from `position` up to `to`, in order. */
  entries(position: Position, to: number): LogEntry[];
}

export interface OutputLogOptions {
  size: Size;
  /** Called before all before `newStart` is forgotten. */
  beforeDrop(newStart: number): void;
  /** Bytes that are kept at least. */
  capacity?: number;
}

interface Page {
  start: number;
  bytes: Buffer;
  used: number;
}

/** Builds an empty log. It grows with what is written, and never beyond its capacity and one page. */
export function createOutputLog({ size, beforeDrop, capacity = TERMINAL_LOG_BYTES }: OutputLogOptions): OutputLog {
  const pages: Page[] = [];
  let end = 0;
  let marks: SizeMark[] = [{ seq: 1, offset: 0, ...size }];

  const start = () => pages[0]?.start ?? end;

  function addPage(): Page {
    const last = pages.at(-1);
    const length = last === undefined ? FIRST_PAGE_BYTES : Math.min(LARGEST_PAGE_BYTES, last.bytes.byteLength * 2);
    // allocUnsafeSlow: a piece of Node's shared pool would keep the whole pool alive.
    const page = { start: end, bytes: Buffer.allocUnsafeSlow(length), used: 0 };
    pages.push(page);
    return page;
  }

  function dropFirstPage(): void {
    const newStart = pages[1]?.start ?? end;
    beforeDrop(newStart);
    pages.shift();
    const base = sizeAt(newStart);
    marks = marks.filter((mark) => mark.seq >= base.seq);
  }

  function sizeAt(offset: number): SizeMark {
    return marks.findLast((mark) => mark.offset <= offset) ?? (marks[0] as SizeMark);
  }

  function pushBytes(found: LogEntry[], from: number, to: number): void {
    for (const page of pages) {
      const low = Math.max(from, page.start) - page.start;
      const high = Math.min(to - page.start, page.used);
      if (low < high) found.push({ kind: 'bytes', data: page.bytes.subarray(low, high) });
    }
  }

  return {
    start,
    end: () => end,
    append(data) {
      let rest = data;
      while (rest.byteLength > 0) {
        let page = pages.at(-1);
        if (page === undefined || page.used === page.bytes.byteLength) page = addPage();
        const part = rest.subarray(0, page.bytes.byteLength - page.used);
        page.bytes.set(part, page.used);
        page.used += part.byteLength;
        end += part.byteLength;
        rest = rest.subarray(part.byteLength);
      }
      while (pages[1] !== undefined && end - pages[1].start >= capacity) dropFirstPage();
    },
    resize({ cols, rows }) {
      const last = marks.at(-1) as SizeMark;
      if (last.cols === cols && last.rows === rows) return;
      if (last.offset === end) marks.pop();
      marks.push({ seq: last.seq + 1, offset: end, cols, rows });
      if (marks.length > MAX_SIZE_MARKS) dropFirstPage();
    },
    read(offset, max) {
      const stop = marks.find((mark) => mark.offset > offset)?.offset ?? end;
      const found: LogEntry[] = [];
      pushBytes(found, offset, Math.min(stop, offset + max));
      const parts = found.flatMap((entry) => (entry.kind === 'bytes' ? [entry.data] : []));
      // One message of two pages' bytes costs less than two messages.
      return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    },
    sizeAt,
    markAt: ({ offset, seq }) => marks.find((mark) => mark.seq > seq && mark.offset <= offset),
    entries(position, to) {
      const found: LogEntry[] = [];
      let at = position.offset;
      for (const mark of marks) {
        if (mark.seq <= position.seq || mark.offset > to) continue;
        pushBytes(found, at, mark.offset);
        at = Math.max(at, mark.offset);
        found.push({ kind: 'size', mark });
      }
      pushBytes(found, at, to);
      return found;
    },
  };
}
