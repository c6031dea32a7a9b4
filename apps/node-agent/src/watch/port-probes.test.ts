import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { type NodePort, type SessionId, sessionIdSchema } from '@drydock/protocol';
import { createManualClock, systemClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPortProbes, MAX_A_MINUTE, type PortProbes } from './port-probes.ts';

const SESSION = sessionIdSchema.parse('abcdefgh');
let servers: Server[];
let asked: number[];
let guesses: number;
let probes: PortProbes;
const real = new Map<number, number>();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const port = (number: number, more: Partial<NodePort> = {}): NodePort => ({
  port: number,
  protocol: 'tcp',
  source: 'process',
  ...more,
});

beforeEach(() => {
  servers = [];
  asked = [];
  guesses = 0;
  real.clear();
  probes = createPortProbes({
    clock: systemClock,
    onGuess: () => {
      guesses += 1;
    },
    connect: (_session, _node, number) =>
      new Promise<Socket>((resolve, reject) => {
        asked.push(number);
        const socket = connect(real.get(number) ?? 1, '127.0.0.1', () => resolve(socket)).once('error', reject);
      }),
  });
});
afterEach(() => {
  probes.forget(SESSION, 'node1');
  for (const server of servers) server.close();
});

async function serve(as: number, server: Server): Promise<void> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  real.set(as, (server.address() as AddressInfo).port);
}
const web = (title: string) => createHttp((_request, response) => void response.end(`<title>${title}</title>`));

test('a new port is asked once, however often the list comes', async () => {
  await serve(8080, web('One'));
  expect(probes.update(SESSION, 'node1', [port(8080)])).toEqual([port(8080)]);
  for (let time = 0; time < 5; time += 1) probes.update(SESSION, 'node1', [port(8080)]);
  await expect.poll(() => guesses).toBe(1);
  expect(probes.update(SESSION, 'node1', [port(8080)])).toEqual([port(8080, { scheme: 'http', title: 'One' })]);
  await sleep(300);
  expect(asked).toEqual([8080]);
});

test('databases and programs that serve one connection are never asked', async () => {
  const list = [port(5432), port(6379), port(9999, { label: 'nc' }), port(8125, { protocol: 'udp' })];
  expect(probes.update(SESSION, 'node1', list).map(({ scheme }) => scheme)).toEqual([
    'other',
    'other',
    undefined,
    undefined,
  ]);
  await sleep(400);
  expect(asked).toEqual([]);
});

test('a port that closes is forgotten before it is asked; one that comes back under another name is asked anew', async () => {
  probes.update(SESSION, 'node1', [port(8080)]);
  probes.update(SESSION, 'node1', []);
  await sleep(300);
  expect(asked).toEqual([]);
  await serve(8081, web('First'));
  probes.update(SESSION, 'node1', [port(8081)]);
  probes.update(SESSION, 'node1', [port(8081, { label: 'web' })]);
  await expect.poll(() => guesses).toBe(1);
  expect(asked).toEqual([8081]);
  await serve(8081, web('Second'));
  probes.update(SESSION, 'node1', [port(8081, { label: 'other' })]);
  await expect.poll(() => guesses).toBe(2);
  expect(probes.update(SESSION, 'node1', [port(8081, { label: 'other' })])[0]).toMatchObject({ title: 'Second' });
});

test('a program that is silent while it starts is asked again, and found', async () => {
  let ready = false;
  const app = web('Up');
  await serve(
    8080,
    createTcp((socket) => {
      socket.on('error', () => {});
      if (ready) app.emit('connection', socket);
      else socket.destroy();
    }),
  );
  probes.update(SESSION, 'node1', [port(8080)]);
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(1);
  expect(guesses).toBe(0);
  ready = true;
  await expect
    .poll(() => probes.update(SESSION, 'node1', [port(8080)])[0], { timeout: 6000 })
    .toMatchObject({
      scheme: 'http',
      title: 'Up',
    });
}, 10_000);

test('a node that opens many ports is asked two at a time', async () => {
  let open = 0;
  let most = 0;
  const slow = createTcp((socket) => {
    open += 1;
    most = Math.max(most, open);
    socket
      .on('error', () => {})
      .once('close', () => {
        open -= 1;
      });
    socket.once('data', () => setTimeout(() => socket.end('HTTP/1.1 200 OK\r\n\r\n'), 50));
  });
  await serve(1000, slow);
  const list = Array.from({ length: 12 }, (_, at) => port(10_000 + at));
  for (const { port: number } of list) real.set(number, real.get(1000) ?? 1);
  probes.update(SESSION, 'node1', list);
  await expect.poll(() => guesses, { timeout: 10_000 }).toBe(12);
  expect(most).toBeLessThanOrEqual(2);
}, 15_000);

test('a session that opens ports without end is asked so many times a minute, and others as ever', async () => {
  const clock = createManualClock();
  const other = sessionIdSchema.parse('hgfedcba');
  const count = new Map<SessionId, number>();
  const bounded = createPortProbes({
    clock,
    onGuess: () => {},
    connect: (session) => {
      count.set(session, (count.get(session) ?? 0) + 1);
      return Promise.reject(new Error('closed again'));
    },
  });
  let next = 10_000;
  /** Two nodes close their ports and open others, of which all could be asked by then. */
  const turn = async () => {
    for (const node of ['node1', 'node2']) bounded.update(SESSION, node, [port(next++), port(next++)]);
    for (const ms of [150, 50]) {
      clock.advance(ms);
      await new Promise(setImmediate);
    }
  };
  for (let time = 0; time < 250; time += 1) await turn();
  expect(count.get(SESSION)).toBe(MAX_A_MINUTE);
  bounded.update(other, 'node1', [port(8080)]);
  await turn();
  expect(count.get(other)).toBe(1);
  clock.advance(60_000);
  await turn();
  expect(count.get(SESSION)).toBeGreaterThan(MAX_A_MINUTE);
});
