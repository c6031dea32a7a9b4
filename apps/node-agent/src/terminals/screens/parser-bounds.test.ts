import { type BoundableTerminal, boundParser, CSI_LIMITS, MAX_JOINED } from '@drydock/terminal-text';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileOutput } from '../../testing/fuzz/hostile-output.ts';
import { UnicodeGraphemesAddon } from './graphemes-addon.ts';

const size = { cols: 40, rows: 8 };
const LARGEST = 2 ** 31 - 1;

function newTerminal({ bounded = true } = {}): headless.Terminal {
  const terminal = new headless.Terminal({ ...size, scrollback: 50, allowProposedApi: true });
  terminal.loadAddon(new UnicodeGraphemesAddon());
  if (bounded) boundParser(terminal as unknown as BoundableTerminal);
  return terminal;
}

const write = (terminal: headless.Terminal, data: string) => new Promise<void>((done) => terminal.write(data, done));

function lines(terminal: headless.Terminal): string[] {
  const { active } = terminal.buffer;
  const all = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString() ?? '');
  return [...all, `${active.cursorX},${active.cursorY}`];
}

/** Counts how often the parser moves lines about. */
function countSplices(terminal: headless.Terminal): () => number {
  const list = (terminal as unknown as { _core: { buffer: { lines: { splice(...args: unknown[]): void } } } })._core
    .buffer.lines;
  const splice = list.splice.bind(list);
  let count = 0;
  list.splice = (...args) => {
    count += 1;
    splice(...args);
  };
  return () => count;
}

const name = ({ id }: (typeof CSI_LIMITS)[number]) => `${id.intermediates ?? ''}${id.final}`;
const filled = `${'#'.repeat(size.cols * size.rows * 2)}\x1b[2;5r\x1b[3;7H`;

describe('a sequence with a large parameter', () => {
  test.each(['S', 'T', 'L', 'M'])('moves no more lines than there are (%s)', async (final) => {
    const terminal = newTerminal();
    await write(terminal, filled);
    const splices = countSplices(terminal);
    await write(terminal, `\x1b[100000${final}\x1b[${LARGEST % 1e6}${final}`);
    expect(splices()).toBeGreaterThan(0);
    expect(splices()).toBeLessThanOrEqual(4 * size.rows);
  });

  test.each(CSI_LIMITS.filter(({ id }) => id.final !== 'b').map(name))(
    'leaves the screen that doing all of it leaves (%s)',
    async (sequence) => {
      const [bounded, other] = [newTerminal(), newTerminal({ bounded: false })];
      for (const terminal of [bounded, other]) await write(terminal, `${filled}\x1b[3000${sequence}end`);
      expect(lines(bounded)).toEqual(lines(other));
    },
  );

  test('repeats a character no more often than a row is long, one made of several too', async () => {
    const terminal = newTerminal();
    await write(terminal, `x\x1b[${LARGEST}b\r\na\u0301\u0301\x1b[${LARGEST}b`);
    const text = lines(terminal).join('');
    expect(text.match(/x/g)).toHaveLength(size.cols + 1);
    expect(text.match(/a\u0301\u0301/g)).toHaveLength(size.cols + 1);
  });
});

test('one cell holds no more characters than some', async () => {
  const terminal = newTerminal();
  await write(terminal, `a${'\u0301'.repeat(200)}${`\x1b[b`.repeat(5)}`);
  const longest = Math.max(
    ...Array.from({ length: terminal.buffer.active.length * size.cols }, (_, i) => {
      const line = terminal.buffer.active.getLine(Math.floor(i / size.cols));
      return line?.getCell(i % size.cols)?.getChars().length ?? 0;
    }),
  );
  expect(longest).toBeGreaterThan(10);
  expect(longest).toBeLessThanOrEqual(MAX_JOINED);
});

test('a title that nobody can read is not kept', async () => {
  const terminal = newTerminal();
  const titles: string[] = [];
  terminal.onTitleChange((title) => titles.push(title));
  await write(terminal, `\x1b]2;${'x'.repeat(100_000)}\x07\x1b]2;short\x07`);
  expect(titles).toEqual(['short']);
});

test('whatever sequences a program writes, a parser is through with them', async () => {
  await fc.assert(
    fc.asyncProperty(hostileOutput(60), async (output) => {
      const terminal = newTerminal();
      await write(terminal, output);
      expect(terminal.buffer.active.length).toBeLessThanOrEqual(size.rows + 50);
      expect([terminal.cols, terminal.rows]).toEqual([size.cols, size.rows]);
      terminal.dispose();
    }),
    { numRuns: 150 },
  );
}, 60_000);
