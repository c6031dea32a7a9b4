/** One terminal emulator: an xterm that parses bytes and paints what they left. It runs in the screens' process, never in the host's. */
import { MAX_SCREEN_BYTES } from '@drydock/protocol';
import { type BoundableTerminal, boundParser } from '@drydock/terminal-text';
import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import type { Size } from '../output-log.ts';
import { UnicodeGraphemesAddon } from './graphemes-addon.ts';
import { filledRows, isWholeScreenScrolling, privateState } from './private-state.ts';

/** Lines above the screen that a serialised screen holds; a page that was away gets these and no more. */
export const SCREEN_SCROLLBACK_LINES = 1000;
/** Fewer lines, tried in turn when a screen is larger than MAX_SCREEN_BYTES. */
const SMALLER_SCROLLBACKS = [200, 0];
/** Shows the other buffer, empty; no text of a cell holds an ESC. */
const TO_ALTERNATE = '\x1b[?1049h';

/** Does one thing after another, in the order of the calls. Every promise is rejected with a ScreenFault once it is lost. */
export interface Emulator {
  /** Parses a piece. @returns whether the whole screen scrolls then, i.e. no scroll region is set. */
  parse(piece: Uint8Array): Promise<boolean>;
  /** @returns the same as `parse`. */
  resize(size: Size): Promise<boolean>;
  /** The screen as text that paints it on a new terminal of the same size; MAX_SCREEN_BYTES at most. */
  serialize(): Promise<string>;
  dispose(): void;
}

/** Builds an emulator of a new terminal in this process. */
export function createEmulator(size: Size): Emulator {
  const terminal = new headless.Terminal({
    ...size,
    scrollback: SCREEN_SCROLLBACK_LINES,
    allowProposedApi: true,
    logLevel: 'off',
  });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  // The page counts character widths by the same table.
  terminal.loadAddon(new UnicodeGraphemesAddon());
  boundParser(terminal as unknown as BoundableTerminal);

  function serializeNow(): string {
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

  return {
    async parse(piece) {
      await new Promise<void>((done) => terminal.write(piece, done));
      return isWholeScreenScrolling(terminal);
    },
    async resize({ cols, rows }) {
      terminal.resize(cols, rows);
      return isWholeScreenScrolling(terminal);
    },
    serialize: async () => serializeNow(),
    dispose: () => terminal.dispose(),
  };
}
