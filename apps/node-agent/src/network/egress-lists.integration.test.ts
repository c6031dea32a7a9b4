/** The operator's own networks and names, and how often a session may ask its gateway, in real namespaces. */
import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import dnsPacket from 'dns-packet';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type NetworkWorld, openNetworkWorld, sh } from '../testing/network/network-world.ts';
import { sessionNetnsPath } from './addresses.ts';
import { GATEWAY_RATES } from './egress.ts';
import type { EgressLists } from './egress-lists.ts';

/** Names that the played resolver knows; their addresses are filled in with the world's. */
const zone = new Map<string, string>();
const alias = new Map([['alias.example.org', 'banned.example.net']]);
const networks: { denied: string[]; allowed: string[] } = { denied: [], allowed: ['10.255.64.0/20'] };
const lists: EgressLists = {
  denied: { networks: networks.denied, names: ['banned.example.net'] },
  allowed: { networks: networks.allowed, names: ['packages.example.org'] },
};
/** Queries that reached the played resolver. */
let asked = 0;
const upstream = {
  async ask(query: Buffer) {
    asked += 1;
    const { id = 0, questions = [] } = dnsPacket.decode(query);
    const asks = questions[0]?.name.toLowerCase() ?? '';
    const target = alias.get(asks);
    const answers: dnsPacket.Answer[] = target ? [{ type: 'CNAME', name: asks, ttl: 1, data: target }] : [];
    const data = zone.get(target ?? asks);
    if (data !== undefined) answers.push({ type: 'A', name: target ?? asks, ttl: 1, data });
    return dnsPacket.encode({ type: 'response', id, questions, answers });
  },
};
let world: NetworkWorld;
/** Queries that a client sends before it waits; 8 KiB may wait at the server. */
const PIPELINED = 100;
/** Of an answer over TCP, with its length before it. */
const ANSWER_BYTES = 70;

beforeAll(async () => {
  world = await openNetworkWorld(undefined, lists, upstream);
  zone.set('packages.example.org', world.publicAddress);
  zone.set('inside.packages.example.org', '169.254.169.254');
  zone.set('other.example.org', world.publicAddress);
  zone.set('banned.example.net', world.publicAddress);
});
afterEach(() => world.reset());
afterAll(() => world.close());

async function resolve(pid: number, name: string): Promise<dnsPacket.DecodedPacket & { rcode?: string }> {
  const socket = await world.sockets.bindUdp({ path: `/proc/${pid}/ns/net` }, '0.0.0.0', 0);
  socket.send(dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] }), 53, '192.168.0.1');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return dnsPacket.decode(answer);
}

test('an allowed network is open in spite of being private, and a denied one is closed, whatever is allowed', async () => {
  const open = await world.node(await world.session(), 1);
  expect(await world.connect(open, world.privateAddress, 80)).toBe('connected');
  expect(await world.connect(open, world.publicAddress, 80)).toBe('connected');
  const mirrorOnly = await world.node(await world.session('mirror-only'), 1);
  expect(await world.connect(mirrorOnly, world.privateAddress, 80)).toBe('connected');
  expect(await world.connect(mirrorOnly, world.privateAddress, 25)).toBe('ECONNREFUSED');
  const none = await world.node(await world.session('none'), 1);
  expect(await world.connect(none, world.privateAddress, 80)).toBe('ECONNREFUSED');

  networks.denied.push(world.privateAddress, world.publicAddress);
  const closed = await world.node(await world.session(), 1);
  for (const address of [world.privateAddress, world.publicAddress])
    expect(await world.connect(closed, address, 80)).toBe('ECONNREFUSED');
  networks.denied.length = 0;
});

test('with mirror-only an allowed name opens what it leads to, and nothing special; other names are unknown', async () => {
  const id = await world.session('mirror-only');
  const pid = await world.node(id, 1);
  expect(await world.connect(pid, world.publicAddress, 80)).toBe('ECONNREFUSED');
  expect(await resolve(pid, 'other.example.org')).toMatchObject({ rcode: 'NXDOMAIN' });
  expect(await world.connect(pid, world.publicAddress, 80)).toBe('ECONNREFUSED');
  expect((await resolve(pid, 'Packages.example.ORG')).answers).toHaveLength(1);
  expect(await world.connect(pid, world.publicAddress, 80)).toBe('connected');
  // Its owner may say what they like of their names: the metadata service stays closed.
  expect((await resolve(pid, 'inside.packages.example.org')).answers).toHaveLength(1);
  expect(await world.connect(pid, '169.254.169.254', 80)).toBe('ECONNREFUSED');
  const set = sh(`nsenter --net=${sessionNetnsPath(id)} nft list set inet session named`);
  expect(set).toMatch(new RegExp(`${world.publicAddress.replaceAll('.', '\\.')} timeout 5m`));
  // Asked again and again it is one element.
  for (let round = 0; round < 20; round += 1) await resolve(pid, 'packages.example.org');
  expect(await world.connect(pid, world.publicAddress, 80)).toBe('connected');
});

