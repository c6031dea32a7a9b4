import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import { batchFrames } from '@drydock/service-kit';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';

const COUNT = 200;
const inOrder = Array.from({ length: COUNT }, (_, index) => index);

let http: HttpServer;
let server: Server;
let client: Socket;

beforeEach(async () => {
  http = createServer();
  server = new Server(http, { transports: ['websocket'] });
  server.engine.on('connection', batchFrames);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true, reconnection: false });
  client.io.on('open', () => batchFrames(client.io.engine));
  await new Promise<void>((resolve) => client.once('connect', resolve));
});
afterEach(async () => {
  client.disconnect();
  await server.close();
});

/** Counts how often a stream hands something to the kernel. */
function countWrites(given: unknown): { count: number } {
  const stream = given as NetSocket & Required<Pick<NetSocket, '_writev'>>;
  const writes = { count: 0 };
  for (const name of ['_write', '_writev'] as const) {
    const original = stream[name].bind(stream) as (...args: unknown[]) => void;
    Object.assign(stream, {
      [name]: (...args: unknown[]) => {
        writes.count += 1;
        original(...args);
      },
    });
  }
  return writes;
}

function serverSide() {
  const socket = server.sockets.sockets.values().next().value;
  if (socket === undefined) throw new Error('nobody is connected');
  return socket;
}
const serverStream = () => (serverSide().conn.transport as unknown as { socket: { _socket: unknown } }).socket._socket;
const clientStream = () => (client.io.engine.transport as unknown as { ws: { _socket: unknown } }).ws._socket;

function collect(target: unknown) {
  const got: number[] = [];
  const done = new Promise<void>((resolve) => {
    (target as Socket).on('bytes', (index: number, data: Uint8Array) => {
      if (data.byteLength === 10) got.push(index);
      if (got.length === COUNT) resolve();
    });
  });
  return { got, done };
}

test('messages of one turn come in order, with their bytes, by few writes of the server', async () => {
  const { got, done } = collect(client);
  const writes = countWrites(serverStream());
  for (const index of inOrder) server.emit('bytes', index, Buffer.alloc(10));
  await done;
  expect(got).toEqual(inOrder);
  expect(writes.count).toBeLessThan(10);
});

test('the same of the client', async () => {
  const { got, done } = collect(serverSide());
  const writes = countWrites(clientStream());
  for (const index of inOrder) client.emit('bytes', index, Buffer.alloc(10));
  await done;
  expect(got).toEqual(inOrder);
  expect(writes.count).toBeLessThan(10);
});

test('what is sent before a close arrives before it', async () => {
  const { got, done } = collect(client);
  const closed = new Promise<void>((resolve) => client.once('disconnect', () => resolve()));
  for (const index of inOrder) server.emit('bytes', index, Buffer.alloc(10));
  server.disconnectSockets(true);
  await Promise.all([done, closed]);
  expect(got).toEqual(inOrder);
});
