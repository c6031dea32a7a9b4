import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type NetworkWorld, openNetworkWorld } from '../../testing/network/network-world.ts';
import { sessionNetnsPath } from '../addresses.ts';
import { createFlowLog, type Flow, takeFlows } from './flow-log.ts';

const DAY_MS = 24 * 3600 * 1000;
const NOON = Date.UTC(2026, 10, 29, 12);
const logger = createLogger('test', 'warn');
let world: NetworkWorld;
let directory: string;

beforeAll(async () => {
  world = await openNetworkWorld();
  directory = join(await mkdtemp(join(tmpdir(), 'dd-flows-')), 'flows');
});
afterEach(() => world.reset());
afterAll(async () => {
  await world.close();
  await rm(join(directory, '..'), { recursive: true });
});

const linesOf = async (name: string) =>
  (await readFile(join(directory, name), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Flow);

test('what a session connects to is written down once, by node, address, protocol and port, and nobody else’s', async () => {
  const [one, two] = [await world.session(), await world.session()];
  const [first, second, other] = [await world.node(one, 1), await world.node(one, 2), await world.node(two, 1)];
  for (let round = 0; round < 5; round += 1) await world.connect(first, world.publicAddress, 80);
  await world.connect(second, world.publicAddress, 19);
  // Refused: it went nowhere.
  await world.connect(first, world.publicAddress, 25);
  await world.connect(other, world.publicAddress, 80);
  const clock = createManualClock(NOON);
  const log = createFlowLog({ directory, days: 2, clock, logger });
  log.start(() => world.networks.sessions());
  for (const name of ['first', 'second']) {
    clock.advance(3000);
    await expect.poll(async () => (await readdir(directory).catch(() => [])).length, { message: name }).toBe(1);
  }
  await expect.poll(async () => (await linesOf('flows-2026-11-29.jsonl')).length).toBe(3);
  log.stop();
  const [to, protocol] = [world.publicAddress, 'tcp'];
  expect((await linesOf('flows-2026-11-29.jsonl')).map(({ at: _, ...flow }) => flow)).toEqual(
    expect.arrayContaining([
      { session: one, from: '192.168.0.11', to, protocol, port: 80 },
      { session: one, from: '192.168.0.12', to, protocol, port: 19 },
      { session: two, from: '192.168.0.11', to, protocol, port: 80 },
    ]),
  );
  const file = await stat(join(directory, 'flows-2026-11-29.jsonl'));
  expect(file.mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test('a session’s last connections are written at its end, and more than its share of them harms nothing', async () => {
  const id = await world.session();
  const pid = await world.node(id, 1);
  const socket = await world.sockets.bindUdp({ path: `/proc/${pid}/ns/net` }, '0.0.0.0', 0);
  // Fewer than the rate of new connections lets through; each is a flow of its own.
  for (let port = 1; port <= 300; port += 1)
    await new Promise((done) => socket.send('x', 10_000 + port, world.publicAddress, done));
  socket.close();
  const flows = await takeFlows(sessionNetnsPath(id), id, NOON);
  expect(flows.length).toBeGreaterThan(200);
  expect(flows[0]).toMatchObject({ session: id, from: '192.168.0.11', protocol: 'udp' });
  expect(Math.abs(Date.parse(flows[0]?.at ?? '') - NOON)).toBeLessThan(60_000);
  // Read is gone.
  expect(await takeFlows(sessionNetnsPath(id), id, NOON)).toEqual([]);
  expect(await world.connect(pid, world.publicAddress, 80)).toBe('connected');
});

test('files of days that are over go, and none is written when it is off', async () => {
  const clock = createManualClock(NOON + 2 * DAY_MS);
  const old = join(directory, 'flows-2026-11-28.jsonl');
  await writeFile(old, '{}\n');
  await writeFile(join(directory, 'notes.txt'), 'mine');
  const id = await world.session();
  const pid = await world.node(id, 1);
  await world.connect(pid, world.publicAddress, 80);
  await createFlowLog({ directory, days: 0, clock, logger }).note(id);
  expect(await readdir(directory)).not.toContain('flows-2026-12-01.jsonl');
  await createFlowLog({ directory, days: 2, clock, logger }).note(id);
  await expect.poll(async () => (await readdir(directory)).sort()).toEqual(['flows-2026-12-01.jsonl', 'notes.txt']);
});
