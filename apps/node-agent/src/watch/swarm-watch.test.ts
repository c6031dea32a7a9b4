import { type SwarmRole, type SwarmState, sessionIdSchema } from '@drydock/protocol';
import { systemClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type DockerApi, EngineError } from './docker-api.ts';
import { createSwarmWatch, type SwarmWatch } from './swarm-watch.ts';

const SESSION = sessionIdSchema.parse('abcdefgh');
const LEADER: SwarmRole = { role: 'manager', leader: true };
const WORKER: SwarmRole = { role: 'worker', leader: false };
let watch: SwarmWatch;
let seen: [string, SwarmState][];

beforeEach(() => {
  seen = [];
  watch = createSwarmWatch({ clock: systemClock, onSwarm: (sessionId, state) => seen.push([sessionId, state]) });
});
afterEach(() => watch.close());

/** An engine whose swarm has one service, and tasks in the states that a test gives it. */
function engine() {
  const answers = { states: ['running'] as string[], asked: 0, refusal: undefined as string | undefined };
  const api: DockerApi = {
    async get(path) {
      if (answers.refusal !== undefined) throw new EngineError(answers.refusal);
      if (path === '/services') return [{ ID: 's1', Spec: { Name: 'web', Mode: { Replicated: { Replicas: 1 } } } }];
      if (path !== '/tasks') return [];
      answers.asked += 1;
      return answers.states.map((State, at) => ({
        ID: `t${at}`,
        ServiceID: 's1',
        DesiredState: 'running',
        Status: { State },
      }));
    },
    getBytes: async () => Buffer.alloc(0),
    follow: () => new Promise(() => {}),
  };
  return { answers, api };
}

const states = () => seen.at(-1)?.[1].view?.tasks.map(({ state }) => state);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a swarm is seen when a node manages one, and what happens in any node of it is seen soon', async () => {
  const { answers, api } = engine();
  watch.set(SESSION, 'node1', api, LEADER);
  watch.set(SESSION, 'node2', engine().api, WORKER);
  await vi.waitFor(() => expect(states()).toEqual(['running']));
  answers.states = ['running', 'running'];
  watch.poke(SESSION);
  await vi.waitFor(() => expect(states()).toEqual(['running', 'running']));
});

test('while a task is on its way the swarm is looked at without any event', async () => {
  const { answers, api } = engine();
  answers.states = ['starting'];
  watch.set(SESSION, 'node1', api, LEADER);
  await vi.waitFor(() => expect(states()).toEqual(['starting']));
  answers.states = ['running'];
  await vi.waitFor(() => expect(states()).toEqual(['running']));
});

test('a swarm at rest is not asked again, and one that is stuck less and less', async () => {
  const quiet = engine();
  const stuck = engine();
  stuck.answers.states = ['pending'];
  watch.set(SESSION, 'node1', quiet.api, LEADER);
  watch.set(sessionIdSchema.parse('session2'), 'node1', stuck.api, LEADER);
  await pause(2500);
  expect(quiet.answers.asked).toBeLessThanOrEqual(3);
  expect(stuck.answers.asked).toBeLessThanOrEqual(6);
  expect(seen).toHaveLength(2);
});

test('a flood of events costs a few looks a second', async () => {
  const { answers, api } = engine();
  watch.set(SESSION, 'node1', api, LEADER);
  for (let at = 0; at < 200; at += 1) {
    watch.poke(SESSION);
    await pause(5);
  }
  expect(answers.asked).toBeLessThan(15);
});

test('a swarm that lost its leader says so in docker’s words and keeps its last picture', async () => {
  const { answers, api } = engine();
  watch.set(SESSION, 'node1', api, LEADER);
  await vi.waitFor(() => expect(states()).toEqual(['running']));
  answers.refusal = 'The swarm does not have a leader.';
  watch.set(SESSION, 'node1', api, { role: 'manager', leader: false });
  await vi.waitFor(() => expect(seen.at(-1)?.[1].problem).toBe('The swarm does not have a leader.'));
  expect(states()).toEqual(['running']);
});

test('a session without a swarm is told once as such, and one that leaves its swarm too', async () => {
  const { api } = engine();
  watch.set(SESSION, 'node1', api, { role: 'none', leader: false });
  await vi.waitFor(() => expect(seen).toEqual([[SESSION, { view: null, problem: null }]]));
  watch.set(SESSION, 'node1', api, LEADER);
  await vi.waitFor(() => expect(states()).toEqual(['running']));
  watch.remove(SESSION, 'node1');
  await vi.waitFor(() => expect(seen.at(-1)?.[1].view).toBeNull());
  expect(watch.list()).toEqual([]);
});

test('who asks for the swarm gets what is true after the question', async () => {
  const { answers, api } = engine();
  watch.set(SESSION, 'node1', api, LEADER);
  await vi.waitFor(() => expect(states()).toEqual(['running']));
  answers.states = ['failed'];
  expect((await watch.read(SESSION)).view?.tasks[0]?.state).toBe('failed');
  expect(await watch.read(sessionIdSchema.parse('nobodyis'))).toEqual({ view: null, problem: null });
});
