import { decodeTerminalFrame, encodeTerminalFrame, sessionIdSchema } from '@drydock/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { SessionConnection } from '../session/session-connection.ts';
import type { PlainSocket } from '../session/socket.ts';
import { createTerminalLink } from './link.ts';
import type { TerminalLink } from './types.ts';

const terminalId = 'taaaaaaaaaaaaaaa';

class Emitter {
  private readonly listeners = new Map<string, (() => void)[]>();
  on = (event: string, listener: () => void) =>
    void this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  emit(event: string): void {
    for (const listener of this.listeners.get(event) ?? []) listener();
  }
}

/** The workbench's own connection, as far as the link looks at it. */
class Workbench extends Emitter {
  readonly io = new Emitter();
  connected = false;
  readonly calls: string[] = [];
  call = async (name: string) => {
    this.calls.push(name);
    return {};
  };

  open(): void {
    this.io.emit('open');
    this.connected = true;
    this.emit('connect');
  }

  close(): void {
    this.connected = false;
    this.emit('disconnect');
    this.io.emit('close');
  }
}

let server: WebSocketServer;
let workbench: Workbench;
let link: TerminalLink;
let sockets: WebSocket[];
let received: unknown[];
let seen: boolean[];

beforeEach(async () => {
  sockets = [];
  received = [];
  seen = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (raw, isBinary) => {
      const data = raw as Buffer;
      received.push(isBinary ? decodeTerminalFrame(data) : JSON.parse(data.toString()));
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  workbench = new Workbench();
  link = createTerminalLink({
    connection: { socket: workbench, call: workbench.call } as unknown as SessionConnection,
    sessionId: sessionIdSchema.parse('abcdefgh'),
    token: 'secret',
    server: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    openSocket: (url) => new WebSocket(url) as unknown as PlainSocket,
  });
  link.onConnection((connected) => seen.push(connected));
});

afterEach(() => {
  workbench.close();
  for (const socket of sockets) socket.terminate();
  server.close();
});

async function opened(): Promise<WebSocket> {
  const count = sockets.length;
  await expect.poll(() => sockets.length > count && link.isConnected(), { timeout: 5000 }).toBe(true);
  return sockets.at(-1) as WebSocket;
}

test('T-21: says first whose it is, and makes calls without waiting for an answer', async () => {
  workbench.open();
  const answer = link.call('terminal:attach', { terminalId, offset: 7 });
  const socket = await opened();
  await expect.poll(() => received.length).toBe(2);
  const call = { call: 1, name: 'terminal:attach', request: { terminalId, offset: 7 } };
  expect(received).toEqual([{ sessionId: 'abcdefgh', token: 'secret' }, call]);
  socket.send(JSON.stringify({ call: 1, answer: { offset: 7, cols: 80, rows: 24 } }));
  expect(await answer).toMatchObject({ offset: 7 });
  expect(workbench.calls).toEqual([]);
});

test('T-20: bytes go and come as binary frames, refusals with their code, and other calls by the workbench’s connection', async () => {
  workbench.open();
  const socket = await opened();
  const output = vi.fn();
  link.subscribe(terminalId, { onOutput: output, onScreen: vi.fn(), onSize: vi.fn(), onExit: vi.fn() });
  const typed = link.call('terminal:input', { terminalId, writer: 'writer-1', seq: 1, data: Buffer.from('ü') });
  await expect.poll(() => received.length).toBe(2);
  const input = { terminalId, writer: 'writer-1', seq: 1 };
  expect(received[1]).toMatchObject({ kind: 'input', call: 1, input });
  socket.send(encodeTerminalFrame({ kind: 'output', output: { terminalId, offset: 2 ** 40, data: Buffer.from('ü') } }));
  socket.send(encodeTerminalFrame({ kind: 'taken', call: 1 }));
  expect(await typed).toEqual({});
  expect(output).toHaveBeenCalledWith({ terminalId, offset: 2 ** 40, data: new Uint8Array([0xc3, 0xbc]) });
  const refused = link.call('terminal:close', { terminalId });
  const error = { code: 'FORBIDDEN', message: 'no', retry: 'never' };
  socket.send(JSON.stringify({ call: 2, error }));
  await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await link.call('session:ping', {});
  expect(workbench.calls).toEqual(['session:ping']);
});

test('T-23: a break fails what waits, and the socket comes back within the workbench’s connection', async () => {
  workbench.open();
  const socket = await opened();
  const waiting = link.call('terminal:attach', { terminalId, offset: 0 });
  // One that said something is no failure.
  socket.send(JSON.stringify({ event: 'terminal:size', message: { terminalId, cols: 1, rows: 1 } }));
  await expect.poll(() => received.length).toBe(2);
  socket.terminate();
  await expect(waiting).rejects.toMatchObject({ code: 'NETWORK' });
  await opened();
  expect(seen).toEqual([true, false, true]);
});

test('T-23: where no socket can be had the workbench’s connection carries the terminals, and is asked again when it is new', async () => {
  server.on('connection', (socket) => socket.terminate());
  workbench.open();
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
  // The second socket may still be open for a moment: its calls fail.
  const attach = () => link.call('terminal:attach', { terminalId, offset: 0 }).catch(() => undefined);
  await expect.poll(() => attach().then(() => workbench.calls)).toEqual(['terminal:attach']);
  server.removeAllListeners('connection');
  server.on('connection', (socket) => sockets.push(socket));
  workbench.close();
  expect(link.isConnected()).toBe(false);
  await expect(link.call('terminal:attach', { terminalId, offset: 0 })).rejects.toMatchObject({ code: 'NETWORK' });
  workbench.open();
  await opened();
  void link.call('terminal:attach', { terminalId, offset: 0 }).catch(() => undefined);
  expect(workbench.calls).toHaveLength(1);
});
