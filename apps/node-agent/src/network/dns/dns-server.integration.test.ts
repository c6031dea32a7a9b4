import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createLogger, systemClock } from '@drydock/service-kit';
import dnsPacket, { type DecodedPacket } from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadNetnsAddon } from '../../system/netns-addon.ts';
import { createNetnsSockets } from '../../system/netns-sockets.ts';
import { NO_LISTS } from '../egress-lists.ts';
import { createNameRules } from '../name-rules.ts';
import { openDnsServer } from './dns-server.ts';
import { createDnsUpstream } from './dns-upstream.ts';

const sockets = createNetnsSockets(
  loadNetnsAddon(fileURLToPath(new URL('../../../../../native/build', import.meta.url))),
);
const logger = createLogger('test', 'silent');
const NAME = `ddt-dns-${process.pid}`;
const netns = { path: `/run/netns/${NAME}` };
const peers = [
  { name: 'node1', ip: '192.168.0.11' },
  { name: 'mgr1', ip: '192.168.0.12' },
];
let outside: dgram.Socket;
let asked: string[] = [];
let servers: { host: string; port: number }[] = [];
let close: () => Promise<void>;
/** All that the tests below ask for. */
const mayAsk = () => true;
const open = async () => {};
const upstream = createDnsUpstream({ servers: async () => servers, clock: systemClock });

beforeAll(async () => {
  execFileSync('sh', [
    '-ec',
    `ip netns add ${NAME}; ip -n ${NAME} link set lo up; ip -n ${NAME} addr add 192.168.0.1/32 dev lo`,
  ]);
  // The internet's name server is played on the loopback: it knows every name.
  outside = dgram.createSocket('udp4');
  outside.bind(0, '127.0.0.1');
  await once(outside, 'listening');
  outside.on('message', (message, peer) => {
    const query = dnsPacket.decode(message);
    const name = query.questions?.[0]?.name ?? '';
    asked.push(name);
    if (name === 'silent.example.org') return;
    const answers = [{ type: 'A' as const, name, ttl: 60, data: '198.51.100.7' }];
    outside.send(
      dnsPacket.encode({ type: 'response', id: query.id ?? 0, questions: query.questions ?? [], answers }),
      peer.port,
    );
  });
  servers = [{ host: '127.0.0.1', port: outside.address().port }];
  const names = createNameRules('internet', NO_LISTS);
  ({ close } = await openDnsServer({
    netns,
    sockets,
    upstream,
    names,
    open,
    mayAsk,
    logger,
    peers: () => peers,
  }));
});
afterAll(async () => {
  await close();
  outside.close();
  execFileSync('ip', ['netns', 'del', NAME]);
});

async function askRaw(message: Buffer, waitMs = 3000): Promise<Buffer | undefined> {
  const socket = await sockets.bindUdp(netns, '192.168.0.1', 0);
  socket.send(message, 53, '192.168.0.1');
  const answer = await Promise.race([
    once(socket, 'message').then(([response]) => response as Buffer),
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), waitMs)),
  ]);
  socket.close();
  return answer;
}

async function ask(
  name: string,
  type: 'A' | 'AAAA' | 'PTR' | 'TXT' = 'A',
): Promise<DecodedPacket & { rcode?: string }> {
  const id = randomBytes(2).readUInt16BE(0);
  const query = dnsPacket.encode({
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type, name }],
  });
  const answer = await askRaw(query);
  if (!answer) throw new Error('no answer');
  const packet = dnsPacket.decode(answer);
  expect(packet.id).toBe(id);
  return packet;
}
const dataOf = (packet: DecodedPacket) => packet.answers?.map((answer) => (answer as { data: unknown }).data);

