import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutputLog, type Position } from './output-log.ts';

const size = { cols: 80, rows: 24 };
const bytes = (length: number, seed = 0) => Buffer.from(Array.from({ length }, (_, i) => (i * 31 + seed) & 255));

test('T-1: a reader from any kept offset gets exactly the bytes from there on', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 30 }), fc.nat(), (chunks, pick) => {
      const log = createOutputLog({ size, beforeDrop: () => undefined, capacity: 20_000 });
      const all: Buffer[] = [];
      for (const [index, length] of chunks.entries()) {
        all.push(bytes(length, index));
        log.append(all.at(-1) as Buffer);
      }
      const whole = Buffer.concat(all);
      expect(log.end()).toBe(whole.byteLength);
      const offset = log.start() + (log.end() > log.start() ? pick % (log.end() - log.start()) : 0);
      const got: Buffer[] = [];
      for (let at = offset; at < log.end(); ) {
        const part = log.read(at, 777);
        expect(part.byteLength).toBeGreaterThan(0);
        got.push(part);
        at += part.byteLength;
      }
      expect(Buffer.concat(got).equals(whole.subarray(offset))).toBe(true);
    }),
  );
});

test('T-2: the log keeps its capacity at least and one page more at most, and starts small', () => {
  const log = createOutputLog({ size, beforeDrop: () => undefined, capacity: 200_000 });
  for (let i = 0; i < 2000; i += 1) {
    log.append(bytes(1000));
    const kept = log.end() - log.start();
    expect(kept).toBeGreaterThanOrEqual(Math.min(log.end(), 200_000));
    expect(kept).toBeLessThanOrEqual(200_000 + 64 * 1024);
  }
});

test('what is dropped is offered before it goes, in order and without a hole', () => {
  let position: Position = { offset: 0, seq: 1 };
  const seen: Buffer[] = [];
  const log = createOutputLog({
    size,
    capacity: 10_000,
    beforeDrop: (newStart) => {
      for (const entry of log.entries(position, newStart)) if (entry.kind === 'bytes') seen.push(entry.data);
      position = { ...position, offset: newStart };
    },
  });
  const all = Array.from({ length: 100 }, (_, i) => bytes(1234, i));
  for (const chunk of all) log.append(chunk);
  expect(log.start()).toBeGreaterThan(0);
  for (const entry of log.entries(position, log.end())) if (entry.kind === 'bytes') seen.push(entry.data);
  expect(Buffer.concat(seen).equals(Buffer.concat(all))).toBe(true);
});

test('T-7: sizes keep their places among the bytes; at one place only the last holds', () => {
  const log = createOutputLog({ size, beforeDrop: () => undefined });
  log.append(bytes(10));
  log.resize({ cols: 100, rows: 24 });
  log.resize({ cols: 120, rows: 30 });
  log.append(bytes(10));
  log.resize({ cols: 120, rows: 30 });
  expect(log.sizeAt(9)).toMatchObject({ cols: 80 });
  expect(log.sizeAt(10)).toMatchObject({ cols: 120, rows: 30 });
  expect(log.read(0, 100).byteLength).toBe(10);
  expect(log.markAt({ offset: 9, seq: 1 })).toBeUndefined();
  const mark = log.markAt({ offset: 10, seq: 1 });
  expect(mark).toMatchObject({ offset: 10, cols: 120 });
  expect(log.markAt({ offset: 20, seq: mark?.seq ?? 0 })).toBeUndefined();
  expect(log.entries({ offset: 0, seq: 1 }, 20).map((entry) => entry.kind)).toEqual(['bytes', 'size', 'bytes']);
});

test('many changes of size do not grow the log', () => {
  const log = createOutputLog({ size, beforeDrop: () => undefined });
  for (let i = 0; i < 5000; i += 1) {
    log.append(bytes(1));
    log.resize({ cols: 20 + (i % 50), rows: 10 });
  }
  expect(log.entries({ offset: log.start(), seq: 0 }, log.end()).length).toBeLessThan(2000);
  expect(log.sizeAt(log.end())).toMatchObject({ cols: 20 + (4999 % 50) });
});
