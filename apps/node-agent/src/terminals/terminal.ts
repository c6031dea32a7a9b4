/** One terminal: a PTY, its log, its viewers and its writers. */
import {
  type AttachResult,
  DrydockError,
  MAX_TERMINAL_OUTPUT_BYTES,
  MAX_VIEWERS_PER_TERMINAL,
  type TerminalInput,
} from '@drydock/protocol';
import { type Departed, mustAwait, mustPause, type Window } from './flow-control.ts';
import { createOutputLog, type Position, type Size } from './output-log.ts';
import type { Pty, PtyExit, SpawnPty } from './pty.ts';
import { createPtyInput } from './pty-input.ts';
import type { Emulator } from './screens/emulator.ts';
import { plainPicture } from './screens/plain-picture.ts';
import type { ScreenBudget } from './screens/screen-budget.ts';
import type { ScreenFault } from './screens/screen-fault.ts';
import { createScreenModel, type ScreenModel } from './screens/screen-model.ts';
import { createViewer, type PaintedScreen, type Viewer, type ViewerSink } from './viewer.ts';
import { createWriters } from './writers.ts';

/** Output that comes within this time (ms) of other output is sent together with it... */
const COALESCE_MS = 4;
/** ...but for the first bytes of a burst, which go at once: a key's echo never waits. One read of a PTY is as long. */
const IMMEDIATE_BYTES = 4096;
/** A burst of this many bytes is a flood: nobody reads along, and larger messages cost every process on the way less. */
const FLOOD_BYTES = 64 * 1024;
/** Output of a flood that is sent together (ms): a page draws no more often. */
const FLOOD_COALESCE_MS = 16;
/** Between looks at a paused terminal (ms): time alone can end the wait for a viewer. */
const LOOK_MS = 1000;
/** Bytes that left the log and are not parsed yet; reading pauses above it. */
const MAX_UNPARSED_BYTES = 1024 * 1024;
/** An ended terminal can be attached to for this long (ms): a page that was away still sees the end. */
export const ENDED_KEPT_MS = 60_000;
/** Typing is held until the program's first output, at most this long (ms). */
const START_MS = 2000;
/** A terminal whose own bytes ended its emulator is shown as plain text for this long (ms); then it is drawn from its log again. */
export const PLAIN_MS = 60_000;
/** A picture is tried again so often when another terminal's bytes ended the process that drew it. */
const PAINT_ATTEMPTS = 3;
/** A picture serves everybody who comes within this time (ms); what was written since follows from the log. */
const SHARE_MS = 1000;
/** Between asking a terminal's process to end and ending it (ms). */
const HANGUP_GRACE_MS = 1000;
/** A process that outlives even SIGKILL for this long (ms) is given up; its terminal is forgotten. */
const KILL_GRACE_MS = 2000;

export interface TerminalOptions {
  size: Size;
  spawn: SpawnPty;
  /** Where its screen is drawn, should anybody need it. */
  openEmulator(size: Size): Emulator;
  /** Of its session. */
  screenBudget: ScreenBudget;
  /** Nothing is left of the terminal; called once. */
  onForgotten(exit: PtyExit): void;
  now?: () => number;
}

/** An answer to an attach, and the start of the stream behind it. */
export interface Attached {
  result: AttachResult;
  /** Sends the viewer its first bytes; to be called once the answer is on its way. */
  start(): void;
}

export interface Terminal {
  size(): Size;
  ended(): boolean;
  /**
   * Adds a viewer, in place of one with the same id.
   * @throws DrydockError RATE_LIMITED when the terminal has as many viewers as it may have, or a later attach of the viewer came before
   * this one had a screen; BAD_REQUEST when `offset` is beyond the end.
   */
  attach(viewerId: string, offset: number, sink: ViewerSink): Promise<Attached>;
  detach(viewerId: string): void;
  ack(viewerId: string, offset: number): void;
  /**
   * Types; resolves when the PTY has it (writers.ts for order and repetition).
   * @throws DrydockError INPUT_OUT_OF_ORDER, RATE_LIMITED when too much waits for a program that does not read,
   * TERMINAL_NOT_FOUND when the shell has ended.
   */
  input(input: Pick<TerminalInput, 'writer' | 'seq' | 'data'>): Promise<void>;
  resize(size: Size): void;
  /** Ends the process and forgets the terminal; resolves when that is done. */
  close(): Promise<void>;
}

const superseded = () =>
  new DrydockError('RATE_LIMITED', 'A later attach of the same viewer takes the place of this one.');

