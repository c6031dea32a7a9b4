/** What a terminal's screen looks like, worked out from its bytes only as far as somebody needs it. */
import { MAX_SCREEN_BYTES } from '@drydock/protocol';
import { type BoundableTerminal, boundParser, bytePieces, createUnseenText, keptLines } from '@drydock/terminal-text';
import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { UnicodeGraphemesAddon } from './graphemes-addon.ts';
import type { Size } from './output-log.ts';
import { filledRows, isWholeScreenScrolling, privateState } from './screen-private-state.ts';

/** Lines above the screen that a serialised screen holds; a page that was away gets these and no more. */
export const SCREEN_SCROLLBACK_LINES = 1000;
/** Fewer lines, tried in turn when a screen is larger than MAX_SCREEN_BYTES. */
const SMALLER_SCROLLBACKS = [200, 0];
/** Shows the other buffer, empty; no text of a cell holds an ESC. */
const TO_ALTERNATE = '\x1b[?1049h';

export interface ScreenModel {
  /** Adds bytes behind all that was fed. */
  feed(data: Buffer): void;
  /** Changes the size behind all that was fed. */
  resize(size: Size): void;
  /** The screen as it is after all that was fed, as text that paints it on a new terminal of the same size. */
  serialize(): Promise<string>;
  /** Bytes that were fed and are not parsed yet. Grows without bound unless the feeder waits (onDrained). */
  backlog(): number;
  dispose(): void;
}

type Job =
  | { kind: 'bytes'; data: Buffer }
  | { kind: 'size'; size: Size }
  | { kind: 'serialize'; done: (screen: string) => void };

/** Builds a model of a new terminal; `onDrained` is called whenever the backlog has become empty. */
export function createScreenModel(size: Size, onDrained: () => void): ScreenModel {
  const unseen = createUnseenText();
  const jobs: Job[] = [];
  let backlog = 0;
  let running = false;
  let disposed = false;
  // Made late: most terminals never outgrow their log, and an emulator costs some hundred kilobytes.
  let emulator: { terminal: headless.Terminal; serializer: SerializeAddon } | undefined;
  let current = size;

  function getEmulator() {
    if (emulator === undefined) {
      const terminal = new headless.Terminal({
        ...current,
        scrollback: SCREEN_SCROLLBACK_LINES,
        allowProposedApi: true,
        logLevel: 'off',
      });
      const serializer = new SerializeAddon();
      terminal.loadAddon(serializer);
      // The page counts character widths by the same table.
      terminal.loadAddon(new UnicodeGraphemesAddon());
      boundParser(terminal as unknown as BoundableTerminal);
      emulator = { terminal, serializer };
    }
    return emulator;
  }

  async function parse(data: Uint8Array): Promise<void> {
    for (const piece of bytePieces(data, current)) {
      if (disposed) return;
      const { terminal } = getEmulator();
      await new Promise<void>((done) => terminal.write(piece, done));
      await new Promise(setImmediate);
    }
  }

  async function parseAll(pieces: Uint8Array[]): Promise<void> {
    for (const piece of pieces) await parse(piece);
  }

  async function doJob(job: Job): Promise<void> {
    switch (job.kind) {
      case 'bytes': {
        await parseAll(unseen.push(job.data));
        if (emulator === undefined || isWholeScreenScrolling(emulator.terminal)) {
          unseen.skip(keptLines(current.rows, SCREEN_SCROLLBACK_LINES));
        }
        if (unseen.isFull()) await parseAll(unseen.flush());
        backlog -= job.data.byteLength;
        return;
      }
      case 'size':
        await parseAll(unseen.flush());
        current = job.size;
        emulator?.terminal.resize(current.cols, current.rows);
        return;
      case 'serialize':
        await parseAll(unseen.flush());
        if (!disposed) job.done(serializeNow());
        return;
    }
  }

  function serializeNow(): string {
    const { terminal, serializer } = getEmulator();
    const rest = privateState(terminal);
    const { normal, alternate } = terminal.buffer;
    const first = filledRows(normal, terminal.rows);
    // A new buffer is filled with the colour of that moment, which the addon has set already: the buffer's own text sets it again.
    const other = `\x1b[m${TO_ALTERNATE}${filledRows(alternate, terminal.rows)}`;
    for (const scrollback of [SCREEN_SCROLLBACK_LINES, ...SMALLER_SCROLLBACKS]) {
      const screen = first + serializer.serialize({ scrollback }).replace(TO_ALTERNATE, other) + rest;
      if (Buffer.byteLength(screen) <= MAX_SCREEN_BYTES) return screen;
    }
    // Thousands of differently coloured cells: an empty screen that says so beats a message that no socket takes.
    return `\x1b[7m (This screen is too large to be shown again.) \x1b[m\r\n${rest}`;
  }

  async function run(): Promise<void> {
    running = true;
    for (let job = jobs.shift(); job !== undefined && !disposed; job = jobs.shift()) await doJob(job);
    running = false;
    if (!disposed) onDrained();
  }

  function add(job: Job): void {
    jobs.push(job);
    if (!running) void run();
  }

  return {
    feed(data) {
      backlog += data.byteLength;
      add({ kind: 'bytes', data });
    },
    resize: (next) => add({ kind: 'size', size: next }),
    serialize: () => new Promise((done) => add({ kind: 'serialize', done })),
    backlog: () => backlog,
    dispose() {
      disposed = true;
      jobs.length = 0;
      emulator?.terminal.dispose();
      emulator = undefined;
    },
  };
}
