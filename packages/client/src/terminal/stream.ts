/** A terminal as plain bytes both ways, over breaks: each byte comes once and in order, each key is typed once (T-1 to T-14). */
import { createAcks } from './acks.ts';
import { type AttachmentPhase, createTerminalAttachment } from './attachment.ts';
import { createTerminalInput } from './input.ts';
import type { TerminalLink } from './types.ts';

/** What may wait to be typed while there is a connection (bytes): a large paste, or a pipe's read-ahead. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** What may be typed ahead while there is none (bytes, T-13). */
const MAX_OFFLINE_BYTES = 4 * 1024;

export interface TerminalStreamEvents {
  /** Bytes, as they were written. `drawn` says that they are out: a program waits for a reader that is a window behind. */
  data(bytes: Uint8Array, drawn: () => void): void;
  /** The log no longer reaches back: this text, escape sequences in it, stands for all that came before. */
  screen(text: string, drawn: () => void): void;
  /** The shell's end, after all of its output. */
  exit(exit: { exitCode: number; signal?: string | undefined }): void;
  phase?(phase: AttachmentPhase): void;
  /** Less waits to be typed, or more. */
  waiting?(bytes: number): void;
  /** What a person typed over a long absence was not sent (T-13). */
  discarded?(): void;
}

export interface TerminalStreamDeps {
  terminalId: string;
  link: TerminalLink;
  /** Names this writer for life: 8 to 64 characters of [A-Za-z0-9_-], never used by another one. */
  newWriter: () => string;
  events: TerminalStreamEvents;
  /** The size that this terminal is to have; null for a reader that leaves it to others. */
  size: { cols: number; rows: number } | null;
  /** A person types: what waits over ten seconds of absence is not sent with an Enter in it (T-13). False for a pipe. */
  byHand: boolean;
}

export interface TerminalStream {
  attach(): void;
  /** Types; false when too much would wait, and nothing of it is taken. */
  type(bytes: Uint8Array): boolean;
  waitingBytes(): number;
  resize(cols: number, rows: number): void;
  /** Offset of the last byte that came, plus one. */
  received(): number;
  /** Detaches; the terminal itself lives on. */
  leave(): void;
}

/** After an absence of this length (ms) an Enter that a person typed is not sent (T-13). */
const ASK_AFTER_MS = 10_000;

/** Builds it; `attach` starts it. */
export function createTerminalStream(deps: TerminalStreamDeps): TerminalStream {
  const { terminalId, link, newWriter, events, byHand } = deps;
  let { size } = deps;
  let received = 0;
  let isLive = false;
  const acks = createAcks((offset) => link.ack(terminalId, offset));
  const input = createTerminalInput({
    newWriter,
    send: (piece) => link.call('terminal:input', { terminalId, ...piece }),
    onChange: () => events.waiting?.(input.waitingBytes()),
  });

  function sendSize(): void {
    // A size that is lost with the connection is sent again when the terminal is live again.
    if (size !== null && isLive) link.call('terminal:resize', { terminalId, ...size }).catch(() => undefined);
  }

  function becomeLive(awayMs: number): void {
    isLive = true;
    sendSize();
    if (byHand && awayMs >= ASK_AFTER_MS && input.hasEnter()) {
      input.discard();
      events.discarded?.();
    }
    input.open();
  }

  function paint(text: string, offset: number): void {
    received = offset;
    events.screen(text, () => acks.drawn(offset));
  }

  const attachment = createTerminalAttachment(terminalId, link, {
    received: () => received,
    begin({ offset, screen }) {
      if (screen === undefined && offset > received) return false;
      acks.begin(offset);
      if (screen !== undefined) paint(screen, offset);
      return true;
    },
    output({ offset, data }) {
      if (offset > received) return false;
      const fresh = data.subarray(Math.min(data.byteLength, received - offset));
      if (fresh.byteLength === 0) return true;
      received += fresh.byteLength;
      const end = received;
      events.data(fresh, () => acks.drawn(end));
      return true;
    },
    screen({ screen, offset }) {
      if (offset >= received) paint(screen, offset);
    },
    size: () => undefined,
    exit({ exitCode, signal }) {
      finish();
      events.exit({ exitCode, signal });
    },
    phase(phase) {
      if (phase.kind === 'live') becomeLive(phase.awayMs);
      else {
        isLive = false;
        input.close();
        if (phase.kind === 'gone') finish();
      }
      events.phase?.(phase);
    },
  });

  function finish(): void {
    isLive = false;
    attachment.stop();
    input.close();
    input.discard();
    acks.dispose();
  }

  return {
    attach: attachment.attach,
    type: (bytes) => input.push(bytes, isLive || !byHand ? MAX_WAITING_BYTES : MAX_OFFLINE_BYTES),
    waitingBytes: input.waitingBytes,
    resize(cols, rows) {
      if (size?.cols === cols && size.rows === rows) return;
      size = { cols, rows };
      sendSize();
    },
    received: () => received,
    leave() {
      attachment.leave();
      finish();
    },
  };
}
