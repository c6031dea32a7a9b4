/** One viewer of a terminal: its place in the log and what may be sent to it now. */
import { MAX_TERMINAL_OUTPUT_BYTES } from '@drydock/protocol';
import { acknowledge, type Window, windowRoom } from './flow-control.ts';
import type { OutputLog, Position, Size } from './output-log.ts';
import type { PtyExit } from './pty.ts';

/** With less room than this (bytes) and more to send, waiting for the next acknowledgement beats a tiny message. */
const MIN_PIECE_BYTES = 16 * 1024;

/** Where a viewer's events go, in their order. Calls must not throw. */
export interface ViewerSink {
  output(offset: number, data: Buffer): void;
  /** `screen` stands for all before `offset`. */
  screen(screen: string, offset: number): void;
  size(size: Size, offset: number): void;
  exit(exit: PtyExit): void;
}

export interface PaintedScreen {
  screen: string;
  size: Size;
  position: Position;
}

export interface ViewerDeps {
  log: OutputLog;
  sink: ViewerSink;
  /** The first byte to send; all before it counts as drawn. */
  position: Position;
  /** Undefined when `isWanted` says no before its turn has come. */
  paint(isWanted: () => boolean): Promise<PaintedScreen | undefined>;
  /** The end of the shell, once all of its output is in the log. */
  exit(): PtyExit | undefined;
}

export interface Viewer {
  readonly window: Window;
  /** Sends what may be sent now. */
  pump(): void;
  ack(offset: number): void;
  close(): void;
}

type State = 'streaming' | 'painting' | 'ended' | 'closed';

/** Builds a viewer; nothing is sent before the first `pump`. */
export function createViewer({ log, sink, position: start, paint, exit }: ViewerDeps): Viewer {
  const window: Window = { acked: start.offset, blockedSince: undefined };
  let position = start;
  let state: State = 'streaming';
  /** Only the window holds bytes back; an acknowledgement lets them go. Otherwise the terminal's own pace gathers them. */
  let blocked = false;

  async function repaint(): Promise<void> {
    state = 'painting';
    const painted = await paint(() => state === 'painting');
    if (painted === undefined || (state as State) === 'closed') return;
    position = painted.position;
    sink.size(painted.size, position.offset);
    sink.screen(painted.screen, position.offset);
    state = 'streaming';
    // The window opens again when the screen is acknowledged: until then nothing more is sent.
    pump();
  }

  function pump(): void {
    blocked = false;
    while (state === 'streaming') {
      const room = windowRoom(window, position.offset);
      if (position.offset < log.start()) {
        // It fell off the log. Nothing is painted for a viewer that draws nothing.
        blocked = room < MIN_PIECE_BYTES;
        if (!blocked) void repaint();
        return;
      }
      const mark = log.markAt(position);
      if (mark !== undefined) {
        position = { offset: position.offset, seq: mark.seq };
        sink.size({ cols: mark.cols, rows: mark.rows }, position.offset);
        continue;
      }
      const unsent = log.end() - position.offset;
      if (unsent === 0) {
        const ended = exit();
        if (ended === undefined) return;
        state = 'ended';
        sink.exit(ended);
        return;
      }
      if (room < Math.min(unsent, MIN_PIECE_BYTES)) {
        blocked = true;
        return;
      }
      const data = log.read(position.offset, Math.min(room, MAX_TERMINAL_OUTPUT_BYTES));
      const { offset } = position;
      position = { offset: offset + data.byteLength, seq: position.seq };
      sink.output(offset, data);
    }
  }

  return {
    window,
    pump,
    ack(offset) {
      // Nobody can have drawn what was not sent.
      acknowledge(window, Math.min(offset, position.offset));
      if (blocked) pump();
    },
    close() {
      state = 'closed';
    },
  };
}
