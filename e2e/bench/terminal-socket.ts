/** A plain client of `/terminal-socket` for measuring: draws nothing, acknowledges as a page does, counts what comes. */
import {
  decodeTerminalFrame,
  encodeTerminalFrame,
  TERMINAL_SOCKET_PATH,
  TERMINAL_WINDOW_BYTES,
  type TerminalCall,
  type TerminalSocketText,
} from '@drydock/protocol';
import { WebSocket } from 'ws';

const WAIT_MS = 60_000;
/** Acknowledge as a page does: each quarter of a window, and small output after a while (terminal/output.ts). */
const ACK_EVERY_BYTES = TERMINAL_WINDOW_BYTES / 4;
const ACK_DELAY_MS = 1000;

export interface BenchTerminal {
  readonly terminalId: string;
  /** Bytes that came. */
  received(): number;
  /** Messages that brought them. */
  messages(): number;
  type(text: string): void;
  /** Resolves at the message that completes `text` behind the last call of `mark`. */
  sees(text: string | RegExp): Promise<void>;
  /** Forgets what came so far. */
  mark(): void;
  /** Attaches anew. @returns milliseconds to the answer. */
  attach(offset: number): Promise<number>;
  close(): Promise<unknown>;
}

export interface TerminalSocket {
  open(node: string): Promise<BenchTerminal>;
  close(): void;
}

/** A shell's prompt, with or without colours behind it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with ESC.
export const PROMPT = /[#$](\x1b\[0m)? /;

type Output = (data: Uint8Array, offset: number) => void;

/** Connects to a session. */
export async function connectTerminals(origin: string, sessionId: string, token: string): Promise<TerminalSocket> {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${TERMINAL_SOCKET_PATH}`, { perMessageDeflate: false });
  const terminals = new Map<string, Output>();
  const calls = new Map<number, { done(answer: unknown): void; fail(error: Error): void }>();
  /** Output of a terminal whose opening is not answered yet. */
  const early = new Map<string, { data: Uint8Array; offset: number }[]>();
  let nextCall = 1;

  function onText(message: TerminalSocketText): void {
    if ('event' in message) return;
    const call = calls.get(message.call);
    calls.delete(message.call);
    if ('error' in message) call?.fail(new Error(message.error.code));
    else call?.done(message.answer);
  }

  socket.on('message', (raw, isBinary) => {
    if (!isBinary) return onText(JSON.parse((raw as Buffer).toString()));
    const frame = decodeTerminalFrame(raw as Buffer);
    if (frame?.kind !== 'output') return;
    const { terminalId, offset, data } = frame.output;
    const onOutput = terminals.get(terminalId);
    if (onOutput !== undefined) onOutput(data, offset);
    else early.set(terminalId, [...(early.get(terminalId) ?? []), { data, offset }]);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  socket.send(JSON.stringify({ sessionId, token }));

  function call(name: TerminalCall, request: object): Promise<unknown> {
    return new Promise((done, fail) => {
      const number = nextCall++;
      calls.set(number, { done, fail });
      socket.send(JSON.stringify({ call: number, name, request }));
    });
  }

  async function open(node: string): Promise<BenchTerminal> {
    let tail = '';
    let received = 0;
    let messages = 0;
    let end = 0;
    let acked = 0;
    let ackTimer: NodeJS.Timeout | undefined;
    let waiting: { text: string | RegExp; done: () => void } | undefined;
    let seq = 0;
    const writer = `bench-${Math.random().toString(36).slice(2)}-writer`;
    const { terminalId } = (await call('terminal:open', { node, cols: 160, rows: 50 })) as { terminalId: string };

    function ack(): void {
      clearTimeout(ackTimer);
      ackTimer = undefined;
      acked = end;
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(encodeTerminalFrame({ kind: 'ack', ack: { terminalId, offset: end } }));
      }
    }
    const isIn = (text: string | RegExp) => (typeof text === 'string' ? tail.includes(text) : text.test(tail));

    function onOutput(data: Uint8Array, offset: number): void {
      received += data.byteLength;
      messages += 1;
      end = offset + data.byteLength;
      if (end - acked >= ACK_EVERY_BYTES) ack();
      else ackTimer ??= setTimeout(ack, ACK_DELAY_MS);
      tail = (tail + Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1')).slice(-4096);
      if (waiting !== undefined && isIn(waiting.text)) {
        const { done } = waiting;
        waiting = undefined;
        done();
      }
    }

    terminals.set(terminalId, onOutput);
    for (const { data, offset } of early.get(terminalId) ?? []) onOutput(data, offset);
    early.delete(terminalId);
    return {
      terminalId,
      received: () => received,
      messages: () => messages,
      mark() {
        tail = '';
      },
      type(text) {
        seq += 1;
        const input = { terminalId, writer, seq, data: Buffer.from(text) };
        socket.send(encodeTerminalFrame({ kind: 'input', call: nextCall++, input }));
      },
      sees: (text) =>
        new Promise<void>((resolve, reject) => {
          if (isIn(text)) return resolve();
          const timer = setTimeout(() => reject(new Error(`no ${text} in ${tail.slice(-200)}`)), WAIT_MS);
          waiting = {
            text,
            done: () => {
              clearTimeout(timer);
              resolve();
            },
          };
        }),
      async attach(offset) {
        const started = performance.now();
        await call('terminal:attach', { terminalId, offset });
        return performance.now() - started;
      },
      async close() {
        terminals.delete(terminalId);
        return call('terminal:close', { terminalId });
      },
    };
  }

  return { open, close: () => socket.close() };
}
