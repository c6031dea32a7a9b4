/**
 * The frames of `/terminal-socket`: a plain WebSocket beside socket.io that carries a page's terminals (docs/PROTOCOL.md, T-20 on).
 * Text frames are JSON: the page's admission, calls, answers, events. Bytes and what goes with them are binary, numbers little-endian.
 */
import { z } from 'zod';
import type { ErrorBody } from '../errors.ts';
import type { TerminalOutput } from '../session/browser-events.ts';
import type { TerminalInput } from './terminal.ts';

export const TERMINAL_SOCKET_PATH = '/terminal-socket';

/** The calls of the realtime contract that this socket takes; all others belong to the namespace `/session`. */
export const TERMINAL_CALLS = [
  'terminal:open',
  'terminal:attach',
  'terminal:detach',
  'terminal:input',
  'terminal:resize',
  'terminal:close',
] as const;
export type TerminalCall = (typeof TERMINAL_CALLS)[number];

/** Why the server closed the socket (WebSocket close codes); the reason is a code of the registry where there is one. */
export const TERMINAL_SOCKET_CLOSE = {
  /** Not admitted: wrong token, unknown session, a message of no known form instead of an admission. */
  refused: 4401,
  /** The link was revoked, or the session ended. */
  over: 4403,
  /** Malformed messages, a flood, or a page that does not read. */
  hostile: 4429,
} as const;

/** A call as text; `call` numbers the page's calls, and the answer repeats it. */
export const terminalCallSchema = z.object({
  call: z.number().int().nonnegative(),
  name: z.enum(TERMINAL_CALLS),
  request: z.unknown(),
});

/** What the server says as text. */
export type TerminalSocketText =
  | { call: number; answer: unknown }
  | { call: number; error: ErrorBody }
  | { event: 'terminal:screen' | 'terminal:size' | 'terminal:exit'; message: unknown };

/** Kinds of binary frames, their first byte. */
const INPUT = 1;
const ACK = 2;
const OUTPUT = 3;
const TAKEN = 4;

export type TerminalFrame =
  /** Page to server: `terminal:input` as call number `call`. */
  | { kind: 'input'; call: number; input: TerminalInput }
  /** Page to server: `terminal:ack`. */
  | { kind: 'ack'; ack: { terminalId: string; offset: number } }
  /** Server to page: `terminal:output`. */
  | { kind: 'output'; output: TerminalOutput }
  /** Server to page: the `terminal:input` of this number is answered with `{}`. */
  | { kind: 'taken'; call: number };

/** Numbers are f64: offsets go beyond 32 bits. */
const NUMBER_BYTES = 8;
const CALL_BYTES = 4;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Ids and names of writers are ASCII by their schemas; a length in front. */
function putName(bytes: Uint8Array, at: number, name: string): number {
  bytes[at] = name.length;
  for (let i = 0; i < name.length; i += 1) bytes[at + 1 + i] = name.charCodeAt(i);
  return at + 1 + name.length;
}

function getName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0)));
}

/** Builds a binary frame. */
export function encodeTerminalFrame(frame: TerminalFrame): Uint8Array<ArrayBuffer> {
  switch (frame.kind) {
    case 'input': {
      const { terminalId, writer, seq, data } = frame.input;
      const head = 1 + CALL_BYTES + 1 + terminalId.length + 1 + writer.length + NUMBER_BYTES;
      const bytes = new Uint8Array(head + data.byteLength);
      bytes[0] = INPUT;
      viewOf(bytes).setUint32(1, frame.call, true);
      const at = putName(bytes, putName(bytes, 1 + CALL_BYTES, terminalId), writer);
      viewOf(bytes).setFloat64(at, seq, true);
      bytes.set(data, head);
      return bytes;
    }
    case 'ack': {
      const bytes = new Uint8Array(2 + frame.ack.terminalId.length + NUMBER_BYTES);
      bytes[0] = ACK;
      viewOf(bytes).setFloat64(putName(bytes, 1, frame.ack.terminalId), frame.ack.offset, true);
      return bytes;
    }
    case 'output': {
      const { terminalId, offset, data } = frame.output;
      const head = 2 + terminalId.length + NUMBER_BYTES;
      const bytes = new Uint8Array(head + data.byteLength);
      bytes[0] = OUTPUT;
      viewOf(bytes).setFloat64(putName(bytes, 1, terminalId), offset, true);
      bytes.set(data, head);
      return bytes;
    }
    case 'taken': {
      const bytes = new Uint8Array(1 + CALL_BYTES);
      bytes[0] = TAKEN;
      viewOf(bytes).setUint32(1, frame.call, true);
      return bytes;
    }
  }
}

/**
 * Reads a binary frame; undefined for what is none. Values are as they came: their schemas are the receiver's to apply. Bytes are a
 * view of `bytes`.
 */
export function decodeTerminalFrame(bytes: Uint8Array): TerminalFrame | undefined {
  try {
    return decode(bytes, viewOf(bytes));
  } catch (error) {
    // A frame that is shorter than it says.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function decode(bytes: Uint8Array, view: DataView): TerminalFrame | undefined {
  switch (bytes[0]) {
    case INPUT: {
      const terminalId = getName(bytes, 1 + CALL_BYTES);
      const writerAt = 1 + CALL_BYTES + 1 + terminalId.length;
      const writer = getName(bytes, writerAt);
      const at = writerAt + 1 + writer.length;
      const seq = view.getFloat64(at, true);
      const input = { terminalId, writer, seq, data: bytes.subarray(at + NUMBER_BYTES) };
      return { kind: 'input', call: view.getUint32(1, true), input };
    }
    case ACK: {
      const terminalId = getName(bytes, 1);
      return { kind: 'ack', ack: { terminalId, offset: view.getFloat64(2 + terminalId.length, true) } };
    }
    case OUTPUT: {
      const terminalId = getName(bytes, 1);
      const at = 2 + terminalId.length;
      const offset = view.getFloat64(at, true);
      return { kind: 'output', output: { terminalId, offset, data: bytes.subarray(at + NUMBER_BYTES) } };
    }
    case TAKEN:
      return { kind: 'taken', call: view.getUint32(1, true) };
    default:
      return undefined;
  }
}
