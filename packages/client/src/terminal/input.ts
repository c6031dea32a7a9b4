/** Typing on its way to the PTY: numbered, in order, exactly once, whatever happens to the connection (T-10 to T-14). */
import { reconnectDelay } from '../backoff.ts';
import { isFinal } from '../retry.ts';

/** One message of typing (bytes): small enough that Ctrl-C never waits long behind a paste. */
export const INPUT_PIECE_BYTES = 16 * 1024;
/** Bytes and messages that are sent and not yet in the PTY: the back-pressure of a paste. */
export const INPUT_WINDOW_BYTES = 64 * 1024;
export const INPUT_WINDOW_PIECES = 32;

/** Messages at once, and per second: far above what hands do, far below what the server takes for a flood. */
const SEND_BURST = 64;
const SENDS_PER_SECOND = 200;

interface Piece {
  seq: number;
  data: Uint8Array;
}

export interface TerminalInputDeps {
  newWriter: () => string;
  /** Resolves when the PTY has it; rejects with an error that has a `code`. */
  send(piece: { writer: string; seq: number; data: Uint8Array }): Promise<unknown>;
  /** Something about what waits has changed. */
  onChange(): void;
}

export interface TerminalInput {
  /** Takes bytes behind all that wait; false when more than `limit` bytes would wait then (nothing is taken). */
  push(data: Uint8Array, limit: number): boolean;
  /** Sends what waits, and what was sent without an answer once more, from now on. */
  open(): void;
  /** Sends nothing until `open`. */
  close(): void;
  /** Forgets everything that waits. What was under way may have been typed; it is never sent again. */
  discard(): void;
  /** What is not known to be in the PTY yet (bytes). */
  waitingBytes(): number;
  /** The same as text, at most `max` bytes of it. */
  waitingText(max: number): string;
  /** Whether an Enter is among what waits. */
  hasEnter(): boolean;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Builds the queue of one writer's typing into one terminal; closed at first. */
export function createTerminalInput({ newWriter, send, onChange }: TerminalInputDeps): TerminalInput {
  let writer = newWriter();
  let nextSeq = 1;
  let sent: Piece[] = [];
  let sentBytes = 0;
  let unsent: Uint8Array[] = [];
  let unsentBytes = 0;
  let isOpen = false;
  /** Answers that belong to an earlier sending of the same pieces decide nothing about this one. */
  let round = 0;
  let attempt = 0;
  /** Sends that the pace allows now. */
  let allowance = SEND_BURST;
  let allowanceAt = Date.now();
  let pace: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function startWriter(): void {
    writer = newWriter();
    nextSeq = 1;
    sent = [];
    sentBytes = 0;
    round += 1;
  }

  function dropSentBefore(seq: number): void {
    while (sent[0] !== undefined && sent[0].seq < seq) sentBytes -= (sent.shift() as Piece).data.byteLength;
  }

  function transmit(piece: Piece): void {
    const madeBy = writer;
    const madeIn = round;
    send({ writer, seq: piece.seq, data: piece.data }).then(
      () => {
        if (madeBy !== writer) return;
        // The terminal types in order: this one's answer speaks for all before it.
        dropSentBefore(piece.seq + 1);
        attempt = 0;
        pump();
        onChange();
      },
      (error: unknown) => {
        if (madeBy === writer && madeIn === round) failed(error);
      },
    );
  }

  function failed(error: unknown): void {
    const { code, details } = error as { code?: string; details?: { expected?: unknown } };
    round += 1;
    if (isFinal(error)) {
      clear();
      onChange();
      return;
    }
    if (code === 'INPUT_OUT_OF_ORDER' && typeof details?.expected === 'number') {
      const first = sent[0]?.seq ?? nextSeq;
      if (details.expected >= first) dropSentBefore(details.expected);
      // The terminal has forgotten this writer: what was under way may have been typed, and typing it twice is worse than not.
      else startWriter();
    }
    clearTimeout(retry);
    retry = setTimeout(resend, reconnectDelay(attempt));
    attempt += 1;
    onChange();
  }

  function resend(): void {
    retry = undefined;
    if (!isOpen) return;
    round += 1;
    for (const piece of sent) transmit(piece);
    pump();
  }

  /** Bytes that wait go in as few pieces as the bounds allow. */
  function takePiece(): Uint8Array {
    const parts: Uint8Array[] = [];
    let room = Math.min(INPUT_PIECE_BYTES, INPUT_WINDOW_BYTES - sentBytes);
    while (room > 0) {
      const head = unsent[0];
      if (head === undefined) break;
      const part = head.subarray(0, room);
      parts.push(part);
      room -= part.byteLength;
      if (part.byteLength === head.byteLength) unsent.shift();
      else unsent[0] = head.subarray(part.byteLength);
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts);
  }

  /** Whether one more message may go now; if not, what waits is sent later, in fewer and larger pieces. */
  function mayGo(): boolean {
    const now = Date.now();
    allowance = Math.min(SEND_BURST, allowance + Math.max(0, ((now - allowanceAt) * SENDS_PER_SECOND) / 1000));
    allowanceAt = now;
    if (allowance >= 1) {
      allowance -= 1;
      return true;
    }
    pace ??= setTimeout(() => {
      pace = undefined;
      pump();
    }, 1000 / SENDS_PER_SECOND);
    return false;
  }

  function pump(): void {
    while (
      isOpen &&
      retry === undefined &&
      unsentBytes > 0 &&
      sent.length < INPUT_WINDOW_PIECES &&
      sentBytes < INPUT_WINDOW_BYTES &&
      mayGo()
    ) {
      const data = takePiece();
      const piece = { seq: nextSeq, data };
      nextSeq += 1;
      unsentBytes -= data.byteLength;
      sentBytes += data.byteLength;
      sent.push(piece);
      transmit(piece);
    }
  }

  function clear(): void {
    clearTimeout(retry);
    retry = undefined;
    unsent = [];
    unsentBytes = 0;
    startWriter();
  }

  const waiting = () => [...sent.map((piece) => piece.data), ...unsent];

  return {
    push(data, limit) {
      if (sentBytes + unsentBytes + data.byteLength > limit) return false;
      unsent.push(data);
      unsentBytes += data.byteLength;
      pump();
      return true;
    },
    open() {
      isOpen = true;
      clearTimeout(retry);
      attempt = 0;
      resend();
    },
    close() {
      isOpen = false;
      clearTimeout(retry);
      clearTimeout(pace);
      retry = undefined;
      pace = undefined;
      round += 1;
    },
    discard: clear,
    waitingBytes: () => sentBytes + unsentBytes,
    waitingText: (max) => new TextDecoder().decode(concat(waiting()).subarray(0, max)),
    hasEnter: () => waiting().some((part) => part.includes(0x0d) || part.includes(0x0a)),
  };
}
