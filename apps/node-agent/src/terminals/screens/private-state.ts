/** The part of an xterm's state that its serialize addon leaves out; the one place that reads xterm's inner fields. */
import type { IBuffer, IBufferCell, Terminal } from '@xterm/headless';

/** Fields of xterm 6 as this file reads them; its test fails when a new version names them otherwise. */
interface InnerTerminal {
  _core: {
    buffer: { scrollTop: number; scrollBottom: number; x: number; y: number };
    coreService: {
      isCursorHidden: boolean;
      decPrivateModes: { cursorStyle?: 'block' | 'underline' | 'bar'; cursorBlink?: boolean };
    };
    coreMouseService: { activeEncoding: string };
    _charsetService: { glevel: number; _charsets: (Record<string, string> | undefined)[] };
  };
}

const CURSOR_STYLES = { block: 2, underline: 4, bar: 6 } as const;
const MOUSE_ENCODINGS: Record<string, string> = { SGR: '\x1b[?1006h', SGR_PIXELS: '\x1b[?1016h' };
/** DEC line drawing draws ─ for q; other character sets died before UTF-8 terminals did. */
const LINE_DRAWING_Q = '─';
const DESIGNATORS = ['(', ')', '*', '+'] as const;

function inner(terminal: Terminal): InnerTerminal['_core'] {
  return (terminal as unknown as InnerTerminal)._core;
}

/** Whether no scroll region is set, so that every line feed at the bottom scrolls the whole screen. */
export function isWholeScreenScrolling(terminal: Terminal): boolean {
  const { buffer } = inner(terminal);
  return buffer.scrollTop === 0 && buffer.scrollBottom === terminal.rows - 1;
}

/** Sequences that bring cursor form, mouse encoding, character sets and scroll region to what they are in `terminal`. */
export function privateState(terminal: Terminal): string {
  const { buffer, coreService, coreMouseService, _charsetService } = inner(terminal);
  const { cursorStyle, cursorBlink } = coreService.decPrivateModes;
  let state = coreService.isCursorHidden ? '\x1b[?25l' : '';
  if (cursorStyle !== undefined) state += `\x1b[${CURSOR_STYLES[cursorStyle] - (cursorBlink ? 1 : 0)} q`;
  state += MOUSE_ENCODINGS[coreMouseService.activeEncoding] ?? '';
  if (!isWholeScreenScrolling(terminal)) {
    // Setting a region moves the cursor home; origin mode makes positions relative to the region.
    const row = terminal.modes.originMode ? buffer.y - buffer.scrollTop : buffer.y;
    state += `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r\x1b[${row + 1};${buffer.x + 1}H`;
  }
  for (const [level, designator] of DESIGNATORS.entries()) {
    if (_charsetService._charsets[level]?.q === LINE_DRAWING_Q) state += `\x1b${designator}0`;
  }
  if (_charsetService.glevel === 1) state += '\x0e';
  return state;
}

function background(cell: IBufferCell): string {
  const colour = cell.getBgColor();
  if (cell.isBgPalette() && colour < 16) return String(colour < 8 ? 40 + colour : 100 + colour - 8);
  return cell.isBgRGB() ? `48;2;${colour >> 16};${(colour >> 8) & 0xff};${colour & 0xff}` : `48;5;${colour}`;
}

/** The cell that a row of `buffer` is filled with, if it holds nothing but one background colour. */
function filling(buffer: IBuffer, row: number): IBufferCell | undefined {
  const line = buffer.getLine(row);
  const first = line?.getCell(0);
  if (line === undefined || first === undefined || first.isBgDefault()) return undefined;
  for (let x = 0; x < line.length; x += 1) {
    const cell = line.getCell(x);
    if (cell?.getChars() !== '' || cell.getBgColorMode() !== first.getBgColorMode()) return undefined;
    if (cell.getBgColor() !== first.getBgColor()) return undefined;
  }
  return first;
}

/** Paints the rows of a buffer without scrollback that are nothing but a colour: the addon ends at the last text. Begins and ends without colours. */
export function filledRows(buffer: IBuffer, rows: number): string {
  if (buffer.length > rows) return '';
  let painted = '';
  for (let row = 0; row < rows; row += 1) {
    const cell = filling(buffer, row);
    if (cell !== undefined) painted += `\x1b[${row + 1};1H\x1b[${background(cell)}m\x1b[2K`;
  }
  return painted === '' ? '' : `${painted}\x1b[m\x1b[H`;
}
