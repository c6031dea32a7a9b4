import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionIdSchema } from '@drydock/protocol';
import { systemClock } from '@drydock/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDockerApi } from '../../../watch/docker-api.ts';
import { readDockerView } from '../../../watch/docker-view.ts';
import { createDockerWatch, type DockerEvent } from '../../../watch/docker-watch.ts';
import { readSwarm } from '../../../watch/swarm-view.ts';
import type { ListeningSocket, NodeHandle, Runtime } from '../../runtime.ts';
import { createFakeRuntime } from '../fake-runtime.ts';

const SESSION = sessionIdSchema.parse('fakedckr');
const limits = { cpus: 1, memoryBytes: 2 ** 30, diskBytes: 2 ** 30, pids: 100 };
let stateDir: string;
let runtime: Runtime;
const nodes: NodeHandle[] = [];
const api = (node: NodeHandle) => createDockerApi(() => node.connectUnix('/run/docker.sock'));
const handleOf = (index: number) => nodes[index - 1] as NodeHandle;

async function sh(index: number, script: string) {
  const { exitCode, stdout, stderr } = await runtime.exec(
    { sessionId: SESSION, name: `node${index}` },
    { command: ['/bin/sh', '-c', script], timeoutSeconds: 30 },
  );
  return { exitCode, text: `${stdout}${stderr}`.trim() };
}

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'dd-fake-'));
  runtime = createFakeRuntime({ stateDir });
  await runtime.prepare();
  for (const index of [1, 2]) {
    const key = { sessionId: SESSION, name: `node${index}` };
    nodes.push(await runtime.create({ ...key, limits }));
    await runtime.start(key);
    await sh(index, `printf 'name node${index}\\nip 192.168.0.1${index}\\n' | "$HOME/usr/lib/drydock/identify"`);
  }
});
afterAll(async () => {
  for (const key of await runtime.list()) await runtime.destroy(key);
  runtime.close();
  await rm(stateDir, { recursive: true, force: true });
});

test('a container that publishes a port is seen by the watchers, answers there, and is told of', async () => {
  const events: DockerEvent[] = [];
  let looked = 0;
  const watch = createDockerWatch({
    api: api(handleOf(1)),
    clock: systemClock,
    onView: () => {
      looked += 1;
    },
    onEvent: (event) => events.push(event),
  });
  await expect.poll(() => looked).toBeGreaterThan(0);
  expect((await sh(1, 'docker run -d --name web -p 8080:80 nginx')).exitCode).toBe(0);
  await expect.poll(() => events.map(({ Type, Action }) => `${Type} ${Action}`)).toEqual(['container start']);
  watch.close();
  const published = [{ port: 8080, protocol: 'tcp', source: 'container', label: 'web', loopback: false }];
  expect((await readDockerView(api(handleOf(1)))).published).toEqual(published);
  const socket = await handleOf(1).connectTcp('127.0.0.1', 8080, 1000);
  socket.write('GET / HTTP/1.0\r\n\r\n');
  const said = await new Promise((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.destroy();
  expect(said).toContain('Hello from node1');
  expect(await sh(1, 'docker run -d -p 8080:80 other')).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(/already allocated/),
  });
  await sh(1, 'docker rm -f web');
  expect((await readDockerView(api(handleOf(1)))).published).toEqual([]);
  await expect(handleOf(1).connectTcp('127.0.0.1', 8080, 1000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('two nodes make a swarm whose picture moves', async () => {
  await sh(1, 'docker swarm init');
  const token = (await sh(1, 'docker swarm join-token -q worker')).text;
  expect((await sh(2, `docker swarm join --token ${token} 192.168.0.11:2377`)).text).toMatch(/as a worker/);
  await sh(1, 'docker service create --name web --replicas 3 -p 8081:80 nginx');
  const view = () => readSwarm(api(handleOf(1)), Date.now());
  await expect
    .poll(async () => (await view()).tasks.map(({ state }) => state))
    .toEqual(['running', 'running', 'running']);
  expect(await view()).toMatchObject({
    leader: 'node1',
    managers: [{ name: 'node1', ip: '192.168.0.11' }],
    workers: [{ name: 'node2', ip: '192.168.0.12' }],
    services: [{ name: 'web', replicas: 3, ports: [{ published: 8081, target: 80 }] }],
  });
  expect(new Set((await view()).tasks.map(({ nodeId }) => nodeId)).size).toBe(2);
  expect((await readDockerView(api(handleOf(2)))).ingress).toEqual(new Map([[8081, 'web']]));
  await sh(1, 'docker service scale web=1');
  expect((await view()).tasks).toHaveLength(1);
  await sh(1, 'docker service rm web');
  expect((await view()).services).toEqual([]);
});

test.skipIf(process.platform !== 'linux')(
  'a program of a node that listens is seen and reached; other ports of this machine are not',
  async () => {
    let sockets: readonly ListeningSocket[] = [];
    const stop = handleOf(1).observe({
      onSockets: (now) => {
        sockets = now;
      },
      onOom: () => undefined,
    });
    const server = `const s = require('net').createServer((c) => c.end('mine')).listen(0, '127.0.0.1', () => console.log(s.address().port))`;
    const running = runtime.exec(
      { sessionId: SESSION, name: 'node1' },
      { command: ['/bin/sh', '-c', `exec node -e "${server}" > port`], timeoutSeconds: 60 },
    );
    // Some looks: each may come 5 s after the last one on a busy machine.
    await expect
      .poll(() => sockets, { timeout: 45_000 })
      .toMatchObject([{ protocol: 'tcp', reach: 'loopback', program: 'node' }]);
    const port = sockets[0]?.port as number;
    const socket = await handleOf(1).connectTcp('127.0.0.1', port, 1000);
    expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toBe('mine');
    await expect(handleOf(2).connectTcp('127.0.0.1', port, 1000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    stop();
    await runtime.rest({ sessionId: SESSION, name: 'node1' });
    await running;
  },
  60_000,
);
