import { createManualClock } from '@drydock/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../store/memory.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

let test: TestManager;
afterEach(() => test.stop());

const HOUR = 3_600_000;

describe('the end of a session', () => {
  it('comes within a second of its time, for callers at once, and takes its nodes along', async () => {
    const clock = createManualClock(Date.now());
    test = await startTestManager({ clock });
    const agent = await test.host();
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    const { socket } = await test.openPage(session.id, token);
    const ended = new Promise((resolve) => socket.once('session:ended', resolve));
    clock.advance(4 * HOUR - 1000);
    expect((await test.call('GET', `/sessions/${session.id}`, { token })).status).toBe(200);
    clock.advance(1000);
    const after = await test.call('GET', `/sessions/${session.id}`, { token });
    expect(after).toMatchObject({ status: 404, body: { error: { details: { ended: 'expired' } } } });
    clock.advance(250);
    expect(await ended).toEqual({ reason: 'expired' });
    await expect.poll(agent.nodes).toEqual([]);
  });

  it('comes at the start of a manager that was down at that moment', async () => {
    const clock = createManualClock(Date.now());
    const store = createMemoryStore(clock);
    const first = await startTestManager({ clock, store });
    const agent = await first.host();
    const { session, token } = await first.createSession();
    await first.call('POST', `/sessions/${session.id}/nodes`, { token });
    await first.manager.close();
    clock.advance(5 * HOUR);
    test = await startTestManager({ clock, store });
    const back = await test.host();
    expect(back.sessions()).toEqual([]);
    await expect.poll(async () => (await store.sessions.get(session.id))?.state).toBe('closed');
    expect(agent.nodes()).toHaveLength(1); // The first fixture never heard of it; its successor was told to have none.
    agent.close();
  });

  it('is tried again until the host has done it', async () => {
    test = await startTestManager();
    const agent = await test.host();
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    agent.fail('session.destroy', 'INTERNAL');
    const deletion = test.call('DELETE', `/sessions/${session.id}`, { token });
    await expect.poll(() => agent.commands.filter((name) => name.startsWith('session.destroy')).length).toBe(2);
    expect(agent.nodes()).toHaveLength(1);
    agent.fail('session.destroy', undefined);
    expect((await deletion).status).toBe(204);
    expect(agent.nodes()).toEqual([]);
  });
});