test('nodes are found by name, in any case, and by address', async () => {
  expect(dataOf(await ask('node1'))).toEqual(['192.168.0.11']);
  expect(dataOf(await ask('MGR1.'))).toEqual(['192.168.0.12']);
  expect(dataOf(await ask('12.0.168.192.in-addr.arpa', 'PTR'))).toEqual(['mgr1']);
  expect(dataOf(await ask('registry.drydock'))).toEqual(['192.168.0.1']);
  for (const type of ['AAAA', 'TXT'] as const) {
    const packet = await ask('node1', type);
    expect(packet).toMatchObject({ rcode: 'NOERROR', answers: [] });
  }
});

test('names of one label, private reverse names and the own domain never go outside', async () => {
  asked = [];
  for (const name of ['node9', 'nosuch', 'other.drydock']) expect((await ask(name)).rcode).toBe('NXDOMAIN');
  expect((await ask('9.0.168.192.in-addr.arpa', 'PTR')).rcode).toBe('NXDOMAIN');
  expect((await ask('1.0.0.10.in-addr.arpa', 'PTR')).rcode).toBe('NXDOMAIN');
  expect(asked).toEqual([]);
});

test('other names are asked outside, over UDP and TCP', async () => {
  expect(dataOf(await ask('www.example.org'))).toEqual(['198.51.100.7']);
  const query = dnsPacket.encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'node1' }] });
  const socket = await sockets.connectTcp(netns, '192.168.0.1', 53, 1000);
  const length = Buffer.from([query.length >> 8, query.length & 255]);
  // Two queries in pieces: both are answered, in order.
  for (const byte of Buffer.concat([length, query, length, query])) socket.write(Buffer.from([byte]));
  let received = Buffer.alloc(0);
  while (received.length < 2 || received.length < 2 * (received.readUInt16BE(0) + 2)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    received = Buffer.concat([received, chunk]);
  }
  expect(dataOf(dnsPacket.decode(received.subarray(2)))).toEqual(['192.168.0.11']);
  socket.destroy();
});

test('when nobody outside answers, SERVFAIL comes within 2 s, and then at once', async () => {
  const times: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const started = performance.now();
    expect((await ask('silent.example.org')).rcode).toBe('SERVFAIL');
    times.push(performance.now() - started);
  }
  expect(times[0]).toBeLessThan(2000);
  expect(times[1]).toBeLessThan(100);
});

test('without an outside every foreign name is unknown at once', async () => {
  const own = `${NAME}-2`;
  execFileSync('sh', [
    '-ec',
    `ip netns add ${own}; ip -n ${own} link set lo up; ip -n ${own} addr add 192.168.0.1/32 dev lo`,
  ]);
  const closed = { path: `/run/netns/${own}` };
  const names = createNameRules('none', NO_LISTS);
  const server = await openDnsServer({
    netns: closed,
    sockets,
    upstream,
    names,
    open,
    mayAsk,
    logger,
    peers: () => peers,
  });
  const client = await sockets.bindUdp(closed, '192.168.0.1', 0);
  client.send(
    dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'www.example.org' }] }),
    53,
    '192.168.0.1',
  );
  const [response] = (await once(client, 'message')) as [Buffer];
  expect(dnsPacket.decode(response)).toMatchObject({ rcode: 'NXDOMAIN' });
  client.close();
  await server.close();
  execFileSync('ip', ['netns', 'del', own]);
});

test('nonsense gets no answer and does no harm', async () => {
  const nonsense = [
    Buffer.alloc(0),
    Buffer.alloc(3),
    randomBytes(1400),
    Buffer.alloc(12, 0xff),
    // A name that points at itself.
    Buffer.from('000101000001000000000000c00c00010001', 'hex'),
    // A response: answering one would make two servers talk for ever.
    dnsPacket.encode({ type: 'response', id: 1, questions: [{ type: 'A', name: 'node1' }] }),
  ];
  for (const message of nonsense) expect(await askRaw(message, 50)).toBeUndefined();
  for (let round = 0; round < 200; round += 1) await askRaw(randomBytes(12 + round), 0);
  expect(dataOf(await ask('node1'))).toEqual(['192.168.0.11']);
});
