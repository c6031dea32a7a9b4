/**
 * Bounds on what one sequence may make xterm do. Its handlers loop, and repeat allocates, as often as a parameter of up to 2^31-1 says, so
 * that ten bytes hold a parser for an hour. Each bound is where the screen cannot change any more, but for a repeat, which ends with a row.
 */

export interface ScreenSize {
  cols: number;
  rows: number;
}

type Limit = (size: ScreenSize) => number;
const rows: Limit = (size) => size.rows;
const cols: Limit = (size) => size.cols;

interface SequenceId {
  intermediates?: string;
  final: string;
}

/** Every CSI sequence of xterm 6 whose work or memory grows with its first parameter, and the most that it does on a screen. */
export const CSI_LIMITS: readonly { id: SequenceId; limit: Limit }[] = [
  // Scroll up and down; insert and delete lines: after as many as there are rows nothing is left to move.
  { id: { final: 'S' }, limit: rows },
  { id: { final: 'T' }, limit: rows },
  { id: { final: 'L' }, limit: rows },
  { id: { final: 'M' }, limit: rows },
  // Insert, delete and erase characters; tabs forward and backward; scroll left and right; insert and delete columns.
  ...['@', 'P', 'X', 'I', 'Z'].map((final) => ({ id: { final }, limit: cols })),
  ...['@', 'A'].map((final) => ({ id: { intermediates: ' ', final }, limit: cols })),
  ...['}', '~'].map((final) => ({ id: { intermediates: "'", final }, limit: cols })),
  // Repeat the character before: a row of it, as VTE does.
  { id: { final: 'b' }, limit: cols },
];

/** Characters that one cell may hold (a family emoji has 7, a stacked syllable some ten); more begin a cell of their own. */
export const MAX_JOINED = 32;
/** A title or a link's target of more characters is for no person; xterm would keep ten million for each cell of the screen. */
export const MAX_TITLE_CHARACTERS = 4096;
/** Titles, and a link's identity and target. */
const KEPT_STRINGS = [0, 1, 2, 8] as const;

interface Disposable {
  dispose(): void;
}

/** The inner fields of an xterm 6, headless or not, that are needed: the public interface hands parameters out as copies. */
export interface BoundableTerminal extends ScreenSize {
  unicode: { activeVersion: string };
  _core: {
    registerCsiHandler(
      id: SequenceId,
      handler: (params: { params: Int32Array; length: number }) => boolean,
    ): Disposable;
    registerOscHandler(ident: number, handler: (data: string) => boolean): Disposable;
    unicodeService: { _providers: Record<string, CharacterTable> };
  };
}

/** Bit 0 of a result says that the character joins the cell of the one before. */
interface CharacterTable {
  charProperties(codepoint: number, preceding: number): number;
}

/**
 * Bounds the parser of `terminal`. To be called when its character table is chosen and before other handlers are added: those see a
 * sequence first and its own handler last. @throws TypeError when this xterm has other inner fields.
 */
export function boundParser(terminal: BoundableTerminal): void {
  const core = terminal._core;
  for (const { id, limit } of CSI_LIMITS) {
    core.registerCsiHandler(id, ({ params, length }) => {
      const most = limit(terminal);
      if (length > 0 && (params[0] as number) > most) params[0] = most;
      return false;
    });
  }
  for (const ident of KEPT_STRINGS) {
    core.registerOscHandler(ident, (data) => data.length > MAX_TITLE_CHARACTERS);
  }
  boundCells(core.unicodeService._providers[terminal.unicode.activeVersion] as CharacterTable);
}

/** Ends a cell after MAX_JOINED characters: without it one cell holds all that a program writes, and a repeat doubles it each time. */
function boundCells(table: CharacterTable): void {
  const charProperties = table.charProperties.bind(table);
  let joined = 0;
  table.charProperties = (codepoint, preceding) => {
    const properties = charProperties(codepoint, preceding);
    if ((properties & 1) === 0) {
      joined = 0;
      return properties;
    }
    joined += 1;
    return joined < MAX_JOINED ? properties : charProperties(codepoint, 0);
  };
}
