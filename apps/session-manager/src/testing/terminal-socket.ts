/** A page's terminal socket without a browser: calls, binary frames, and what came of each terminal. */
import { once } from 'node:events';
import {
  decodeTerminalFrame,
  encodeTerminalFrame,
  TERMINAL_SOCKET_PATH,
  type TerminalSocketText,
} from '@drydock/protocol';
import { type ClientOptions, WebSocket } from 'ws';

type Answer = Record<string, unknown> & { error?: { code: string } };

export interface TestTerminalSocket {
  readonly socket: WebSocket;
  call(name: string, request: object): Promise<Answer>;
  /** Types by a binary frame. */
  type(terminalId: string, seq: number, text: string): Promise<Answer>;
  send(data: string | Uint8Array): void;
  /** What came of all terminals; a gap or an overlap throws where it is seen. */
  text(): string;
  readonly events: { event: string; message: unknown }[];
  /** Why it was closed: the code, and the reason. */
  readonly closed: Promise<[code: number, reason: string]>;
  close(): void;
}

/** Connects; with `auth` the first message is sent at once. @throws when the upgrade is refused. */
export async function openTerminalSocket(
  origin: string,
  auth: object | undefined,
  options: ClientOptions = {},
): Promise<TestTerminalSocket> {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${TERMINAL_SOCKET_PATH}`, options);
  const waiting = new Map<number, (answer: Answer) => void>();
  const events: { event: string; message: unknown }[] = [];
  const offsets = new Map<string, number>();
  let text = '';
  let number = 0;

  function settle(call: number, answer: Answer): void {
    waiting.get(call)?.(answer);
    waiting.delete(call);
  }

  socket.on('message', (raw, isBinary) => {
    if (!isBinary) {
      const message = JSON.parse((raw as Buffer).toString()) as TerminalSocketText;
      if ('event' in message) events.push(message);
      else if ('error' in message) settle(message.call, { error: message.error });
      else settle(message.call, message.answer as Answer);
      return;
    }
    const frame = decodeTerminalFrame(raw as Buffer);
    if (frame?.kind === 'taken') settle(frame.call, {});
    if (frame?.kind !== 'output') return;
    const { terminalId, offset, data } = frame.output;
    const expected = offsets.get(terminalId);
    if (expected !== undefined && expected !== offset) throw new Error(`gap: ${offset} instead of ${expected}`);
    offsets.set(terminalId, offset + data.byteLength);
    text += Buffer.from(data).toString();
  });
  const closed = new Promise<[number, string]>((resolve) => {
    socket.once('close', (code, reason) => resolve([code, reason.toString()]));
  });
  await once(socket, 'open');
  if (auth !== undefined) socket.send(JSON.stringify(auth));

  return {
    socket,
    call: (name, request) =>
      new Promise((resolve) => {
        number += 1;
        waiting.set(number, resolve);
        socket.send(JSON.stringify({ call: number, name, request }));
      }),
    type: (terminalId, seq, typed) =>
      new Promise((resolve) => {
        number += 1;
        waiting.set(number, resolve);
        const input = { terminalId, writer: 'writer-0001', seq, data: Buffer.from(typed) };
        socket.send(encodeTerminalFrame({ kind: 'input', call: number, input }));
      }),
    send: (data) => socket.send(data),
    text: () => text,
    events,
    closed,
    close: () => socket.terminate(),
  };
}
