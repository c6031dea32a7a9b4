import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEmulator, SCREEN_SCROLLBACK_LINES } from './emulator.ts';
import { UnicodeGraphemesAddon } from './graphemes-addon.ts';
import { isWholeScreenScrolling, privateState } from './private-state.ts';
import { createScreenModel } from './screen-model.ts';

const size = { cols: 40, rows: 8 };

function newTerminal(): headless.Terminal {
  const terminal = new headless.Terminal({ ...size, scrollback: SCREEN_SCROLLBACK_LINES, allowProposedApi: true });
  terminal.loadAddon(new UnicodeGraphemesAddon());
  return terminal;
}

/** Its emulator is in this process. */
const newModel = () =>
  createScreenModel({
    size,
    openEmulator: createEmulator,
    onDrained: () => undefined,
    onFault: (fault) => {
      throw fault;
    },
  });

const write = (terminal: headless.Terminal, data: string | Buffer) =>
  new Promise<void>((done) => terminal.write(data, done));

/** Every visible line with each cell's text and colours, the cursor and the modes: all that a user could tell apart. */
function picture(terminal: headless.Terminal): string {
  const lines: string[] = [];
  for (const buffer of [terminal.buffer.normal, terminal.buffer.alternate]) {
    for (let y = 0; y < buffer.length; y += 1) {
      const line = buffer.getLine(y);
      let text = '';
      let style = '';
      for (let x = 0; x < terminal.cols; x += 1) {
        const cell = line?.getCell(x);
        const next = `${cell?.getFgColorMode()},${cell?.getFgColor()},${cell?.getBgColorMode()},${cell?.getBgColor()},${cell?.isBold()},${cell?.isInverse()}`;
        const chars = cell?.getChars() ?? '';
        if (next !== style && (chars !== '' || cell?.getBgColorMode() !== 0)) {
          style = next;
          text += `<${style}>`;
        }
        text += chars === '' ? (cell?.getWidth() === 0 ? '' : ' ') : chars;
      }
      lines.push(text.trimEnd());
    }
    lines.push(`-- ${buffer.type}`);
  }
  const { active } = terminal.buffer;
  return JSON.stringify(
    { lines, cursor: [active.cursorX, active.cursorY, active.type], modes: terminal.modes },
    null,
    1,
  );
}

/** Paints by way of a model and its serialised screen, fed in `pieces`. */
async function viaModel(pieces: Buffer[]): Promise<string> {
  const model = newModel();
  for (const piece of pieces) model.feed(piece);
  const screen = await model.serialize();
  model.dispose();
  const copy = newTerminal();
  await write(copy, screen);
  return picture(copy);
}

async function direct(data: Buffer): Promise<string> {
  const terminal = newTerminal();
  await write(terminal, data);
  return picture(terminal);
}

function cut(data: Buffer, length: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < data.byteLength; at += length) pieces.push(data.subarray(at, at + length));
  return pieces;
}

describe('T-5: a screen stands for all bytes before it', () => {
  test.each([
    ['a prompt', 'root@node1:~# ls\r\nfile\r\nroot@node1:~# '],
    [
      'a full-screen program on the other buffer',
      'shell\r\n\x1b[?1049h\x1b[2J\x1b[H\x1b[44mtitle\x1b[m\x1b[5;5Hbody\x1b[?25l',
    ],
    ['a colour set on the other buffer', 'shell\r\n\x1b[?1049h\x1b[1;44mx\x1b[3;3H'],
    ['a coloured other buffer', 'shell\r\n\x1b[1;44m\x1b[?1049h\x1b[3;3Hx'],
    ['a coloured screen', '\x1b[48;2;1;2;3m\x1b[2J\x1b[m'],
    ['a scroll region', 'a\r\nb\r\n\x1b[2;5r\x1b[5;1Hx\r\ny\r\nz'],
    ['modes of the keyboard and the mouse', '\x1b[?1h\x1b[?2004h\x1b[?1002h\x1b[?1006hok'],
    ['CJK, emoji and boxes', '日本語 《…》 🀄 👩‍👩‍👧 ┌──┐\r\n│ok│\r\n└──┘'],
    ['line drawing by character set', '\x1b(0lqqk\r\nx  x\r\nmqqj'],
    ['a line that fills the row exactly', 'x'.repeat(40)],
  ])('%s', async (_name, text) => {
    const data = Buffer.from(text);
    expect(await viaModel([data])).toBe(await direct(data));
  });

  test('what comes after the screen is drawn as if nothing had been left out', async () => {
    const before = Buffer.from('one\r\n\x1b[3;6r\x1b(0\x1b[6;1H\x1b[31m');
    const after = Buffer.from('qqq\r\nlll\r\n\x1b[m\x1b(Bend');
    const model = newModel();
    model.feed(before);
    const copy = newTerminal();
    await write(copy, await model.serialize());
    await write(copy, after);
    expect(picture(copy)).toBe(await direct(Buffer.concat([before, after])));
  });
});

