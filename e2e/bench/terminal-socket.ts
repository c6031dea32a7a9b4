/** A plain client of the realtime contract for measuring: draws nothing, acknowledges at once, counts what comes. */
import { LAB_NAMESPACE, type LabClientEvents, type LabServerEvents } from '@drydock/protocol';
import { io, type Socket } from 'socket.io-client';

const WAIT_MS = 60_000;
/** Acknowledge as a page does: each quarter of a window. */
const ACK_EVERY_BYTES = 64 * 1024;

export interface BenchTerminal {
  readonly terminalId: string;
  /** Bytes that came. */
  received(): number;
  /** Messages that brought them. */
  messages(): number;
  type(text: string): Promise<unknown>;
  /** Resolves at the message that completes `text` behind the last call of `mark`. */
  sees(text: string): Promise<void>;
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

/** Connects to a session. */
export async function connectTerminals(origin: string, sessionId: string, token: string): Promise<TerminalSocket> {
  const socket: Socket<LabServerEvents, LabClientEvents> = io(`${origin}${LAB_NAMESPACE}`, {
    transports: ['websocket'],
    auth: { sessionId, token },
    forceNew: true,
    reconnection: false,
  });
  const terminals = new Map<string, (data: Uint8Array, offset: number) => void>();
  await new Promise<void>((resolve, reject) => {
    socket.once('lab:snapshot', () => resolve());
    socket.once('connect_error', reject);
  });
  socket.on('terminal:output', ({ terminalId, offset, data }) => terminals.get(terminalId)?.(data, offset));

  async function open(node: string): Promise<BenchTerminal> {
    let tail = '';
    let received = 0;
    let messages = 0;
    let end = 0;
    let acked = 0;
    let waiting: { text: string; done: () => void } | undefined;
    let seq = 0;
    const writer = `bench-${Math.random().toString(36).slice(2)}-writer`;
    const early: { id: string; data: Uint8Array; offset: number }[] = [];
    const catchEarly = (output: { terminalId: string; offset: number; data: Uint8Array }) =>
      early.push({ id: output.terminalId, data: output.data, offset: output.offset });
    socket.on('terminal:output', catchEarly);
    const opened = await socket.timeout(WAIT_MS).emitWithAck('terminal:open', { node, cols: 160, rows: 50 });
    socket.off('terminal:output', catchEarly);
    if ('error' in opened) throw new Error(opened.error.code);
    const { terminalId } = opened;

    function onOutput(data: Uint8Array, offset: number): void {
      received += data.byteLength;
      messages += 1;
      end = offset + data.byteLength;
      if (end - acked >= ACK_EVERY_BYTES || data.byteLength < 4096) {
        acked = end;
        socket.emit('terminal:ack', { terminalId, offset: end });
      }
      tail = (tail + Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1')).slice(-4096);
      if (waiting !== undefined && tail.includes(waiting.text)) {
        const { done } = waiting;
        waiting = undefined;
        done();
      }
    }

    terminals.set(terminalId, onOutput);
    for (const { id, data, offset } of early) if (id === terminalId) onOutput(data, offset);
    return {
      terminalId,
      received: () => received,
      messages: () => messages,
      mark() {
        tail = '';
      },
      type(text) {
        seq += 1;
        const message = { terminalId, writer, seq, data: Buffer.from(text) };
        // A piece under way when the bench ends is nobody's error.
        return socket
          .timeout(WAIT_MS)
          .emitWithAck('terminal:input', message)
          .catch(() => undefined);
      },
      sees: (text) =>
        new Promise<void>((resolve, reject) => {
          if (tail.includes(text)) return resolve();
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
        await socket.timeout(WAIT_MS).emitWithAck('terminal:attach', { terminalId, offset });
        return performance.now() - started;
      },
      async close() {
        terminals.delete(terminalId);
        return socket.timeout(WAIT_MS).emitWithAck('terminal:close', { terminalId });
      },
    };
  }

  return { open, close: () => void socket.disconnect() };
}
