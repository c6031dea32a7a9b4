import headless from '@xterm/headless';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFloodGate } from './flood-gate.ts';
import { linesToLeave } from './xterm-inner.ts';

const SIZE = { cols: 40, rows: 10 };
const SCROLLBACK = 200;

/** A gate in front of a real terminal, which draws when it is told to or at once. */
function setUp({ foremost = true, drawMs = 0 } = {}) {
  const terminal = new headless.Terminal({ ...SIZE, scrollback: SCROLLBACK, allowProposedApi: true });
  const decoder = new TextDecoder();
  const seen = { drawnBytes: 0, draws: 0, acked: 0, end: 0 };
  const gate = createFloodGate({
    draw(pieces, drawn) {
      seen.draws += 1;
      let text = '';
      for (const piece of pieces) {
        seen.drawnBytes += piece.byteLength;
        text += decoder.decode(piece, { stream: true });
      }
      terminal.write(text, () => (drawMs > 0 ? setTimeout(drawn, drawMs) : drawn()));
    },
    linesToLeave: () => linesToLeave(terminal),
    isForemost: () => foremost,
    onDrawn: (offset) => {
      seen.acked = Math.max(seen.acked, offset);
    },
  });
  const push = (data: Uint8Array) => {
    seen.end += data.byteLength;
    gate.push(data, seen.end);
  };
  return { terminal, gate, seen, push };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\r\n`).join('');

/** All that a reader can tell apart: every line of both buffers with its colours, and the cursor. */
function picture(terminal: headless.Terminal): string[] {
  const lines = [terminal.buffer.normal, terminal.buffer.alternate].flatMap((buffer) =>
    Array.from({ length: buffer.length }, (_, y) => {
      const line = buffer.getLine(y);
      const colours = Array.from({ length: SIZE.cols }, (_, x) => line?.getCell(x)?.getBgColor()).join('');
      return `${line?.translateToString(true)} ${colours}`;
    }),
  );
  const { type, cursorX, cursorY, baseY } = terminal.buffer.active;
  return [...lines, `${type} ${cursorX} ${cursorY} ${baseY}`];
}

/** The same bytes, drawn whole. */
async function twin(data: Uint8Array): Promise<string[]> {
  const terminal = new headless.Terminal({ ...SIZE, scrollback: SCROLLBACK, allowProposedApi: true });
  const all = new Promise<void>((drawn) => terminal.write(new TextDecoder().decode(data), drawn));
  await vi.advanceTimersByTimeAsync(1000);
  await all;
  return picture(terminal);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('typing', () => {
  test('passes at once', () => {
    const { push, seen } = setUp();
    for (const key of 'ls') push(bytes(key));
    expect(seen.draws).toBe(2);
  });

  test('passes at once again when a flood is over', async () => {
    const { push, seen } = setUp();
    for (let i = 0; i < 20; i += 1) push(bytes(numbers(1, 5000)));
    await vi.advanceTimersByTimeAsync(500);
    const { draws } = seen;
    push(bytes('x'));
    expect(seen.draws).toBe(draws + 1);
  });
});

describe('a flood', () => {
  async function flood(gate: ReturnType<typeof setUp>, pieces: number): Promise<Uint8Array> {
    const all: Uint8Array[] = [];
    for (let i = 0; i < pieces; i += 1) {
      const piece = bytes(numbers(i * 3000, i * 3000 + 2999));
      all.push(piece);
      gate.push(piece);
      await vi.advanceTimersByTimeAsync(2);
    }
    await vi.advanceTimersByTimeAsync(1000);
    return Uint8Array.from(all.flatMap((piece) => [...piece]));
  }

  test('leaves what drawing all of it leaves, though most of it is not drawn', async () => {
    const gate = setUp();
    const data = await flood(gate, 100);
    expect(picture(gate.terminal)).toEqual(await twin(data));
    expect(gate.seen.drawnBytes).toBeLessThan(data.byteLength / 4);
    expect(gate.seen.acked).toBe(data.byteLength);
    // 200 ms of it at a draw each 33 ms, in pieces, and the end.
    expect(gate.seen.draws).toBeLessThan(30);
  });

  test('is acknowledged while it comes, so that it need not wait for draws', async () => {
    const { push, seen } = setUp();
    push(bytes(numbers(1, 3000)));
    await vi.advanceTimersByTimeAsync(1);
    const { draws } = seen;
    push(bytes(numbers(3001, 9000)));
    expect(seen.draws).toBe(draws);
    expect(seen.end - seen.acked).toBeLessThan(20_000);
  });

  test('in a terminal without the focus is acknowledged when it is drawn: it comes no faster', async () => {
    const { push, seen } = setUp({ foremost: false });
    push(bytes(numbers(1, 9000)));
    await vi.advanceTimersByTimeAsync(1);
    const { acked } = seen;
    push(bytes(numbers(9001, 30_000)));
    expect(seen.acked).toBe(acked);
    await vi.advanceTimersByTimeAsync(100);
    expect(seen.acked).toBe(seen.end);
  });

  test('is drawn whole while something else than text is under way', async () => {
    const { push, gate, seen, terminal } = setUp();
    const done = gate.change();
    for (let i = 0; i < 5; i += 1) push(bytes(numbers(1, 5000)));
    await vi.advanceTimersByTimeAsync(200);
    expect(seen.drawnBytes).toBe(seen.end);
    done();
    push(bytes('\x1b[2;5r'));
    await vi.advanceTimersByTimeAsync(50);
    expect(linesToLeave(terminal)).toBeUndefined();
  });

  test('that a screen replaces is forgotten', async () => {
    const { push, gate, seen } = setUp();
    for (let i = 0; i < 3; i += 1) push(bytes(numbers(1, 3000)));
    gate.forget();
    const { drawnBytes } = seen;
    await vi.advanceTimersByTimeAsync(500);
    expect(seen.drawnBytes).toBe(drawnBytes);
  });
});

test('T-4: whatever is mixed, however it is cut and whenever it comes', async () => {
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 3000 }).map((n) => numbers(1, n)) },
    {
      weight: 2,
      arbitrary: fc.integer({ min: 1, max: 900 }).map((n) => 'wide 日本 \x1b[31mred\x1b[0m é\r\n'.repeat(n)),
    },
    fc.constantFrom(
      ...['\x1b[44m', '\x1b[0m', '\x1b[2J', '\x1b[H', '\x1b[2;5r', '\x1b[r', '\x1b[?1049h', '\x1b[?1049l', '\x07'],
      ...[
        '\b\b',
        '\t',
        '\x1b]0;t\x07',
        '\x1b[4h',
        '\x1b[4l',
        '\x0e',
        '\x0f',
        '\x1b(0',
        '\x1b(B',
        '\x1b[5A',
        '\n',
        '\r',
      ],
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 10 }),
      fc.integer({ min: 500, max: 30_000 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 40 }),
      async (parts, length, foremost, drawMs) => {
        const gate = setUp({ foremost, drawMs });
        const data = bytes(parts.join(''));
        for (let at = 0; at < data.byteLength; at += length) {
          gate.push(data.subarray(at, at + length));
          await vi.advanceTimersByTimeAsync(at % 17);
        }
        await vi.advanceTimersByTimeAsync(5000);
        expect(picture(gate.terminal)).toEqual(await twin(data));
        expect(gate.seen.acked).toBe(data.byteLength);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
