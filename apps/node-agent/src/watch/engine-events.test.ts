import { createManualClock } from '@drydock/service-kit';
import { expect, test } from 'vitest';
import type { DockerEvent } from './docker-watch.ts';
import { createEventTeller, type EngineFact, meaningOf } from './engine-events.ts';

const event = (Type: string, Action: string, Attributes: Record<string, string> = {}, ID = 'abc'): DockerEvent => ({
  Type,
  Action,
  Actor: { ID, Attributes },
});

test('what docker says becomes what a person reads', () => {
  expect(meaningOf(event('container', 'die', { name: 'web', exitCode: '137' }))).toEqual({
    kind: 'container-died',
    subject: 'web',
    detail: 'exit code 137',
  });
  expect(meaningOf(event('image', 'pull', {}, 'nginx:latest'))).toEqual({
    kind: 'image-pulled',
    subject: 'nginx:latest',
  });
  const scaled = { name: 'web', 'replicas.old': '6', 'replicas.new': '9' };
  expect(meaningOf(event('service', 'update', scaled))?.detail).toBe('replicas 6 → 9');
  expect(meaningOf(event('node', 'update', { name: 'wrk1', 'state.old': 'ready', 'state.new': 'down' }))).toEqual({
    kind: 'swarm-node',
    subject: 'wrk1',
    detail: 'state ready → down',
  });
  for (const dull of [
    event('node', 'update', { name: 'n' }),
    event('network', 'connect'),
    event('container', 'create'),
  ]) {
    expect(meaningOf(dull)).toBeUndefined();
  }
});

test("a swarm's task and its image are called as people call them, without the ids that docker appends", () => {
  const task = {
    name: 'web.3.rso2nty4o4b3jies1wnro9hvl',
    image: `drydock/web:1@sha256:${'b2'.repeat(32)}`,
    'com.docker.swarm.task.id': 'rso2nty4o4b3jies1wnro9hvl',
  };
  expect(meaningOf(event('container', 'start', task))).toEqual({
    kind: 'container-started',
    subject: 'web.3',
    detail: 'drydock/web:1',
  });
  const pinned = `nginx@sha256:${'b2'.repeat(32)}`;
  expect(meaningOf(event('image', 'pull', {}, `registry.lan:5000/${pinned}`))?.subject).toBe(
    `registry.lan:5000/${pinned}`,
  );
});

test('of several managers the leader alone tells of services; each node tells of its own containers', () => {
  const told: EngineFact[] = [];
  let leads = false;
  const hear = createEventTeller({
    clock: createManualClock(),
    isLeader: () => leads,
    tell: (fact) => told.push(fact),
  });
  hear(event('service', 'create', { name: 'web' }));
  hear(event('container', 'start', { name: 'c1' }));
  leads = true;
  hear(event('service', 'create', { name: 'web' }));
  expect(told.map(({ kind }) => kind)).toEqual(['container-started', 'service-created']);
});

test('a flood is cut short and says how much is missing, and no text is longer than its bound or holds control characters', async () => {
  const clock = createManualClock();
  const told: EngineFact[] = [];
  const hear = createEventTeller({ clock, isLeader: () => true, tell: (fact) => told.push(fact) });
  for (let at = 0; at < 1000; at += 1) hear(event('container', 'start', { name: `c${at}` }));
  expect(told).toHaveLength(60);
  clock.advance(1000);
  hear(event('container', 'start', { name: `evil\u001b[2J${'x'.repeat(5000)}` }));
  expect(told.at(-2)).toMatchObject({ kind: 'events-left-out', detail: '940' });
  expect(told.at(-1)?.subject).toMatch(/^evil \[2Jx+$/);
  expect(told.at(-1)?.subject).toHaveLength(256);
});
