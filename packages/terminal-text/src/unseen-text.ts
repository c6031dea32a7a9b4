/**
 * Text that has scrolled out of every buffer need not be parsed: a flood of plain lines costs a scan, not a terminal emulator.
 *
 * Plain text is printable characters, CR, LF, tabs and colours (SGR). When at least `keptLines` line feeds of it are held back,
 * all before them has no effect on the screen but the colours that it set, as long as the whole screen scrolls (no scroll region).
 */

/** Held-back text without enough line ends (bytes); more is given up for parsing. */
const MAX_HELD_BYTES = 512 * 1024;
/** Colour changes of skipped text that are carried over (characters); more of them give the text up for parsing. */
const MAX_COLOUR_CHARACTERS = 4096;

/** A line's beginning up to this length (bytes) is joined with what comes. */
const MAX_JOINED_BYTES = 1024;

const LF = 0x0a;
const ESC = 0x1b;
const BEL = 0x07;
/** A UTF-8 lead byte: with 0x80..0x9f behind it, it is a C1 control. */
const C1_LEAD = 0xc2;
const CR = 0x0d;

const encoder = new TextEncoder();
/** Bytes as characters one to one; only escape sequences are looked at, which are ASCII. */
const decoder = new TextDecoder('latin1');

type Scan = 'ground' | 'escape' | 'csi' | 'string' | 'c1' | 'string-c1';

interface Piece {
  data: Uint8Array;
  lineFeeds: number;
}

export interface UnseenText {
  /** Takes the next bytes; returns what must be parsed now, in order. */
  push(data: Uint8Array): Uint8Array[];
  /** Forgets held-back text that `keptLines` line feeds have pushed out of sight. */
  skip(keptLines: number): void;
  /** Hands out all that is held back, in order; colours that skipped text set come first, as text of their own. */
  flush(): Uint8Array[];
  heldBytes(): number;
  /** Whether more is held back than is worth it. */
  isFull(): boolean;
}

/**
 * Line feeds of plain text after which nothing is left that was on a screen of `rows` or in the `scrollback` above it, as long as all of
 * it scrolls. Twice the rows: the first lines may land on rows that are not empty, and those must be gone too.
 */
export function keptLines(rows: number, scrollback: number): number {
  return scrollback + 2 * rows;
}

function isPlainControl(byte: number): boolean {
  return byte === 0x09 || byte === 0x0b || byte === 0x0c || byte === 0x0d;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}

/** Where the first CR LF begins; -1 when there is none. */
function firstLineEnd(data: Uint8Array): number {
  let at = data.indexOf(CR);
  while (at !== -1 && data[at + 1] !== LF) at = data.indexOf(CR, at + 1);
  return at;
}

/** The colour changes `before` and those of plain `data` behind them, joined; those before the last full reset do not matter. */
function coloursAfter(before: string, data: Uint8Array): string {
  const from = data.indexOf(ESC);
  if (from === -1) return before;
  const text = decoder.decode(data.subarray(from));
  let colours = before;
  // In plain text every escape begins a colour change, which ends at its m.
  for (let at = 0; at !== -1; at = text.indexOf('\x1b', at + 1)) {
    const sequence = text.slice(at, text.indexOf('m', at) + 1);
    const parameters = sequence.slice(2, -1);
    colours = parameters === '' || parameters === '0' ? sequence : colours + sequence;
  }
  return colours;
}

