/** A page's terminal socket without a browser: calls, binary frames, what came of each terminal, and whatever a test wants to send. */
import { once } from 'node:events';
import { type ApiError, createTerminalWire } from '@drydock/client';
import { TERMINAL_SOCKET_PATH, type TerminalCall } from '@drydock/protocol';
import { type ClientOptions, WebSocket } from 'ws';

/** Numbers that the wire does not come to. */
const FIRST_TEXT_CALL = 2 ** 31;

type Answer = Record<string, unknown> & { error?: ApiError };

export interface TestTerminalSocket {
  readonly socket: WebSocket;
  call(name: TerminalCall, request: object): Promise<Answer>;
  /** The same as text, whatever the call: what no client of ours sends. */
  textCall(name: string, request: object): Promise<Answer>;
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
  const events: { event: string; message: unknown }[] = [];
  const offsets = new Map<string, number>();
  let text = '';
  const wire = createTerminalWire({
    send: (data) => socket.send(data),
    onEvent: (event) => events.push(event),
    onOutput({ terminalId, offset, data }) {
      const expected = offsets.get(terminalId);
      if (expected !== undefined && expected !== offset) throw new Error(`gap: ${offset} instead of ${expected}`);
      offsets.set(terminalId, offset + data.byteLength);
      text += Buffer.from(data).toString();
    },
  });
  const asText = new Map<number, (answer: Answer) => void>();
  socket.on('message', (raw, isBinary) => {
    if (isBinary) return wire.receive(raw as Buffer);
    const text = (raw as Buffer).toString();
    const { call, error, answer } = JSON.parse(text);
    const done = asText.get(call);
    if (done === undefined) wire.receive(text);
    else done(error === undefined ? answer : { error });
  });
  const closed = new Promise<[number, string]>((resolve) => {
    socket.once('close', (code, reason) => resolve([code, reason.toString()]));
  });
  await once(socket, 'open');
  if (auth !== undefined) socket.send(JSON.stringify(auth));

  /** A refusal is an answer here. */
  const answered = (call: Promise<object>): Promise<Answer> =>
    (call as Promise<Answer>).catch((error: ApiError) => ({ error }));
  return {
    socket,
    call: (name, request) => answered(wire.call(name, request as never)),
    textCall: (name, request) =>
      new Promise((resolve) => {
        const call = FIRST_TEXT_CALL + asText.size;
        asText.set(call, resolve);
        socket.send(JSON.stringify({ call, name, request }));
      }),
    type: (terminalId, seq, typed) =>
      answered(wire.call('terminal:input', { terminalId, writer: 'writer-0001', seq, data: Buffer.from(typed) })),
    send: (data) => socket.send(data),
    text: () => text,
    events,
    closed,
    close: () => socket.terminate(),
  };
}
