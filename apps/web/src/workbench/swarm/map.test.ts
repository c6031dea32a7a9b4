import type { SwarmService, SwarmTask, SwarmView } from '@drydock/protocol';
import { expect, test } from 'vitest';
import { phaseOf, swarmMap, versionOf } from './map.ts';

const NOW = 1_000_000;
const node = (id: string, name: string) => ({
  id,
  name,
  ip: '192.168.0.11',
  state: 'ready' as const,
  availability: 'active' as const,
});
const service = (id: string, change: Partial<SwarmService> = {}): SwarmService => ({
  id,
  name: id,
  image: 'web:2',
  mode: 'replicated',
  replicas: 3,
  ports: [],
  networks: [],
  update: null,
  createdAt: 1,
  ...change,
});
const task = (id: string, change: Partial<SwarmTask> = {}): SwarmTask => ({
  id,
  serviceId: 'web',
  nodeId: 'n1',
  slot: 1,
  state: 'running',
  desired: 'running',
  image: 'web:2',
  error: null,
  containerId: null,
  networks: [],
  updatedAt: NOW,
  ...change,
});
const view = (change: Partial<SwarmView>): SwarmView => ({
  managers: [node('n1', 'mgr1')],
  workers: [node('n3', 'wrk10'), node('n2', 'wrk2')],
  leader: 'mgr1',
  services: [service('web')],
  tasks: [],
  networks: [],
  ...change,
});

test('nodes stand with their tasks, managers first, and what nobody took waits apart', () => {
  const tasks = [task('b', { slot: 2 }), task('a'), task('w', { nodeId: null, state: 'pending' })];
  const map = swarmMap(view({ tasks }), NOW);
  expect(map.nodes.map(({ node: { name }, role }) => `${name} ${role}`)).toEqual([
    'mgr1 leader',
    'wrk2 worker',
    'wrk10 worker',
  ]);
  expect(map.nodes[0]?.tasks.map(({ name }) => name)).toEqual(['web.1', 'web.2']);
  expect(map.waiting.map(({ phase }) => phase)).toEqual(['waiting']);
  expect(map.count).toBe(3);
});

test('docker’s states become the few that a person tells apart', () => {
  const phases = (['pending', 'preparing', 'running', 'failed', 'rejected', 'shutdown'] as const).map((state) =>
    phaseOf({ state, desired: 'running' }),
  );
  expect(phases).toEqual(['waiting', 'starting', 'running', 'failed', 'failed', 'done']);
  expect(phaseOf({ state: 'running', desired: 'shutdown' })).toBe('stopping');
  expect(phaseOf({ state: 'preparing', desired: 'ready' })).toBe('starting');
});

test('a rolling update is counted by the tasks that run the new image', () => {
  const tasks = [task('a'), task('b', { slot: 2, image: 'web:1' }), task('c', { slot: 3, state: 'starting' })];
  const map = swarmMap(view({ services: [service('web', { update: 'updating' })], tasks }), NOW);
  expect(map.services[0]).toMatchObject({ running: 2, wanted: 3, updated: 1 });
  expect(map.nodes[0]?.tasks.map(({ version }) => version)).toEqual(['2', '1', '2']);
  expect(swarmMap(view({ tasks }), NOW).services[0]?.updated).toBeNull();
});

test('tasks that ended as they should leave after a moment, failures stay, the latest few of each node', () => {
  const failed = Array.from({ length: 9 }, (_, at) =>
    task(`f${at}`, { state: 'failed', desired: 'shutdown', updatedAt: NOW - at * 1000 }),
  );
  const gone = task('old', { state: 'shutdown', desired: 'shutdown', updatedAt: NOW - 60_000 });
  const going = task('new', { state: 'shutdown', desired: 'shutdown', updatedAt: NOW - 1000 });
  const ids = swarmMap(view({ tasks: [...failed, gone, going] }), NOW).nodes[0]?.tasks.map(({ task: { id } }) => id);
  expect(ids?.sort()).toEqual(['f0', 'f1', 'f2', 'f3', 'new']);
});

test('an overlay tells who is on it, also containers that were attached by hand', () => {
  const network = { id: 'net', name: 'front', driver: 'overlay', ingress: false, attachable: true, subnets: [] };
  const on = { networks: [{ id: 'net', address: '10.0.1.2' }] };
  const tasks = [task('a', on), task('b', { ...on, state: 'failed' }), task('c', { ...on, serviceId: '', slot: null })];
  const map = swarmMap(view({ networks: [network], tasks }), NOW);
  expect(map.networks[0]).toMatchObject({ services: [{ name: 'web', tasks: 1 }], others: 1 });
  expect(map.count).toBe(2);
});

test('a version is the image’s tag, also behind a registry with a port', () => {
  expect(['drydock/web:2', 'node1:5000/app:v3', 'node1:5000/app', 'redis'].map(versionOf)).toEqual([
    ...['2', 'v3', 'app', 'redis'],
  ]);
});
