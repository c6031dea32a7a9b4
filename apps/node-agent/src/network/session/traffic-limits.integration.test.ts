import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type NetworkWorld, openNetworkWorld, SOURCE_PORT } from '../../testing/network/network-world.ts';
import { CONNECTION_BURST_SECONDS } from '../egress.ts';
import { createRefusalWatch } from './refusal-watch.ts';

const LIMITS = { connectionsPerSecond: 5, connections: 8, bandwidth: 4_000_000 };
/** Connections of a flood: many times what the limits let through. */
const FLOOD = 60;
/** Bytes that the queue holds besides what its rate lets through: the burst, once on each side. */
const BURST_BYTES = 2 * 1024 * 1024;
let world: NetworkWorld;

beforeAll(async () => {
  world = await openNetworkWorld(LIMITS);
});
afterEach(() => world.reset());
afterAll(() => world.close());

/** Opens connections from a node to the source and keeps them; how many came about. */
async function hold(pid: number, count: number): Promise<{ held: number; release(): void }> {
  const attempts = Array.from({ length: count }, () =>
    world.sockets
      .connectTcp({ path: `/proc/${pid}/ns/net` }, world.publicAddress, SOURCE_PORT, 2000)
      .catch(() => undefined),
  );
  const sockets = (await Promise.all(attempts)).filter((socket) => socket !== undefined);
  for (const socket of sockets) socket.on('error', () => {}).pause();
  return { held: sockets.length, release: () => sockets.forEach((socket) => void socket.destroy()) };
}

test('a node holds no more connections than it may, is told so, and its neighbours hold theirs', async () => {
  const id = await world.session();
  const [noisy, quiet] = [await world.node(id, 1), await world.node(id, 2)];
  // Slowly, so that it is not the rate that refuses.
  let held = 0;
  const releases: (() => void)[] = [];
  for (let made = 0; made < LIMITS.connections + 4; made += 1) {
    const one = await hold(noisy, 1);
    held += one.held;
    releases.push(one.release);
    await sleep(1000 / LIMITS.connectionsPerSecond);
  }
  expect(held).toBe(LIMITS.connections);
  expect(await world.connect(noisy, world.publicAddress, 80)).toBe('ECONNREFUSED');
  expect(await world.connect(quiet, world.publicAddress, 80)).toBe('connected');
  await world.networks.countRefusals(id);
  expect(world.refused.get(id)?.over_total).toBeGreaterThanOrEqual(4);
  for (const release of releases) release();
});

test('a connection flood is cut to the rate, counted, and over when it ends', async () => {
  const id = await world.session();
  const [noisy, quiet] = [await world.node(id, 1), await world.node(id, 2)];
  const began = performance.now();
  const flood = Array.from({ length: FLOOD }, () => world.connect(noisy, world.publicAddress, 80));
  expect(await world.connect(quiet, world.publicAddress, 80)).toBe('connected');
  const made = (await Promise.all(flood)).filter((outcome) => outcome === 'connected').length;
  const seconds = (performance.now() - began) / 1000;
  // A busy machine makes the flood longer, and so lets more of it through: the bound grows with it.
  expect(made).toBeLessThanOrEqual(LIMITS.connectionsPerSecond * (CONNECTION_BURST_SECONDS + seconds) + 1);
  expect(made).toBeLessThan(FLOOD);
  await world.networks.countRefusals(id);
  expect(world.refused.get(id)?.over_rate).toBeGreaterThan(0);
  await expect.poll(() => world.connect(noisy, world.publicAddress, 80), { timeout: 20_000 }).toBe('connected');
});

test('a session moves no more than its bandwidth, however many of its nodes ask', async () => {
  const id = await world.session();
  const pids = [await world.node(id, 1), await world.node(id, 2)];
  let bytes = 0;
  const began = performance.now();
  const sockets = await Promise.all(
    pids.map((pid) =>
      world.sockets.connectTcp({ path: `/proc/${pid}/ns/net` }, world.publicAddress, SOURCE_PORT, 5000),
    ),
  );
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
  }
  await sleep(5000);
  const seconds = (performance.now() - began) / 1000;
  for (const socket of sockets) socket.destroy();
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual((LIMITS.bandwidth / 8) * seconds + BURST_BYTES);
});

test('what sessions were refused is counted one session at a time, and told', async () => {
  const [one, two] = [await world.session('none'), await world.session('none')];
  for (const id of [one, two]) {
    expect(await world.connect(await world.node(id, 1), world.publicAddress, 80)).toBe('ECONNREFUSED');
  }
  const clock = createManualClock();
  const watch = createRefusalWatch({ networks: world.networks, clock, logger: createLogger('test', 'warn') });
  watch.start();
  for (const id of [one, two]) {
    clock.advance(3000);
    await expect.poll(() => world.refused.get(id)?.to_outside ?? 0).toBeGreaterThan(0);
  }
  watch.stop();
});
