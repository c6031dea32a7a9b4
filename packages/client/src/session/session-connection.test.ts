import { DrydockError, errorSpec, type SessionSnapshot, sessionIdSchema } from '@drydock/protocol';
import { Server } from 'socket.io';
import { io as connectSocket } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Connection, createSessionConnection, type SessionConnection } from './session-connection.ts';

const limits = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const snapshot: SessionSnapshot = {
  seq: 1,
  right: 'owner',
  terminals: [],
  ports: {},
  people: [],
  swarm: { view: null, problem: null },
  session: {
    id: sessionIdSchema.parse('abcdefgh'),
    name: null,
    state: 'active',
    createdAt: 0,
    expiresAt: 1,
    now: 0,
    nodes: [],
    limits: { nodes: 8, node: limits },
    features: null,
    template: null,
  },
};

let io: Server;
let client: SessionConnection | undefined;
let known: SessionSnapshot | undefined;
let latency: number | undefined;
let connection: Connection;
let onConnection: (() => void)[];
let connections = 0;
/** Of those who come too often. */
let refusals = 0;
/** How long they are told to wait (ms): longer than a first wait ever is. */
const TOLD_MS = 700;

beforeEach(() => {
  connections = 0;
  refusals = 0;
  io = new Server(0);
  io.of('/session').use((socket, next) => {
    const { token } = socket.handshake.auth;
    if (token === 'good') return next();
    if (token === 'busy' && ++refusals === 1) {
      const error = new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: TOLD_MS });
      return next(Object.assign(new Error('refused'), { data: error.toBody() }));
    }
    if (token === 'busy') return next();
    next(Object.assign(new Error('refused'), { data: new DrydockError('SESSION_NOT_FOUND').toBody() }));
  });
  io.of('/session').on('connection', (socket) => {
    connections += 1;
    socket.emit('session:snapshot', snapshot);
    socket.on('session:ping', (_request, answer) => answer({}));
    socket.on('terminal:close', (_request, answer) => answer({ error: new DrydockError('FORBIDDEN').toBody() }));
  });
  known = undefined;
  latency = undefined;
  connection = { kind: 'connecting' };
  onConnection = [];
});

afterEach(async () => {
  client?.dispose();
  await io.close();
});

function connect(token: string): SessionConnection {
  const { port } = io.httpServer.address() as { port: number };
  client = createSessionConnection({
    sink: {
      connection(next) {
        connection = next;
        for (const listener of onConnection) listener();
      },
      snapshot: (snapshot) => {
        known = snapshot;
      },
      change: () => undefined,
      latency: (ms) => {
        latency = ms;
      },
    },
    server: `http://127.0.0.1:${port}`,
    sessionId: sessionIdSchema.parse('abcdefgh'),
    token,
    connect: connectSocket,
  });
  client.start();
  return client;
}

function reached(kind: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => connection.kind === kind && resolve();
    onConnection.push(look);
    look();
  });
}

test('a good link brings the snapshot and a measured connection', async () => {
  connect('good');
  await reached('online');
  expect(known?.session.id).toBe('abcdefgh');
  await expect.poll(() => latency).toBeGreaterThan(0);
});

test('a link that opens nothing is refused once and not tried again', async () => {
  connect('bad');
  await reached('refused');
  expect(connection).toMatchObject({ code: 'SESSION_NOT_FOUND' });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(connection.kind).toBe('refused');
});

test('who comes too often is told so by the server’s own code, and comes again when it says', async () => {
  connect('busy');
  await reached('offline');
  expect(connection).toMatchObject({ refusal: { code: 'RATE_LIMITED', message: errorSpec('RATE_LIMITED').message } });
  const { since, retryAt } = connection as { since: number; retryAt: number };
  expect(retryAt - since).toBeGreaterThanOrEqual(TOLD_MS);
  await reached('online');
  io.of('/session').disconnectSockets(true);
  await reached('offline');
  expect(connection).not.toHaveProperty('refusal');
});

test('a broken connection comes back by itself', async () => {
  connect('good');
  await reached('online');
  io.of('/session').disconnectSockets(true);
  await reached('offline');
  await reached('online');
  expect(connections).toBe(2);
});

test('a missed change fetches a new snapshot', async () => {
  connect('good');
  await reached('online');
  io.of('/session').emit('session:change', {
    seq: 5,
    change: { kind: 'terminal-gone', terminalId: 'taaaaaaaaaaaaaaa' },
  });
  await expect.poll(() => connections).toBe(2);
});

test('an error answer is thrown with its code', async () => {
  const { call } = connect('good');
  await reached('online');
  await expect(call('terminal:close', { terminalId: 'taaaaaaaaaaaaaaa' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a call without a connection fails at once instead of waiting in a queue', async () => {
  const { call } = connect('bad');
  await reached('refused');
  await expect(call('session:ping', {})).rejects.toMatchObject({ code: 'NETWORK' });
});

test('the end of a session stops all attempts to come back', async () => {
  connect('good');
  await reached('online');
  io.of('/session').emit('session:ended', { reason: 'expired' });
  await reached('ended');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(connection).toEqual({ kind: 'ended', reason: 'expired' });
  expect(connections).toBe(1);
});
