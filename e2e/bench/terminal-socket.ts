/** A plain client of `/terminal-socket` for measuring: draws nothing, acknowledges as a page does, counts what comes. */
import { ApiError, createAcks, createTerminalWire } from '@drydock/client';
import { type SessionId, TERMINAL_SOCKET_PATH } from '@drydock/protocol';
import { WebSocket } from 'ws';

const WAIT_MS = 60_000;

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
export async function connectTerminals(origin: string, sessionId: SessionId, token: string): Promise<TerminalSocket> {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${TERMINAL_SOCKET_PATH}`, { perMessageDeflate: false });
  const terminals = new Map<string, Output>();
  /** Output of a terminal whose opening is not answered yet. */
  const early = new Map<string, { data: Uint8Array; offset: number }[]>();
  const wire = createTerminalWire({
    send: (data) => socket.send(data),
    onEvent: () => undefined,
    onOutput({ terminalId, offset, data }) {
      const onOutput = terminals.get(terminalId);
      if (onOutput !== undefined) onOutput(data, offset);
      else early.set(terminalId, [...(early.get(terminalId) ?? []), { data, offset }]);
    },
  });
  socket.on('message', (raw, isBinary) => wire.receive(isBinary ? (raw as Buffer) : (raw as Buffer).toString()));
  socket.on('close', () => wire.fail(new ApiError('NETWORK', 'the socket is closed')));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  wire.admit(sessionId, token);

  async function open(node: string): Promise<BenchTerminal> {
    let tail = '';
    let received = 0;
    let messages = 0;
    let waiting: { text: string | RegExp; done: () => void } | undefined;
    let seq = 0;
    const writer = `bench-${Math.random().toString(36).slice(2)}-writer`;
    const { terminalId } = await wire.call('terminal:open', { node, cols: 160, rows: 50 });

    /** As a page does. */
    const acks = createAcks((offset) => {
      if (socket.readyState === WebSocket.OPEN) wire.ack(terminalId, offset);
    });
    const isIn = (text: string | RegExp) => (typeof text === 'string' ? tail.includes(text) : text.test(tail));

    function onOutput(data: Uint8Array, offset: number): void {
      received += data.byteLength;
      messages += 1;
      acks.drawn(offset + data.byteLength);
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
        // What becomes of it is seen by what is written then.
        wire.call('terminal:input', { terminalId, writer, seq, data: Buffer.from(text) }).catch(() => undefined);
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
        acks.begin(offset);
        await wire.call('terminal:attach', { terminalId, offset });
        return performance.now() - started;
      },
      async close() {
        terminals.delete(terminalId);
        acks.dispose();
        return wire.call('terminal:close', { terminalId });
      },
    };
  }

  return { open, close: () => socket.close() };
}