/** Builds a filter that has seen nothing yet. */
export function createUnseenText(): UnseenText {
  let held: Piece[] = [];
  let heldBytes = 0;
  let colours = '';
  let scan: Scan = 'ground';
  /** Whether the sequence that is being scanned can still turn out to be a colour. */
  let plainSoFar = false;

  /** Scans `data`; what is before `parseTo` holds more than plain text, what is behind has `lineFeeds` line feeds. */
  function scanBytes(data: Uint8Array): { parseTo: number; lineFeeds: number } {
    let parseTo = 0;
    let lineFeeds = 0;
    let i = 0;
    const length = data.byteLength;
    const end = (plain: boolean) => {
      scan = 'ground';
      if (plain) return;
      parseTo = i + 1;
      lineFeeds = 0;
    };
    for (; i < length; i += 1) {
      const byte = data[i] as number;
      if (scan === 'ground') {
        if (byte >= 0x20 && byte !== C1_LEAD) continue;
        if (byte === LF) lineFeeds += 1;
        else if (byte === ESC) {
          scan = 'escape';
          plainSoFar = true;
        } else if (byte === C1_LEAD) scan = 'c1';
        else if (!isPlainControl(byte)) end(false);
        continue;
      }
      // biome-ignore lint/nursery/useExhaustiveSwitchCases: 'ground' is done above, and TypeScript knows it.
      switch (scan) {
        case 'escape':
          if (byte === 0x5b) scan = 'csi';
          else if (byte === 0x5d || byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) scan = 'string';
          else if (byte >= 0x30 && byte !== 0x7f) end(false);
          plainSoFar = scan === 'csi' && plainSoFar;
          break;
        case 'csi':
          if (byte >= 0x40 && byte < 0x7f) end(plainSoFar && byte === 0x6d);
          else if (byte === ESC) scan = 'escape';
          plainSoFar &&= byte >= 0x30 && byte <= 0x3b;
          break;
        case 'string':
          if (byte === BEL || byte === 0x18 || byte === 0x1a) end(false);
          else if (byte === ESC) scan = 'escape';
          else if (byte === C1_LEAD) scan = 'string-c1';
          plainSoFar = false;
          break;
        case 'c1':
          if (byte >= 0xa0 || byte < 0x80) {
            end(true);
            // What is not a C1 control is looked at again as itself.
            if (byte < 0x80 || byte === C1_LEAD) i -= 1;
          } else if (byte === 0x9b) scan = 'csi';
          else if (byte === 0x90 || byte === 0x98 || byte >= 0x9d) scan = 'string';
          else end(false);
          plainSoFar = false;
          break;
        case 'string-c1':
          if (byte === 0x9c) end(false);
          else scan = 'string';
          break;
      }
    }
    return scan === 'ground' ? { parseTo, lineFeeds } : { parseTo: length, lineFeeds: 0 };
  }

  function hold(data: Uint8Array, lineFeeds: number): void {
    const last = held.at(-1);
    heldBytes += data.byteLength;
    // Text is skipped up to a line end in the piece behind it, which a line's beginning does not have.
    if (last?.lineFeeds === 0 && last.data.byteLength <= MAX_JOINED_BYTES) {
      last.data = joined(last.data, data);
      last.lineFeeds = lineFeeds;
    } else held.push({ data, lineFeeds });
  }

  function flush(): Uint8Array[] {
    const all = held.map((piece) => piece.data);
    if (colours !== '') all.unshift(encoder.encode(colours));
    held = [];
    heldBytes = 0;
    colours = '';
    return all;
  }

  return {
    push(data) {
      const { parseTo, lineFeeds } = scanBytes(data);
      const parse = parseTo > 0 ? [...flush(), data.subarray(0, parseTo)] : [];
      if (parseTo < data.byteLength) hold(data.subarray(parseTo), lineFeeds);
      return parse;
    },
    skip(keptLines) {
      let later = held.reduce((sum, piece) => sum + piece.lineFeeds, 0);
      for (let first = held[0], second = held[1]; first && second; first = held[0], second = held[1]) {
        // What remains begins with CR LF, which makes the column and a pending wrap of what is skipped irrelevant.
        const cut = firstLineEnd(second.data);
        later -= first.lineFeeds;
        if (cut === -1 || later < keptLines) return;
        const between = second.data.subarray(0, cut);
        const stray = between.reduce((sum, byte) => sum + (byte === LF ? 1 : 0), 0);
        if (later - stray < keptLines) return;
        const carried = coloursAfter(coloursAfter(colours, first.data), between);
        if (carried.length > MAX_COLOUR_CHARACTERS) return;
        colours = carried;
        heldBytes -= first.data.byteLength + cut;
        held.shift();
        second.data = second.data.subarray(cut);
        second.lineFeeds -= stray;
        later -= stray;
      }
    },
    flush,
    heldBytes: () => heldBytes,
    isFull: () => heldBytes > MAX_HELD_BYTES,
  };
}
