import { createServer, type Server as HttpServer } from 'node:http';
import {
  AGENT_NAMESPACE,
  AGENT_SOCKET_PATH,
  type AgentFact,
  type AgentHello,
  DrydockError,
  sessionIdSchema,
} from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDispatcher } from './dispatch.ts';
import { createManagerLink, type ManagerLink } from './manager-link.ts';

const KEY = 'k'.repeat(43);
const hello = { version: '1', nodes: [], terminals: [] } as unknown as AgentHello;
const fact = (name: string): AgentFact => ({
  kind: 'node-gone',
  sessionId: sessionIdSchema.parse('abcdefgh'),
  name,
  reason: 'lost',
});

/** A manager's side of the contract, listening on a real port. */
function createFixtureManager() {
  const hellos: AgentHello[] = [];
  const facts: { seq: number; fact: AgentFact }[] = [];
  const sockets: Socket[] = [];
  let http: HttpServer;
  let io: Server;
  const manager = {
    hellos,
    facts,
    sockets,
    key: KEY,
    sessions: ['abcdefgh'],
    async listen(port = 0): Promise<number> {
      http = createServer();
      io = new Server(http, { path: AGENT_SOCKET_PATH });
      const agents = io.of(AGENT_NAMESPACE);
      agents.use((socket, next) => {
        if (socket.handshake.auth.key === manager.key) return next();
        next(Object.assign(new Error('refused'), { data: new DrydockError('AGENT_KEY_REJECTED').toBody() }));
      });
      agents.on('connection', (socket) => {
        sockets.push(socket);
        socket.on('hello', (given, ack) => {
          hellos.push(given);
          ack({ sessions: manager.sessions });
        });
        socket.on('fact', (event) => facts.push(event));
      });
      await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
      return (http.address() as { port: number }).port;
    },
    command: (message: unknown): Promise<unknown> =>
      (sockets.at(-1) as Socket).timeout(2000).emitWithAck('command', message),
    async close() {
      await io.close();
    },
  };
  return manager;
}

let manager: ReturnType<typeof createFixtureManager>;
let link: ManagerLink | undefined;
const warnings: unknown[] = [];
const sessions: (readonly string[])[] = [];
const created: unknown[] = [];

function createLink(port: number): ManagerLink {
  const logger = createLogger('test', 'silent');
  logger.warn = ((fields: unknown, message?: string) => warnings.push([message, fields])) as typeof logger.warn;
  const never = async () => {
    throw new DrydockError('NODE_NOT_FOUND');
  };
  const dispatcher = createDispatcher({
    logger,
    handlers: {
      'node.create': async (request) => {
        created.push(request);
        return { name: request.node } as never;
      },
      'node.destroy': never,
      'session.destroy': async () => {
        throw new Error('a secret of ours');
      },
      'session.network': never,
      'session.rest': never,
      'session.freeze': never,
      'lab.watch': never,
      'lab.probe': never,
      'node.exec': never,
      'terminal.open': never,
      'terminal.attach': never,
      'terminal.detach': never,
      'terminal.input': never,
      'terminal.resize': never,
      'terminal.close': never,
      'terminal.stream': never,
      'stream.open': never,
      'swarm.read': never,
    },
  });
  link = createManagerLink({
    url: `http://127.0.0.1:${port}`,
    name: 'host1',
    readKey: async () => KEY,
    dispatcher,
    describe: async () => () => hello,
    onSessions: (ids) => sessions.push(ids),
    onDisconnected: () => {},
    onViewerAck: () => {},
    logger,
    clock: systemClock,
  });
  link.start();
  return link;
}

const limits = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const create = { sessionId: 'abcdefgh', node: 'node1', index: 1, limits };

beforeEach(() => {
  manager = createFixtureManager();
  for (const list of [warnings, sessions, created]) list.length = 0;
});
afterEach(async () => {
  link?.stop();
  await manager.close();
});

test('the first message is the hello; its answer names the sessions to keep; facts follow numbered from 1', async () => {
  const port = await manager.listen();
  const own = createLink(port);
  own.sendFact(fact('early'));
  await vi.waitFor(() => expect(sessions).toEqual([['abcdefgh']]));
  own.sendFact(fact('node1'));
  own.sendFact(fact('node2'));
  await vi.waitFor(() => expect(manager.facts.map((event) => event.seq)).toEqual([1, 2]));
  expect(manager.facts[0]?.fact).toMatchObject({ name: 'node1' });
  expect(manager.hellos).toEqual([hello]);
});

test('after a break it returns by itself, says hello anew, and keeps nothing of the time between', async () => {
  const port = await manager.listen();
  const own = createLink(port);
  await vi.waitFor(() => expect(own.isConnected()).toBe(true));
  await manager.close();
  await vi.waitFor(() => expect(own.isConnected()).toBe(false));
  own.sendFact(fact('lost'));
  manager.hellos.length = 0;
  await manager.listen(port);
  await vi.waitFor(() => expect(manager.hellos).toHaveLength(1), { timeout: 8000 });
  own.sendFact(fact('node1'));
  await vi.waitFor(() => expect(manager.facts.map((event) => event.seq)).toEqual([1]));
});

test('a refused key is said once, clearly, and not hammered', async () => {
  manager.key = 'other';
  const port = await manager.listen();
  createLink(port);
  await vi.waitFor(() => expect(warnings).toHaveLength(1));
  expect(warnings[0]).toMatchObject(['the manager refuses this agent', { code: 'AGENT_KEY_REJECTED' }]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(warnings).toHaveLength(1);
  expect(manager.hellos).toEqual([]);
});

test('a command that is sent twice is carried out once and answered twice', async () => {
  createLink(await manager.listen());
  await vi.waitFor(() => expect(sessions).toHaveLength(1));
  const message = { id: 'c1', name: 'node.create', request: create };
  expect(await Promise.all([manager.command(message), manager.command(message)])).toEqual([
    { name: 'node1' },
    { name: 'node1' },
  ]);
  expect(created).toHaveLength(1);
  await manager.command({ ...message, id: 'c2' });
  expect(created).toHaveLength(2);
});

test('every wrong or failing command is answered with an error of the registry, without our insides', async () => {
  createLink(await manager.listen());
  await vi.waitFor(() => expect(sessions).toHaveLength(1));
  const code = async (message: unknown) => ((await manager.command(message)) as { error: { code: string } }).error.code;
  expect(await code('nonsense')).toBe('BAD_REQUEST');
  expect(await code({ id: '1', name: 'node.explode', request: {} })).toBe('BAD_REQUEST');
  expect(await code({ id: '2', name: 'node.create', request: { ...create, node: '../etc' } })).toBe('BAD_REQUEST');
  expect(await code({ id: '3', name: 'node.destroy', request: { sessionId: 'abcdefgh', node: 'x' } })).toBe(
    'NODE_NOT_FOUND',
  );
  const failed = await manager.command({ id: '4', name: 'session.destroy', request: { sessionId: 'abcdefgh' } });
  expect(failed).toMatchObject({ error: { code: 'INTERNAL' } });
  expect(JSON.stringify(failed)).not.toContain('secret');
  expect(created).toEqual([]);
});
