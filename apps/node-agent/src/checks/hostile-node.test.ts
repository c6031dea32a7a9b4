/** What a node's root may answer so that the agent, which all nodes of a host share, stands still, waits for ever or keeps what nobody needs. */
import net, { type AddressInfo } from 'node:net';
import { LAB_WATCH_MS, type SessionId } from '@drydock/protocol';
import { createManualClock } from '@drydock/service-kit';
import { slowRuns } from '@drydock/testkit';
import { afterEach, expect, it } from 'vitest';
import { createDockerApi, type DockerApi } from '../watch/docker-api.ts';
import { MAX_INSPECTED } from './container-table.ts';
import { askPage } from './http-look.ts';
import { createLabWatch } from './lab-watch.ts';
import { readLook } from './look.ts';
import { readNetworks, readVolumes } from './object-tables.ts';

const servers: net.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A program that says `text` to whoever connects. */
async function talker(text: string): Promise<() => net.Socket> {
  const server = net.createServer((socket) => void socket.on('error', () => {}).once('data', () => socket.write(text)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return () => net.connect(port, '127.0.0.1');
}

const hex = (text: string) => Buffer.from(text).toString('hex');

it('names of a look that nobody asked about are few, and thousands of them cost no more than their length', () => {
  const look = (names: number) =>
    readLook(Array.from({ length: names }, (_, at) => `listens ${hex(`name${at}`)}`).join('\n'), [{ kind: 'listens' }]);
  expect(Object.keys(look(4000).listens ?? {}).length).toBeLessThanOrEqual(MAX_INSPECTED);
  // 1,000 names and 4,000.
  expect(slowRuns((text) => look(text.length / 8), { tokens: ['x'] })).toEqual([]);
});

it('who uses a volume or a network is looked for once in each container, however many there are', async () => {
  let reads = 0;
  const containers = Array.from({ length: 100 }, (_, at) => ({
    name: `c${at}`,
    image: 'i',
    state: 'running' as const,
    get mounts() {
      reads += 1;
      return [{ source: 'v7', target: '/data' }];
    },
    get networks() {
      reads += 1;
      return ['n7'];
    },
  }));
  const names = (letter: string) => Array.from({ length: 1000 }, (_, at) => ({ Name: `${letter}${at}` }));
  const get = async (path: string) => (path === '/volumes' ? { Volumes: names('v') } : names('n'));
  const api = { get } as unknown as DockerApi;
  const volumes = await readVolumes(api, containers);
  const networks = await readNetworks(api, containers);
  expect(reads).toBe(2 * containers.length);
  expect(volumes.find(({ name }) => name === 'v7')?.usedBy).toHaveLength(100);
  expect(networks.find(({ name }) => name === 'n7')?.usedBy).toHaveLength(100);
  expect(volumes[0]?.usedBy).toEqual([]);
});

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n';

it('a page that answers with another protocol has answered', async () => {
  const connect = await talker(SWITCH);
  const opened = () =>
    new Promise<net.Socket>((resolve, reject) => {
      const socket = connect();
      socket.once('connect', () => resolve(socket)).once('error', reject);
    });
  const probe = { kind: 'http', key: 'k', scheme: 'http', method: 'GET', path: '/', port: 80, withinMs: 2000 } as const;
  expect(await askPage(probe, opened)).toMatchObject({ status: 101 });
});

it('an engine that answers with another protocol has refused', async () => {
  await expect(createDockerApi(await talker(SWITCH)).get('/containers/json')).rejects.toThrow('status 101');
});

it('of a node that went away while it was watched nothing is kept', async () => {
  const clock = createManualClock();
  const watch = createLabWatch({ clock, tell: () => undefined });
  const [id, session] = ['a'.repeat(64), 'aaaaaaaa' as SessionId];
  const api = {
    get: async (path: string) =>
      path.startsWith('/containers/json') ? [{ Id: id, Names: ['/web'], State: 'running' }] : { State: { Pid: 7 } },
    getBytes: async () => Buffer.alloc(0),
  } as unknown as DockerApi;
  const pids = () => watch.pids(session, 'node1').size;
  watch.setEngine(session, 'node1', { api, isManager: false });
  watch.watch(session, 'node1', ['containers']);
  clock.advance(100);
  await expect.poll(pids).toBe(1);
  watch.setEngine(session, 'node1', undefined);
  clock.advance(2 * LAB_WATCH_MS);
  expect(pids()).toBe(0);
});