/** Starts a process on a new PTY. @throws what `spawn` throws. */
export function createTerminal({
  size,
  spawn,
  openEmulator,
  screenBudget,
  onForgotten,
  now = Date.now,
}: TerminalOptions): Terminal {
  const viewers = new Map<string, Viewer>();
  /** Of `viewers`; looked at for every piece that is read. */
  let windows: Window[] = [];
  /** Attaches that are not answered yet; each is undone by a later one or by a detach. */
  const attaching = new Map<string, symbol>();
  const writers = createWriters();
  const log = createOutputLog({ size, beforeDrop: feedModel });
  let model: ScreenModel | undefined;
  let modelAt: Position = { offset: 0, seq: 1 };
  /** Its own bytes ended its emulator: nothing is drawn until then (ms). */
  let plainUntil = 0;
  let shared: { picture: Promise<PaintedScreen>; at: number; from: number } | undefined;
  let shareTimer: NodeJS.Timeout | undefined;
  let exit: PtyExit | undefined;
  let paused = false;
  let departed: Departed | undefined;
  let closing = false;
  let forgotten: (() => void) | undefined;
  const whenForgotten = new Promise<void>((resolve) => {
    forgotten = resolve;
  });
  let flushTimer: NodeJS.Timeout | undefined;
  let unsentBytes = 0;
  let burstBytes = 0;
  let wakeTimer: NodeJS.Timeout | undefined;
  let lifeTimer: NodeJS.Timeout | undefined;

  const pty: Pty = spawn(size, { onData, onExit });
  const typing = createPtyInput((data) => pty.write(data));
  const startTimer = setTimeout(typing.open, START_MS);

  function pumpAll(): void {
    unsentBytes = 0;
    for (const viewer of viewers.values()) viewer.pump();
  }

  function coalesceMs(): number {
    return burstBytes < FLOOD_BYTES ? COALESCE_MS : FLOOD_COALESCE_MS;
  }

  function onData(data: Buffer): void {
    typing.open();
    log.append(data);
    unsentBytes += data.byteLength;
    burstBytes += data.byteLength;
    if (burstBytes <= IMMEDIATE_BYTES || unsentBytes >= MAX_TERMINAL_OUTPUT_BYTES) pumpAll();
    flushTimer ??= setTimeout(flush, coalesceMs());
    updateReading();
  }

  function flush(): void {
    flushTimer = undefined;
    // A burst lasts until nothing has come for one period.
    if (unsentBytes > 0) flushTimer = setTimeout(flush, coalesceMs());
    else burstBytes = 0;
    pumpAll();
  }

  function updateReading(): void {
    if (exit !== undefined) return;
    const held = mustPause(windows, log.end(), now());
    const awaits = windows.length === 0 && mustAwait(departed, log.end(), now());
    const next = !closing && (held || awaits || (model?.backlog() ?? 0) > MAX_UNPARSED_BYTES);
    if (held || awaits) wakeTimer ??= setTimeout(wake, LOOK_MS);
    if (next === paused) return;
    paused = next;
    if (paused) pty.pause();
    else pty.resume();
  }

  function wake(): void {
    wakeTimer = undefined;
    updateReading();
  }

  /** The model as it is at the beginning of what is fed next: at the oldest byte that is kept when there was none, or it was lost. */
  function getModel(): ScreenModel {
    if (model === undefined) {
      const first = log.sizeAt(log.start());
      modelAt = { offset: log.start(), seq: first.seq };
      model = createScreenModel({ size: first, openEmulator, onDrained: updateReading, onFault: loseModel });
    }
    return model;
  }

  function loseModel(fault: ScreenFault): void {
    model?.dispose();
    model = undefined;
    if (fault.kind === 'own') plainUntil = now() + PLAIN_MS;
    updateReading();
  }

  function feedModel(to: number): void {
    if (now() < plainUntil) return;
    const fed = getModel();
    if (to < modelAt.offset) return;
    for (const entry of log.entries(modelAt, to)) {
      if (entry.kind === 'bytes') fed.feed(entry.data);
      else fed.resize(entry.mark);
    }
    modelAt = { offset: to, seq: log.sizeAt(to).seq };
  }

  async function paint(): Promise<PaintedScreen> {
    for (let attempt = 0; attempt < PAINT_ATTEMPTS && now() >= plainUntil; attempt += 1) {
      feedModel(log.end());
      const position = endPosition();
      const mark = log.sizeAt(log.end());
      try {
        return { screen: await getModel().serialize(), size: mark, position };
      } catch {
        // The model is lost (loseModel). Another is drawn from the log unless its own bytes were at fault.
      }
    }
    return { screen: plainPicture(log), size: log.sizeAt(log.end()), position: endPosition() };
  }

  /** The picture of the moment, or one of a moment ago from which the log goes on. */
  function sharedPaint(): Promise<PaintedScreen> {
    if (shared !== undefined && shared.at + SHARE_MS > now() && shared.from >= log.start()) return shared.picture;
    const made = { picture: paint(), at: now(), from: log.end() };
    shared = made;
    clearTimeout(shareTimer);
    shareTimer = setTimeout(() => {
      shared = undefined;
    }, SHARE_MS);
    return made.picture;
  }

  async function paintWithinBudget(isWanted: () => boolean): Promise<PaintedScreen | undefined> {
    await screenBudget.admit();
    if (!isWanted()) return undefined;
    const picture = await sharedPaint();
    screenBudget.spend(picture.screen.length);
    return picture;
  }

  function endPosition(): Position {
    return { offset: log.end(), seq: log.sizeAt(log.end()).seq };
  }

  function onExit(how: PtyExit): void {
    exit = how;
    clearTimeout(wakeTimer);
    clearTimeout(startTimer);
    typing.close();
    pumpAll();
    clearTimeout(lifeTimer);
    if (closing) forget();
    else lifeTimer = setTimeout(forget, ENDED_KEPT_MS);
  }

  function forget(): void {
    for (const timer of [startTimer, flushTimer, wakeTimer, lifeTimer, shareTimer]) clearTimeout(timer);
    for (const viewer of viewers.values()) viewer.close();
    viewers.clear();
    attaching.clear();
    model?.dispose();
    typing.close();
    exit ??= { exitCode: -1 };
    onForgotten(exit);
    forgotten?.();
  }

  function remove(viewerId: string): void {
    attaching.delete(viewerId);
    const viewer = viewers.get(viewerId);
    if (viewer === undefined) return;
    viewer.close();
    viewers.delete(viewerId);
    windows = windows.filter((window) => window !== viewer.window);
    departed = { acked: viewer.window.acked, at: now() };
  }

  return {
    size: () => log.sizeAt(log.end()),
    ended: () => exit !== undefined,
    async attach(viewerId, offset, sink) {
      if (offset > log.end()) {
        throw new DrydockError('BAD_REQUEST', 'The offset is beyond the end of what the terminal wrote.');
      }
      remove(viewerId);
      if (viewers.size + attaching.size >= MAX_VIEWERS_PER_TERMINAL) {
        throw new DrydockError('RATE_LIMITED', 'The terminal has as many viewers as it may have.');
      }
      const token = Symbol(viewerId);
      attaching.set(viewerId, token);
      const end = log.end();
      const painted =
        offset >= log.start() ? undefined : await paintWithinBudget(() => attaching.get(viewerId) === token);
      if (offset < log.start() && painted === undefined) throw superseded();
      const mark = painted?.size ?? log.sizeAt(offset);
      const position = painted?.position ?? { offset, seq: log.sizeAt(offset).seq };
      const result: AttachResult = {
        offset: position.offset,
        end: Math.max(end, position.offset),
        cols: mark.cols,
        rows: mark.rows,
        ...(painted === undefined ? {} : { screen: painted.screen }),
      };
      return {
        result,
        start() {
          if (attaching.get(viewerId) !== token) return;
          attaching.delete(viewerId);
          const viewer = createViewer({ log, sink, position, paint: paintWithinBudget, exit: () => exit });
          viewers.set(viewerId, viewer);
          windows.push(viewer.window);
          viewer.pump();
          updateReading();
        },
      };
    },
    detach(viewerId) {
      remove(viewerId);
      updateReading();
    },
    ack(viewerId, offset) {
      viewers.get(viewerId)?.ack(offset);
      updateReading();
    },
    input({ writer, seq, data }) {
      return writers.input(writer, seq, () => {
        if (exit !== undefined) throw new DrydockError('TERMINAL_NOT_FOUND', 'The shell has ended.');
        if (!typing.hasRoom(data.byteLength)) {
          throw new DrydockError('RATE_LIMITED', 'The program in the terminal does not read what is typed.');
        }
        return typing.write(data);
      });
    },
    resize(next) {
      const { cols, rows } = log.sizeAt(log.end());
      if (exit !== undefined || (next.cols === cols && next.rows === rows)) return;
      pty.resize(next);
      log.resize(next);
      pumpAll();
    },
    close() {
      if (closing) return whenForgotten;
      closing = true;
      clearTimeout(lifeTimer);
      if (exit !== undefined) {
        forget();
        return whenForgotten;
      }
      updateReading();
      pty.kill('SIGHUP');
      lifeTimer = setTimeout(() => {
        pty.kill('SIGKILL');
        lifeTimer = setTimeout(forget, KILL_GRACE_MS);
      }, HANGUP_GRACE_MS);
      return whenForgotten;
    },
  };
}
