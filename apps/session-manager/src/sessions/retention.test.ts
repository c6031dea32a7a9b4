import type { SessionId } from '@drydock/protocol';
import { createManualClock, type ManualClock } from '@drydock/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../store/memory.ts';
import { startTestManager, type TestManager, type TestManagerOptions } from '../testing/test-manager.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const TICK = 250;

let test: TestManager;
let clock: ManualClock;
afterEach(() => test.stop());

async function start(options: TestManagerOptions = {}): Promise<void> {
  clock = createManualClock(Date.now());
  test = await startTestManager({ clock, ...options, settings: { retentionMinutes: 15, ...options.settings } });
}

async function sessionWithNode(hours?: number) {
  const made = await test.createSession(hours === undefined ? {} : { hours });
  const { id } = made.session;
  const { token } = made;
  expect((await test.call('POST', `/sessions/${id}/nodes`, { token })).status).toBe(201);
  const collaborator = new URL(made.links.collaborator).hash.slice(1);
  const get = (path: string, as = token) => test.call('GET', `/sessions/${id}${path}`, { token: as });
  const file = () =>
    fetch(`${test.origin}/api/v1/sessions/${id}/nodes/node1/files?path=${encodeURIComponent('/etc/hostname')}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  return { id, token, collaborator, get, file };
}

const stateInStore = async (id: SessionId) => (await test.store.sessions.get(id))?.state;

describe('the retention of a session’s files', () => {
  it('lets its owner fetch files and nobody do anything else, brings nodes to rest, and then all is gone', async () => {
    await start();
    const agent = await test.host();
    const { id, token, collaborator, get, file } = await sessionWithNode();
    const { socket } = await test.openPage(id, token);
    const ended = new Promise((resolve) => socket.once('session:ended', resolve));
    clock.advance(4 * HOUR + TICK);
    const retainedUntil = clock.now() - TICK + 15 * MINUTE;
    expect(await ended).toMatchObject({
      reason: 'expired',
      retention: { state: 'retained', retainedUntil, nodes: ['node1'] },
    });
    await expect.poll(() => agent.commands).toContain(`session.rest ${id}/`);
    expect(agent.nodes()).toEqual([`${id}/node1`]);

    expect(await get('')).toMatchObject({
      status: 404,
      body: { error: { details: { ended: 'expired', state: 'retained', retainedUntil, nodes: ['node1'] } } },
    });
    expect((await file()).status).toBe(200);
    for (const [method, path, body] of [
      ['POST', '/nodes', {}],
      ['POST', '/nodes/node1/exec', { command: ['true'] }],
      ['DELETE', '/nodes/node1/files?path=/tmp/x', undefined],
      ['POST', '/extend', { hours: 1 }],
      ['POST', '/links', { right: 'viewer' }],
      ['GET', '/nodes/node1/ports', undefined],
    ] as const) {
      const answer = await test.call(method, `/sessions/${id}${path}`, { token, body });
      expect(answer, path).toMatchObject({ status: 404 });
    }
    const other = await get('/nodes/node1/files?path=/etc/hostname', collaborator);
    expect(other).toMatchObject({ status: 404, body: { error: { details: { ended: 'expired' } } } });
    expect(JSON.stringify(other.body)).not.toContain('retainedUntil');

    clock.advance(15 * MINUTE);
    expect((await file()).status).toBe(404);
    await expect.poll(agent.nodes).toEqual([]);
    await expect.poll(() => stateInStore(id)).toBe('closed');
  });

  it('lasts a quarter of the session at most, and not at all without nodes', async () => {
    await start();
    await test.host();
    const short = await sessionWithNode(0.2);
    const empty = await test.createSession({ hours: 0.2 });
    clock.advance(12 * MINUTE + TICK);
    await expect.poll(() => stateInStore(empty.session.id)).toBe('closed');
    expect(await stateInStore(short.id)).toBe('retained');
    clock.advance(3 * MINUTE);
    await expect.poll(() => stateInStore(short.id)).toBe('closed');
  });

  it('is counted from the end of the session, also when no manager ran at that moment', async () => {
    clock = createManualClock(Date.now());
    const store = createMemoryStore(clock);
    test = await startTestManager({ clock, store, settings: { retentionMinutes: 15 } });
    await test.host();
    const first = await sessionWithNode();
    const endsAt = (await store.sessions.get(first.id))?.expiresAt ?? 0;
    await test.manager.close();
    clock.advance(4 * HOUR + 10 * MINUTE);
    await test.restart();
    await expect.poll(() => stateInStore(first.id)).toBe('retained');
    expect(await store.sessions.get(first.id)).toMatchObject({ endedAt: endsAt, retainedUntil: endsAt + 15 * MINUTE });
    await test.manager.close();
    clock.advance(10 * MINUTE);
    await test.restart();
    await expect.poll(async () => ['closing', 'closed'].includes((await stateInStore(first.id)) ?? '')).toBe(true);
  });

  it('ends early, the longest over first, when somebody wants the room', async () => {
    await start();
    const agent = await test.host({ maxNodes: 2 });
    const first = await sessionWithNode();
    clock.advance(MINUTE);
    const second = await sessionWithNode();
    clock.advance(4 * HOUR + TICK);
    await expect.poll(() => stateInStore(second.id)).toBe('retained');
    expect((await test.call('GET', '/status')).body).toMatchObject({ capacity: { nodes: 2, free: 0 } });
    const third = await sessionWithNode();
    expect(agent.nodes().sort()).toEqual([`${second.id}/node1`, `${third.id}/node1`].sort());
    expect(await stateInStore(first.id)).toBe('closed');
  });

  it('is not ended for a wish that would not fit anyway', async () => {
    await start();
    await test.host({ maxNodes: 2 });
    const first = await sessionWithNode();
    clock.advance(4 * HOUR + TICK);
    await expect.poll(() => stateInStore(first.id)).toBe('retained');
    expect((await test.call('POST', '/sessions', { body: { template: 'swarm-3m2w' } })).status).toBe(503);
    expect(await stateInStore(first.id)).toBe('retained');
  });

  it('is ended by its owner, or by an agent that does not know rest', async () => {
    await start();
    const agent = await test.host();
    const first = await sessionWithNode();
    clock.advance(4 * HOUR + TICK);
    await expect.poll(() => stateInStore(first.id)).toBe('retained');
    expect((await test.call('DELETE', `/sessions/${first.id}`, { token: first.token })).status).toBe(204);
    expect(agent.nodes()).toEqual([]);
    agent.disconnect();
    await test.host({ name: 'old', knowsRest: false });
    const second = await sessionWithNode();
    clock.advance(4 * HOUR + TICK);
    await expect.poll(() => stateInStore(second.id)).toBe('closed');
  });
});

describe('warnings', () => {
  it('come ten, five and one minute before the end, and anew after an extension', async () => {
    await start();
    await test.host();
    const { session, token } = await test.createSession();
    const { socket } = await test.openPage(session.id, token);
    const heard: unknown[] = [];
    socket.on('session:change', ({ change }) => {
      if (change.kind === 'warning') heard.push([change.reason, change.minutes, change.at - session.expiresAt]);
    });
    clock.advance(4 * HOUR - 9 * MINUTE);
    await expect.poll(() => heard).toEqual([['expiry', 10, 0]]);
    await test.call('POST', `/sessions/${session.id}/extend`, { token, body: { hours: 1 } });
    clock.advance(68.5 * MINUTE);
    await expect.poll(() => heard.slice(1)).toEqual([10, 5, 1].map((minutes) => ['expiry', minutes, HOUR]));
  });
});

describe('the idle policy', () => {
  it('ends a session in which nobody does anything, after a warning; looking is not doing', async () => {
    await start({ settings: { idleMinutes: 30 } });
    await test.host();
    const used = await sessionWithNode();
    const forgotten = await sessionWithNode();
    const { socket } = await test.openPage(forgotten.id, forgotten.token);
    const heard: number[] = [];
    socket.on('session:change', ({ change }) => {
      if (change.kind === 'warning' && change.reason === 'idle') heard.push(change.minutes);
    });
    const ended = new Promise((resolve) => socket.once('session:ended', resolve));
    for (let minutes = 0; minutes < 40; minutes += 4) {
      clock.advance(4 * MINUTE);
      await forgotten.get('');
      const exec = { command: ['true'] };
      await test.call('POST', `/sessions/${used.id}/nodes/node1/exec`, { token: used.token, body: exec });
    }
    expect(await ended).toMatchObject({ reason: 'idle', retention: { nodes: ['node1'] } });
    expect(heard).toEqual([10, 5, 1].slice(0, heard.length));
    expect(heard.length).toBeGreaterThan(1);
    expect((await used.get('')).status).toBe(200);
  });

  it('is off by default', async () => {
    await start();
    await test.host();
    const { session, token } = await test.createSession();
    clock.advance(4 * HOUR - 1);
    expect((await test.call('GET', `/sessions/${session.id}`, { token })).status).toBe(200);
  });
});
