import {
  applySwarmStep,
  type SessionChange,
  type SwarmState,
  type SwarmTask,
  type SwarmView,
  swarmStep,
} from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

const task = (id: string, state: string): SwarmTask => ({
  id,
  state,
  serviceId: 's1',
  nodeId: 'n1',
  slot: 1,
  desired: 'running',
  image: 'web',
  error: null,
  containerId: null,
  networks: [],
  updatedAt: 1,
});
const view = (...tasks: SwarmTask[]): SwarmView => ({
  managers: [],
  workers: [],
  leader: 'node1',
  services: [],
  networks: [],
  tasks,
});
const state = (...tasks: SwarmTask[]): SwarmState => ({ view: view(...tasks), problem: null });
const NOTHING: SwarmState = { view: null, problem: null };

describe('a step from one picture of a swarm to the next', () => {
  it('carries only the tasks that changed, and leads from every picture to every other one', () => {
    const pictures = [
      NOTHING,
      state(),
      state(task('a', 'running'), task('b', 'starting')),
      state(task('b', 'running'), task('c', 'pending')),
      { view: null, problem: 'no leader' },
      { view: view(task('b', 'running')), problem: 'no leader' },
    ];
    for (const before of pictures) {
      for (const after of pictures) {
        const stepped = applySwarmStep(before, swarmStep(before, after));
        stepped.view?.tasks.sort((one, other) => one.id.localeCompare(other.id));
        expect(stepped).toEqual(after);
      }
    }
    expect(swarmStep(pictures[2] as SwarmState, state(task('a', 'running'), task('b', 'running')))).toMatchObject({
      tasks: [{ id: 'b' }],
      gone: [],
    });
  });
});

describe('a session’s swarm', () => {
  let test: TestManager;
  let agent: FixtureAgent;

  beforeEach(async () => {
    test = await startTestManager();
    agent = await test.host();
  });
  afterEach(() => test.stop());

  it('is in the first snapshot, and comes to open pages as steps', async () => {
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    const { socket, snapshot } = await test.openPage(session.id, token);
    expect(snapshot.swarm).toEqual(NOTHING);
    let now = snapshot.swarm;
    socket.on('session:change', ({ change }: { change: SessionChange }) => {
      if (change.kind === 'swarm') now = applySwarmStep(now, change.step);
    });
    for (const next of [state(task('a', 'starting')), state(task('a', 'running'), task('b', 'running')), NOTHING]) {
      agent.setSwarm(session.id, next);
      await expect.poll(() => now).toEqual(next);
    }
    agent.setSwarm(session.id, state(task('a', 'running')));
    await expect.poll(() => now.view?.tasks.length).toBe(1);
    expect((await test.openPage(session.id, token)).snapshot.swarm).toEqual(state(task('a', 'running')));
  });

  it('is not told by a host that has no node of the session', async () => {
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    const other = await test.host({ name: 'stranger' });
    other.setSwarm(session.id, state(task('a', 'running')));
    agent.setSwarm(session.id, state(task('b', 'running')));
    await expect
      .poll(async () => (await test.openPage(session.id, token)).snapshot.swarm.view?.tasks.map(({ id }) => id))
      .toEqual(['b']);
  });

  it('is answered to callers of the API as its manager tells it now, and null where there is none', async () => {
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    const read = () => test.call('GET', `/sessions/${session.id}/swarm`, { token });
    expect(await read()).toMatchObject({ status: 200, body: null });
    agent.report(session.id, 'node1', { swarm: { role: 'manager', leader: true } });
    agent.setSwarm(session.id, state(task('a', 'running')));
    await expect.poll(async () => (await read()).body).toEqual(view(task('a', 'running')));
    agent.setSwarm(session.id, { view: view(), problem: 'The swarm does not have a leader.' });
    expect(await read()).toMatchObject({ status: 409, body: { error: { code: 'NODE_NOT_READY' } } });
  });
});
