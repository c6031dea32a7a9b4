/**
 * What a terminal writes, on its way to the screen. Typing passes at once. In a flood the screen is drawn some tens of times a second,
 * and lines that have left screen and scrollback by then are not drawn at all: what is left is what drawing all of it leaves.
 */
import { TERMINAL_WINDOW_BYTES } from '@drydock/protocol';
import { createUnseenText } from '@drydock/terminal-text';

/** Between two draws of a flood (ms): nobody reads faster, and each frame costs the page as much as some ten thousand characters. */
const DRAW_MS = 33;
/** ...and of a flood in a terminal that has no focus: whoever types elsewhere must not feel it. */
const BACKGROUND_DRAW_MS = 66;
/** Output up to this length (bytes) in one such time is no flood. */
const CALM_BYTES = 16 * 1024;
/** Text is looked through in pieces of this length (bytes), cut at an end of line: what is skipped is skipped in whole pieces. */
const LOOK_BYTES = 8 * 1024;
/** Held text that is drawn before its time (bytes): half a window, so that the other half is on its way meanwhile. */
const MAX_HELD_BYTES = TERMINAL_WINDOW_BYTES / 2;
/** Pieces are drawn together up to this length (bytes). */
const DRAW_BYTES = 32 * 1024;

const LF = 0x0a;

export interface FloodGateDeps {
  /** Draws `pieces`, in order; `drawn` is called when they are part of the screen. */
  draw(pieces: Uint8Array[], drawn: () => void): void;
  /** Lines of plain text after which nothing that is on the screen or above it now is left; undefined while not all of it scrolls. */
  linesToLeave(): number | undefined;
  /** Whether somebody works in this terminal, or nobody looks at any. */
  isForemost(): boolean;
  /** All before `offset` is part of the screen, or has left it. */
  onDrawn(offset: number): void;
}

export interface FloodGate {
  /** Takes the next bytes; `end` is the offset behind them. */
  push(data: Uint8Array, end: number): void;
  /** Hands everything that is held to the screen: for what must happen behind it. */
  flush(): void;
  /** Something other than text is under way to the screen: until `done` is called it is unknown how the screen scrolls. */
  change(): () => void;
  /** Forgets what is held, and in which sequence the text stood: a screen takes the place of all before. */
  forget(): void;
  dispose(): void;
}

/** Cuts `data` at ends of lines. */
function* pieces(data: Uint8Array): Generator<Uint8Array> {
  let at = 0;
  while (at < data.byteLength) {
    const limit = at + LOOK_BYTES;
    const lineEnd = limit < data.byteLength ? data.lastIndexOf(LF, limit - 1) : data.lastIndexOf(LF);
    const end = lineEnd >= at ? lineEnd + 1 : Math.min(limit, data.byteLength);
    yield data.subarray(at, end);
    at = end;
  }
}

/** Builds a gate with nothing in it. */
export function createFloodGate({ draw, linesToLeave, isForemost, onDrawn }: FloodGateDeps): FloodGate {
  let text = createUnseenText();
  /** The offset behind all that was taken. */
  let taken = 0;
  /** Draws that are under way, and changes behind which the screen may scroll otherwise. */
  let drawing = 0;
  let changing = 0;
  let lastDraw = -Infinity;
  let countedFrom = -Infinity;
  let counted = 0;
  let flooded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const drawMs = () => (isForemost() ? DRAW_MS : BACKGROUND_DRAW_MS);

  function change(): () => void {
    changing += 1;
    return () => {
      changing -= 1;
    };
  }

  function handOver(list: Uint8Array[], isPlain: boolean): void {
    let rest = list.reduce((sum, piece) => sum + piece.byteLength, 0);
    let group: Uint8Array[] = [];
    let length = 0;
    for (const piece of list) {
      group.push(piece);
      length += piece.byteLength;
      rest -= piece.byteLength;
      if (rest > 0 && length < DRAW_BYTES) continue;
      drawGroup(group, taken - text.heldBytes() - rest, isPlain);
      group = [];
      length = 0;
    }
  }

  function drawGroup(group: Uint8Array[], end: number, isPlain: boolean): void {
    const done = isPlain ? undefined : change();
    drawing += 1;
    draw(group, () => {
      drawing -= 1;
      done?.();
      // With nothing under way, what was skipped meanwhile counts too.
      onDrawn(drawing === 0 ? Math.max(end, taken - text.heldBytes()) : end);
      if (drawing === 0) look();
    });
  }

  function skip(): void {
    const lines = changing > 0 ? undefined : linesToLeave();
    if (lines === undefined) return;
    const held = text.heldBytes();
    text.skip(lines);
    if (drawing === 0 && text.heldBytes() < held) onDrawn(taken - text.heldBytes());
  }

  function drawHeld(): void {
    clearTimeout(timer);
    timer = undefined;
    lastDraw = performance.now();
    if (text.heldBytes() === 0) return;
    skip();
    handOver(text.flush(), true);
  }

  /** Decides about what is held in a flood. */
  function look(): void {
    if (text.heldBytes() === 0) return;
    if (isForemost()) skip();
    // What waits behind a draw may still be skipped.
    if (drawing > 0) return;
    const wait = lastDraw + drawMs() - performance.now();
    if (wait <= 0 || (isForemost() && text.heldBytes() >= MAX_HELD_BYTES)) drawHeld();
    else timer ??= setTimeout(onTimer, wait);
  }

  function onTimer(): void {
    timer = undefined;
    if (drawing === 0) drawHeld();
  }

  /** A flood lasts until so little comes in one time that it could be somebody's typing. */
  function count(length: number): void {
    const now = performance.now();
    if (now - countedFrom >= DRAW_MS) {
      flooded = counted > CALM_BYTES && now - countedFrom < 2 * DRAW_MS;
      countedFrom = now;
      counted = 0;
    }
    counted += length;
  }

  return {
    push(data, end) {
      count(data.byteLength);
      taken = end - data.byteLength;
      for (const piece of pieces(data)) {
        const urgent = text.push(piece);
        taken += piece.byteLength;
        if (urgent.length > 0) handOver(urgent, false);
      }
      if (flooded || counted > CALM_BYTES) look();
      else drawHeld();
    },
    flush: drawHeld,
    change,
    forget() {
      clearTimeout(timer);
      timer = undefined;
      text = createUnseenText();
    },
    dispose() {
      clearTimeout(timer);
    },
  };
}
