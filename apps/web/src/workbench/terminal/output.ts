/** A terminal's bytes on their way to the screen: in order, each once, whole characters, acknowledged when drawn (T-3 to T-9). */
import { createAcks } from '@drydock/client';
import { createFloodGate } from './flood-gate.ts';
import type { TerminalScreen } from './types.ts';

export interface TerminalOutput {
  /** All bytes before this offset have been taken: they stand in the screen, or will, or would have left it. */
  received(): number;
  /**
   * Goes on at `offset` after an attach: with the exact bytes, or with `screen` in place of everything before. Bytes before
   * `end` are old. @returns whether the stream can go on: exact bytes must join what is there.
   */
  begin(attach: { offset: number; end: number; cols: number; rows: number; screen?: string | undefined }): boolean;
  /** Takes bytes at `offset`. @returns false when bytes before them are missing; nothing is taken then. */
  receive(offset: number, data: Uint8Array): boolean;
  /** Replaces everything by a screen; output goes on at `offset`. */
  replace(screen: string, offset: number): void;
  /** Changes the screen's size after what was received, before what comes. */
  resize(cols: number, rows: number): void;
  /** Calls back when everything that was received stands in the screen. */
  afterDrawn(callback: () => void): void;
  dispose(): void;
}

export interface TerminalOutputDeps {
  screen: TerminalScreen;
  ack(offset: number): void;
  onResized(cols: number, rows: number): void;
  /** What the screen draws from here on is old (true), or of now (false). */
  onOld(old: boolean): void;
}

/** Builds the way from the link to one screen; the screen must be new. */
export function createTerminalOutput({ screen, ack, onResized, onOld }: TerminalOutputDeps): TerminalOutput {
  let received = 0;
  let oldUntil = 0;
  // xterm's own decoder drops a character when a write ends inside it, so that it gets text, never bytes.
  let decoder = new TextDecoder();
  const acks = createAcks(ack);
  let disposed = false;

  const gate = createFloodGate({
    draw(pieces, onPiecesDrawn) {
      let text = '';
      for (const piece of pieces) text += decoder.decode(piece, { stream: true });
      screen.write(text, () => {
        if (!disposed) onPiecesDrawn();
      });
    },
    linesToLeave: screen.linesToLeave,
    isForemost: screen.isForemost,
    onDrawn: acks.drawn,
  });

  /** Does `change` in its place among the bytes: after the screen has drawn all before, before it draws anything after. */
  function inOrder(change: () => void): void {
    gate.flush();
    const done = gate.change();
    screen.write('', () => {
      done();
      if (!disposed) change();
    });
  }

  function write(data: Uint8Array): void {
    received += data.byteLength;
    gate.push(data, received);
  }

  /** A screen takes the place of everything before `offset`. */
  function forget(offset: number): void {
    received = offset;
    decoder = new TextDecoder();
    gate.forget();
    inOrder(() => screen.reset());
  }

  function replace(text: string, offset: number): void {
    forget(offset);
    paint(text, offset);
  }

  function paint(text: string, offset: number): void {
    const done = gate.change();
    screen.write(text, () => {
      done();
      acks.drawn(offset);
    });
  }

  function resize(cols: number, rows: number): void {
    inOrder(() => {
      screen.resize(cols, rows);
      onResized(cols, rows);
    });
  }

  return {
    received: () => received,
    begin({ offset, end, cols, rows, screen: text }) {
      if (text === undefined && offset > received) return false;
      acks.begin(offset);
      if (text !== undefined) forget(offset);
      resize(cols, rows);
      if (text !== undefined) paint(text, offset);
      oldUntil = end;
      const isOld = end > received;
      inOrder(() => onOld(isOld));
      return true;
    },
    receive(offset, data) {
      if (offset > received) return false;
      const fresh = data.subarray(Math.min(data.byteLength, received - offset));
      if (fresh.byteLength === 0) return true;
      const old = fresh.subarray(0, Math.max(0, oldUntil - received));
      if (old.byteLength > 0) {
        write(old);
        if (received === oldUntil) inOrder(() => onOld(false));
      }
      if (old.byteLength < fresh.byteLength) write(fresh.subarray(old.byteLength));
      return true;
    },
    replace(text, offset) {
      replace(text, offset);
      if (offset >= oldUntil) inOrder(() => onOld(false));
    },
    resize,
    afterDrawn: inOrder,
    dispose() {
      disposed = true;
      gate.dispose();
      acks.dispose();
    },
  };
}