test('a denied name is unknown, also by an alias', async () => {
  const pid = await world.node(await world.session(), 1);
  expect((await resolve(pid, 'other.example.org')).answers).toHaveLength(1);
  for (const name of ['banned.example.net', 'www.banned.example.net', 'alias.example.org'])
    expect(await resolve(pid, name), name).toMatchObject({ rcode: 'NXDOMAIN', answers: [] });
});

test('a session that floods its name server is cut to the rate, counted, and its neighbour is answered', async () => {
  const [noisy, quiet] = [await world.session(), await world.session()];
  const [flooder, other] = [await world.node(noisy, 1), await world.node(quiet, 1)];
  const { perSecond, burst } = GATEWAY_RATES.queries;
  const sends = 6 * burst;
  const query = dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'other.example.org' }] });
  const socket = await world.sockets.bindUdp({ path: `/proc/${flooder}/ns/net` }, '0.0.0.0', 0);
  asked = 0;
  const began = performance.now();
  // One socket: to the kernel one connection, which a rule after "established" would never see.
  for (let sent = 0; sent < sends; sent += 1) await new Promise((done) => socket.send(query, 53, '192.168.0.1', done));
  expect((await resolve(other, 'other.example.org')).answers).toHaveLength(1);
  socket.close();
  const seconds = (performance.now() - began) / 1000;
  expect(asked).toBeLessThanOrEqual(burst + perSecond * (seconds + 1));
  expect(asked).toBeLessThan(sends);
  await world.networks.countRefusals(noisy);
  expect(world.refused.get(noisy)?.over_rate).toBeGreaterThan(0);
});

test('queries over one TCP connection are bounded as those over UDP are', async () => {
  const pid = await world.node(await world.session(), 1);
  const query = dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'other.example.org' }] });
  const framed = Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]);
  // Many in one packet, so that it is the server that counts: a rule counts packets.
  const many = Buffer.concat(Array.from({ length: PIPELINED }, () => framed));
  const { burst, perSecond } = GATEWAY_RATES.queries;
  asked = 0;
  const began = performance.now();
  const socket = await world.sockets.connectTcp({ path: `/proc/${pid}/ns/net` }, '192.168.0.1', 53, 1000);
  // These sockets may be half open: the end is the server's.
  const closed = new Promise((done) => socket.on('error', done).on('end', done));
  let received = 0;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (asked < 8 * burst && received === asked * ANSWER_BYTES) socket.write(many);
  });
  socket.write(many);
  await closed;
  socket.destroy();
  expect(asked).toBeGreaterThanOrEqual(burst);
  expect(asked).toBeLessThan(8 * burst);
  expect(asked).toBeLessThanOrEqual(burst + perSecond * ((performance.now() - began) / 1000 + 1));
});

test('a session that opens connection after connection to its mirror, or asks too often on one, is cut to the rate', async () => {
  const id = await world.session();
  const pid = await world.node(id, 1);
  const { burst } = GATEWAY_RATES.connections;
  const answers = await Promise.all(Array.from({ length: 3 * burst }, () => world.connect(pid, '192.168.0.1', 5000)));
  const made = answers.filter((answer) => answer === 'connected').length;
  expect(made).toBeGreaterThanOrEqual(burst - 1);
  // A lost SYN comes again after a second.
  expect(made).toBeLessThan(2 * burst);

  const other = await world.node(await world.session(), 1);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = ((_options: unknown, ready: (error: Error | null, socket?: Socket) => void) => {
    world.sockets.connectTcp({ path: `/proc/${other}/ns/net` }, '192.168.0.1', 5000, 5000).then(
      (socket) => ready(null, socket),
      (error: Error) => ready(error),
    );
  }) as unknown as typeof agent.createConnection;
  const get = () =>
    new Promise<number | undefined>((done, fail) => {
      const request = http.get({ agent, host: '192.168.0.1', port: 5000, path: '/v2/' }, (response) => {
        response.resume().on('end', () => done(response.statusCode));
      });
      request.on('error', fail);
    });
  const statuses = new Set<number | undefined>();
  const most = GATEWAY_RATES.requests.burst * 20;
  let requests = 0;
  for (; requests < most && !statuses.has(429); requests += 1) statuses.add(await get());
  expect([...statuses].sort()).toEqual([200, 429]);
  agent.destroy();
});
