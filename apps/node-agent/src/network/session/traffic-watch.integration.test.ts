/** What sessions send and receive is counted on real networks: only what goes to the outside, each session's own, and told when it changes. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionId, Traffic } from '@drydock/protocol';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type NetworkWorld, openNetworkWorld, SOURCE_PORT } from '../../testing/network/network-world.ts';
import { createTrafficWatch, type TrafficWatch } from './traffic-watch.ts';

/** What a datagram of 1,000 bytes is on a link: UDP, IPv4 and Ethernet come before it. */
const DATAGRAM = 1000 + 8 + 20 + 14;
const SENT = 100;

let world: NetworkWorld;
let clock: ReturnType<typeof createManualClock>;
let watch: TrafficWatch;
/** Reads that were arranged: each is when the one before has ended. */
let arranged: number;
let told: { sessionId: SessionId; traffic: Traffic }[];

beforeAll(async () => {
  world = await openNetworkWorld();
});
beforeEach(() => {
  told = [];
  clock = createManualClock();
  arranged = 0;
  watch = createTrafficWatch({
    tell: (sessionId, traffic) => void told.push({ sessionId, traffic }),
    clock: {
      now: clock.now,
      after(ms, callback) {
        arranged += 1;
        return clock.after(ms, callback);
      },
    },
    logger: createLogger('test', 'fatal'),
  });
});
afterEach(async () => {
  watch.stop();
  await world.reset();
});
afterAll(() => world.close());

const lastOf = (sessionId: SessionId) => told.findLast((each) => each.sessionId === sessionId)?.traffic;

/** Reads now. */
async function look(sessionId: SessionId): Promise<Traffic> {
  await watch.note(sessionId);
  return lastOf(sessionId) as Traffic;
}

/** Sends from a node of address `from`, a few at a time: no queue on the way holds all. */
async function send(pid: number, from: string, to: string, port: number): Promise<void> {
  const socket = await world.sockets.bindUdp({ path: `/proc/${pid}/ns/net` }, from, 0);
  socket.on('error', () => undefined);
  for (let number = 0; number < SENT; number += 1) {
    await new Promise((resolve) => socket.send(Buffer.alloc(1000), port, to, resolve));
    await sleep(1);
  }
  socket.close();
}

test('what a node sends to the outside and receives from there is counted, and nobody else’s', async () => {
  const [id, other] = [await world.session(), await world.session()];
  const pid = await world.node(id, 1);
  const before = await look(id);
  await send(pid, '192.168.0.11', world.publicAddress, 9);
  await expect.poll(async () => (await look(id)).sentBytes - before.sentBytes).toBeGreaterThanOrEqual(SENT * DATAGRAM);
  expect((await look(id)).sentBytes - before.sentBytes).toBeLessThan(SENT * DATAGRAM * 1.2);
  const socket = await world.sockets.connectTcp(
    { path: `/proc/${pid}/ns/net` },
    world.publicAddress,
    SOURCE_PORT,
    1000,
  );
  let received = 0;
  for await (const chunk of socket) {
    received += chunk.length;
    if (received > 1e6) break;
  }
  socket.destroy();
  await expect.poll(async () => (await look(id)).receivedBytes - before.receivedBytes).toBeGreaterThanOrEqual(received);
  const idle = await look(other);
  expect(Math.max(idle.sentBytes, idle.receivedBytes)).toBeLessThan(10_000);
});

test('what nodes send to one another is not counted', async () => {
  const id = await world.session();
  const [first, second] = [await world.node(id, 1), await world.node(id, 2)];
  const sink = await world.sockets.bindUdp({ path: `/proc/${second}/ns/net` }, '192.168.0.12', 0);
  let arrived = 0;
  sink.on('message', () => {
    arrived += 1;
  });
  const { sentBytes } = await look(id);
  await send(first, '192.168.0.11', '192.168.0.12', (sink.address() as { port: number }).port);
  await expect.poll(() => arrived).toBe(SENT);
  sink.close();
  await once(sink, 'close');
  expect((await look(id)).sentBytes - sentBytes).toBeLessThan(DATAGRAM * 10);
});

test('a session is told once, again when its numbers change with what that is a second, and to whoever comes later', async () => {
  const id = await world.session();
  const pid = await world.node(id, 1);
  watch.start(() => world.networks.sessions());
  /** One read by the clock. */
  async function step(): Promise<Traffic[]> {
    told.splice(0);
    const before = arranged;
    clock.advance(5000);
    await expect.poll(() => arranged).toBe(before + 1);
    return told.map(({ traffic }) => traffic);
  }
  const [first] = await step();
  expect(first?.sentBytes).toBeGreaterThanOrEqual(0);
  // The rate of the first read goes; from then on nothing is new.
  await expect.poll(step).toEqual([]);
  await send(pid, '192.168.0.11', world.publicAddress, 9);
  const [busy] = await step();
  expect(busy?.sentPerSecond).toBeGreaterThan((SENT * DATAGRAM * 0.9) / 5);
  await expect.poll(step).toEqual([]);
  watch.retell();
  expect(await step()).toMatchObject([{ sentPerSecond: 0, sentBytes: expect.any(Number) }]);
});
