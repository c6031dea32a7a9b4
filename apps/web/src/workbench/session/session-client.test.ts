import { DrydockError, type SessionSnapshot } from '@drydock/protocol';
import { Server } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSessionClient, type SessionClient } from './session-client.ts';
import { createWorkbenchStore, type WorkbenchStore } from './workbench-store.ts';

const limits = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const snapshot: SessionSnapshot = {
  ...{ seq: 1, right: 'owner', terminals: [], ports: {}, people: [], swarm: { view: null, problem: null } },
  session: {
    ...{ id: 'abcdefgh', name: null, state: 'active', createdAt: 0, expiresAt: 1, now: 0, nodes: [] },
    ...{ limits: { nodes: 8, node: limits }, capabilities: null, template: null },
  },
};

let io: Server;
let store: WorkbenchStore;
let client: SessionClient | undefined;
let connections = 0;

beforeEach(() => {
  connections = 0;
  io = new Server(0);
  io.of('/session').use((socket, next) => {
    if (socket.handshake.auth.token === 'good') return next();
    next(Object.assign(new Error('refused'), { data: new DrydockError('SESSION_NOT_FOUND').toBody() }));
  });
  io.of('/session').on('connection', (socket) => {
    connections += 1;
    socket.emit('session:snapshot', snapshot);
    socket.on('session:ping', (_request, answer) => answer({}));
    socket.on('terminal:close', (_request, answer) => answer({ error: new DrydockError('FORBIDDEN').toBody() }));
  });
  store = createWorkbenchStore();
});

afterEach(async () => {
  client?.dispose();
  await io.close();
});

function connect(token: string): SessionClient {
  const { port } = io.httpServer.address() as { port: number };
  const origin = `http://127.0.0.1:${port}`;
  client = createSessionClient({ store, origin, sessionId: 'abcdefgh', token });
  client.start();
  return client;
}

function reached(kind: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => store.getState().connection.kind === kind && resolve();
    store.subscribe(look);
    look();
  });
}

test('a good link brings the snapshot and a measured connection', async () => {
  connect('good');
  await reached('online');
  expect(store.getState().data?.session.id).toBe('abcdefgh');
  await expect.poll(() => store.getState().latencyMs).not.toBeNull();
});

test('a link that opens nothing is refused once and not tried again', async () => {
  connect('bad');
  await reached('refused');
  expect(store.getState().connection).toMatchObject({ code: 'SESSION_NOT_FOUND' });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(store.getState().connection.kind).toBe('refused');
});

test('a broken connection comes back by itself and keeps what was known meanwhile', async () => {
  connect('good');
  await reached('online');
  io.of('/session').disconnectSockets(true);
  await reached('offline');
  expect(store.getState().data).not.toBeNull();
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
  expect(store.getState().connection).toEqual({ kind: 'ended', reason: 'expired' });
  expect(connections).toBe(1);
});
