import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DrydockError,
  type ErrorCode,
  errorSpec,
  SESSION_NAMESPACE,
  type SessionId,
  sessionIdSchema,
  TERMINAL_SOCKET_PATH,
} from '@drydock/protocol';
import { Server } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { EXIT } from '../failure.ts';
import { holdSession } from './open-link.ts';

let http: HttpServer;
let io: Server;
let refusedFor: ErrorCode;
let place: { server: string; sessionId: SessionId; token: string };

/** A server whose terminals' socket opens at once and ends with the first message, and whose session refuses later. */
beforeEach(async () => {
  refusedFor = 'SESSION_NOT_FOUND';
  http = createServer();
  io = new Server(http);
  const terminals = new WebSocketServer({ noServer: true });
  let cut: () => void = () => undefined;
  const wasCut = new Promise<void>((resolve) => {
    cut = resolve;
  });
  http.on('upgrade', (request, socket, head) => {
    if (request.url !== TERMINAL_SOCKET_PATH) return;
    terminals.handleUpgrade(request, socket, head, (made) => {
      made.on('message', () => made.close());
      made.on('close', cut);
    });
  });
  io.of(SESSION_NAMESPACE).use((_, next) => {
    void wasCut.then(() => next(Object.assign(new Error('refused'), { data: new DrydockError(refusedFor).toBody() })));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  place = { server: `http://127.0.0.1:${port}`, sessionId: sessionIdSchema.parse('aaaaaaaa'), token: 'x'.repeat(43) };
});
afterEach(() => io.close());

test('a session that refuses a link is told by its code, also where its terminals’ socket was open before', async () => {
  await expect(holdSession(place)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
});

test('a server that lets nobody in at the moment says why, and is not called out of reach', async () => {
  refusedFor = 'RATE_LIMITED';
  const { message } = errorSpec('RATE_LIMITED');
  await expect(holdSession(place)).rejects.toMatchObject({ code: 'RATE_LIMITED', message, exitCode: EXIT.unavailable });
});
