import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDockerApi } from './docker-api.ts';
import type { DockerView } from './docker-view.ts';
import { createDockerWatch, type DockerWatch } from './docker-watch.ts';

let directory: string;
let engine: ReturnType<typeof createEngine> | undefined;
let watch: DockerWatch | undefined;
let views: (DockerView | undefined)[] = [];

/** Speaks the few calls of the Engine API that are asked, as a real engine answers them. */
function createEngine(path: string) {
  const events = new Set<http.ServerResponse>();
  const answers: Record<string, unknown> = {
    '/containers/json': [],
    '/info': { Swarm: { NodeID: '', LocalNodeState: 'inactive', ControlAvailable: false } },
  };
  const server = http.createServer((request, response) => {
    const url = request.url?.split('?')[0] as string;
    if (url === '/_ping') return response.end('OK');
    if (url === '/events') {
      events.add(response);
      return response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    }
    const answer = answers[url];
    if (answer === undefined) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  server.listen(path);
  return {
    answers,
    say: (line: string) => {
      for (const response of events) response.write(`${line}\n`);
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const path = () => join(directory, 'docker.sock');
const container = (name: string, port: number) => ({
  Names: [`/${name}`],
  Labels: {},
  Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: port, Type: 'tcp' }],
});
const START = JSON.stringify({ Type: 'container', Action: 'start' });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dd-docker-'));
  views = [];
  const api = createDockerApi(() => net.connect(path()));
  watch = createDockerWatch({ api, clock: systemClock, onView: (view) => views.push(view) });
});
afterEach(async () => {
  watch?.close();
  await engine?.stop();
  rmSync(directory, { recursive: true });
});

test('an engine is seen when it comes, what it publishes within 300 ms of its event, and its end at once', async () => {
  engine = createEngine(path());
  await vi.waitFor(() => expect(views).toHaveLength(1), { timeout: 3000 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  engine.answers['/containers/json'] = [container('web', 8080)];
  const started = performance.now();
  engine.say(START);
  await vi.waitFor(() => expect(views.at(-1)?.published[0]).toMatchObject({ label: 'web', port: 8080 }));
  expect(performance.now() - started).toBeLessThan(300);
  await engine.stop();
  await vi.waitFor(() => expect(views.at(-1)).toBeUndefined());
  engine = createEngine(path());
  await vi.waitFor(() => expect(views.at(-1)).toBeDefined(), { timeout: 3000 });
});

test('a manager tells its role and its services, host-mode ones by their containers', async () => {
  engine = createEngine(path());
  engine.answers['/info'] = { Swarm: { NodeID: 'abc1', LocalNodeState: 'active', ControlAvailable: true } };
  engine.answers['/nodes/abc1'] = { ManagerStatus: { Leader: true } };
  engine.answers['/networks/ingress'] = {
    Services: { front: { Ports: ['Target: 80, Publish: 9090'] }, '': { Ports: null } },
  };
  const task = { ...container('web.1.x', 8080), Labels: { 'com.docker.swarm.service.name': 'web' } };
  engine.answers['/containers/json'] = [task];
  await vi.waitFor(() => expect(views).toHaveLength(1), { timeout: 3000 });
  expect(views[0]?.swarm).toEqual({ role: 'manager', leader: true });
  expect(views[0]?.ingress).toEqual(new Map([[9090, 'front']]));
  expect(views[0]?.published).toEqual([
    { port: 8080, protocol: 'tcp', source: 'swarm', label: 'web', loopback: false },
  ]);
});

test('nonsense from a node’s socket is no view, and does not end the watch', async () => {
  engine = createEngine(path());
  for (const nonsense of [
    '{',
    '[{"Ports": 7}]',
    'null',
    JSON.stringify([{ Ports: [{ Type: 'tcp', PublicPort: 'x' }] }]),
  ]) {
    engine.answers['/containers/json'] = nonsense;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  engine.answers['/containers/json'] = 'x'.repeat(9 * 1024 * 1024);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(views).toEqual([]);
  engine.answers['/containers/json'] = [container('web', 8080)];
  await vi.waitFor(() => expect(views.at(-1)?.published).toHaveLength(1), { timeout: 3000 });
  engine.say('not json');
  await vi.waitFor(() => expect(views).toContain(undefined));
  await vi.waitFor(() => expect(views.at(-1)?.published).toHaveLength(1), { timeout: 3000 });
  engine.say('x'.repeat(200_000));
  await vi.waitFor(() => expect(views.filter((view) => view === undefined)).toHaveLength(2));
});

test('a flood of events costs no more than a few looks', async () => {
  engine = createEngine(path());
  await vi.waitFor(() => expect(views).toHaveLength(1), { timeout: 3000 });
  for (let at = 0; at < 5000; at += 1) engine.say(START);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(views.length).toBeLessThan(12);
});