describe('text that nobody can see any more is skipped', () => {
  const line = (i: number) => `line ${i} \x1b[3${i % 8}mcolour\x1b[0m 日本 ${'x'.repeat(i % 70)}\r\n`;
  const flood = (count: number, make: (i: number) => string) =>
    Buffer.from(Array.from({ length: count }, (_, i) => make(i)).join(''));

  test('a flood of lines leaves the screen that parsing all of it leaves', async () => {
    const data = flood(9000, line);
    for (const length of [1000, 4095, 65_536]) expect(await viaModel(cut(data, length))).toBe(await direct(data));
  });

  test('it is not parsed', async () => {
    const data = flood(100_000, (i) => `y ${i}\r\n`);
    const model = newModel();
    const started = performance.now();
    for (const piece of cut(data, 65_536)) model.feed(piece);
    await new Promise(setImmediate);
    expect(model.backlog()).toBe(0);
    await model.serialize();
    // Parsing a megabyte takes some hundred milliseconds; scanning it some ten.
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test.each([
    ['a scroll region', '\x1b[2;4r', '\x1b[r'],
    ['the cursor below a scroll region', '\x1b[2;4r\x1b[8;1H', ''],
    ['the other buffer', '\x1b[?1049h', ''],
    ['insert mode and a colour', '\x1b[4h\x1b[45m', 'tail'],
    ['a title that never ends', '\x1b]0;title', '\x07visible'],
    ['an unfinished sequence', '\x1b[3', '1mred'],
    ['raw mode without carriage returns', '', '\n\n\nstairs'],
  ])('in %s too', async (_name, before, after) => {
    const data = Buffer.concat([Buffer.from(before), flood(3000, (i) => `l${i}\r\n`), Buffer.from(after)]);
    expect(await viaModel(cut(data, 2000))).toBe(await direct(data));
  });

  test('rows that were not empty when it began are gone too', async () => {
    const full = Buffer.from(`\x1b[2J\x1b[H${'#'.repeat(size.cols * size.rows)}\x1b[H`);
    const data = flood(2500, () => 'i\r\n');
    expect(await viaModel([full, ...cut(data, 6)])).toBe(await direct(Buffer.concat([full, data])));
  });

  test('whatever is mixed into it', async () => {
    const part = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 1500 }).map((n) => `${'text\r\n'.repeat(n)}`) },
      fc.constantFrom(
        '\x1b[31m',
        '\x1b[0m',
        '\x1b[1;44m',
        '\x1b[2J',
        '\x1b[H',
        '\x1b[2;5r',
        '\x1b[r',
        '\x1b[?1049h',
        '\x1b[?1049l',
        '\x07',
        '\b\b',
        '\t',
        '\x1b]0;t',
        '\x1bP1$r',
        '\x1b\\',
        '\x1b[4h',
        '\x1b[4l',
        '\x0e',
        '\x0f',
        '\x1b(0',
        '\x1b(B',
        '\x1b[5A',
        '\x1bM',
        '\n',
        '\r',
        'é',
        '日',
        '\u009b',
        '\u009c',
        '\x18',
        '\x1b',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 12 }),
        fc.integer({ min: 300, max: 5000 }),
        async (parts, length) => {
          const data = Buffer.from(parts.join(''));
          // A new terminal cannot be put into the middle of a sequence: both get its end.
          const end = Buffer.from('\x18\x1b\\');
          expect(await viaModel(cut(Buffer.concat([data, end]), length))).toBe(
            await direct(Buffer.concat([data, end])),
          );
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

test('the inner fields of xterm that are read exist', () => {
  const terminal = newTerminal();
  expect(isWholeScreenScrolling(terminal)).toBe(true);
  expect(privateState(terminal)).toBe('');
});
