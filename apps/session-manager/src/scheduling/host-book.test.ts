import { createHash, randomBytes } from 'node:crypto';
import { createManualClock, systemClock } from '@drydock/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operatorKey } from '../edge/operator/operator-listener.ts';
import { createMemoryStore } from '../store/memory.ts';
import { createFixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';
import { HOST_KEY_MS, KEY_OVERLAP_MS } from './host-book.ts';

const METRICS = { metrics: { host: '127.0.0.1', port: 0 } };

let test: TestManager;
beforeEach(async () => {
  test = await startTestManager({ settings: METRICS });
});
afterEach(() => test.stop());

/** A call of the operator's. */
async function operate(method: string, path: string, body?: object, key = operatorKey('test')) {
  const response = await fetch(`http://127.0.0.1:${test.manager.metricsPort}/operator${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const newToken = async (hours?: number) =>
  String((await operate('POST', '/host-tokens', hours === undefined ? {} : { hours })).body.token);

const newKey = () => randomBytes(32).toString('base64url');
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const join = (token: string, name: string, key: string) =>
  test.call('POST', '/hosts/join', { body: { token, name, keyHash: hashOf(key) } });
const connect = (name: string, key: string) => {
  const agent = createFixtureAgent({ url: test.origin, name, key });
  return agent.connect().then(
    () => agent,
    (error: { code: string }) => error.code,
  );
};
const statusOf = async (name: string) => {
  const { hosts } = (await operate('GET', '/status')).body as { hosts: { name: string }[] };
  return hosts.find((host) => host.name === name);
};

describe('joining', () => {
  it('takes a one-time token once, and then the host’s own key, which the manager never sees', async () => {
    const token = await newToken();
    const key = newKey();
    expect((await join(token, 'new1', key)).status).toBe(201);
    expect(await join(token, 'new2', newKey())).toMatchObject({
      status: 401,
      body: { error: { code: 'JOIN_TOKEN_REJECTED' } },
    });
    expect(await connect('new2', key)).toBe('AGENT_KEY_REJECTED');
    expect(await connect('new1', newKey())).toBe('AGENT_KEY_REJECTED');
    const agent = await connect('new1', key);
    expect(await statusOf('new1')).toMatchObject({ state: 'connected' });
    if (typeof agent !== 'string') agent.close();
    expect(JSON.stringify(await test.store.hosts.all())).not.toContain(key);
  });

  it('lets no host in by a link of the operator’s page, which stays good for the page', async () => {
    const link = newKey();
    const hash = createHash('sha256').update(link).digest('base64url');
    await test.store.tickets.put(hash, 'operator', '', 60_000);
    expect(await join(link, 'new1', newKey())).toMatchObject({ body: { error: { code: 'JOIN_TOKEN_REJECTED' } } });
    expect(await test.store.tickets.take(hash, 'operator')).toBe('');
  });

  it('refuses a wrong and an expired token, and one address that guesses', async () => {
    const clock = createManualClock(Date.now());
    await test.stop();
    const rates = { burst: 3, perSecond: 1 };
    const generous = { burst: 1000, perSecond: 1000 };
    test = await startTestManager({
      clock,
      settings: { ...METRICS, rates: { creates: generous, calls: generous, wrongTokens: rates } },
    });
    const token = await newToken(0.5);
    clock.advance(31 * 60_000);
    const codes: unknown[] = [];
    for (const guess of [token, newKey(), newKey(), newKey()]) {
      const { body } = await join(guess, 'new1', newKey());
      codes.push((body as { error: { code: string } }).error.code);
    }
    expect(codes).toEqual([...Array(3).fill('JOIN_TOKEN_REJECTED'), 'RATE_LIMITED']);
  });

  it('changes a host’s key by its newest one, lets the one before in for an hour, and ends a key after a year', async () => {
    const clock = createManualClock(Date.now());
    await test.stop();
    const store = createMemoryStore(clock);
    test = await startTestManager({ store, clock, settings: METRICS });
    const [first, second, third] = [newKey(), newKey(), newKey()];
    await join(await newToken(), 'new1', first);
    const rotate = (key: string, next: string) =>
      test.call('POST', '/hosts/rotate', { body: { name: 'new1', key, keyHash: hashOf(next) } });
    expect((await rotate(newKey(), second)).status).toBe(401);
    expect((await rotate(first, first)).status).toBe(401);
    expect(await rotate(first, second)).toMatchObject({
      status: 200,
      body: { oldGoodUntil: clock.now() + KEY_OVERLAP_MS, goodUntil: clock.now() + HOST_KEY_MS },
    });
    // An old key that somebody copied does not take the host over.
    expect((await rotate(first, third)).status).toBe(401);
    const tries = async (key: string) => {
      const agent = await connect('new1', key);
      if (typeof agent === 'string') return agent;
      agent.close();
      return 'in';
    };
    expect(await tries(first)).toBe('in');
    await expect.poll(() => tries(second)).toBe('in');
    clock.advance(KEY_OVERLAP_MS);
    await expect.poll(() => tries(first)).toBe('AGENT_KEY_REJECTED');
    await expect.poll(() => tries(second)).toBe('in');
    // A year of a clock's timers is too long for a test: its end comes nearer.
    const entry = (await store.hosts.all()).entries.new1;
    expect(entry?.keyUntil).toBeGreaterThan(clock.now() + HOST_KEY_MS - 2 * KEY_OVERLAP_MS);
    await store.hosts.put('new1', { ...entry, keyUntil: clock.now() + 1000 });
    clock.advance(2500);
    await expect.poll(() => tries(second)).toBe('AGENT_KEY_REJECTED');
    expect((await rotate(second, third)).status).toBe(401);
  });

  it('does not let a second host take a name, and keeps the token for another', async () => {
    const first = newKey();
    await join(await newToken(), 'new1', first);
    const token = await newToken();
    expect(await join(token, 'new1', newKey())).toMatchObject({
      status: 409,
      body: { error: { code: 'HOST_EXISTS' } },
    });
    expect((await join(token, 'new2', newKey())).status).toBe(201);
  });

  it('holds over a restart, until the operator removes the host', async () => {
    const store = createMemoryStore(systemClock);
    await test.stop();
    test = await startTestManager({ store, settings: METRICS });
    const key = newKey();
    await join(await newToken(), 'new1', key);
    await test.restart();
    const agent = await connect('new1', key);
    expect(typeof agent).toBe('object');
    expect((await operate('DELETE', '/hosts/new1')).status).toBe(200);
    expect((await operate('DELETE', '/hosts/new1')).status).toBe(404);
    await expect.poll(async () => await statusOf('new1')).toMatchObject({ state: 'lost' });
    expect(await connect('new1', key)).toBe('AGENT_KEY_REJECTED');
    if (typeof agent !== 'string') agent.close();
  });
});

describe('draining', () => {
  it('places no new nodes on a host, lets the old ones live, and ends with undrain', async () => {
    await test.host({ name: 'h1' });
    const before = await test.createSession();
    const { id } = before.session;
    expect((await test.call('POST', `/sessions/${id}/nodes`, { token: before.token })).status).toBe(201);
    expect((await operate('POST', '/hosts/h1/drain')).status).toBe(200);
    expect(await statusOf('h1')).toMatchObject({ state: 'draining', draining: true, nodes: 1 });
    expect((await test.call('POST', `/sessions/${id}/nodes`, { token: before.token })).status).toBe(503);
    expect((await test.call('POST', '/sessions', { body: {} })).status).toBe(503);
    const exec = { command: ['echo', 'alive'] };
    const ran = await test.call('POST', `/sessions/${id}/nodes/node1/exec`, { token: before.token, body: exec });
    expect(ran.body).toMatchObject({ stdout: 'alive\n' });
    const { body } = await test.call('GET', '/status');
    expect((body as { hosts: object[] }).hosts).toMatchObject([{ name: 'h1', state: 'draining' }]);
    await operate('POST', '/hosts/h1/undrain');
    expect((await test.call('POST', `/sessions/${id}/nodes`, { token: before.token })).status).toBe(201);
  });

  it('holds over restarts of manager and agent', async () => {
    const agent = await test.host({ name: 'h1' });
    await operate('POST', '/hosts/h1/drain');
    await test.restart();
    await agent.connect();
    expect(await statusOf('h1')).toMatchObject({ state: 'draining' });
  });
});

describe('the operator’s calls', () => {
  it('are for holders of the key only, and not on the public port', async () => {
    for (const [method, path] of [
      ['GET', '/status'],
      ['POST', '/host-tokens'],
      ['POST', '/hosts/h1/drain'],
      ['DELETE', '/hosts/h1'],
    ] as const) {
      const refused = await operate(method, path, undefined, operatorKey('guess'));
      expect([path, refused.status, refused.body]).toMatchObject([path, 401, { error: { code: 'UNAUTHORIZED' } }]);
      expect((await fetch(`${test.origin}/operator${path}`, { method })).status).toBe(404);
    }
    expect((await operate('GET', '/nothing')).status).toBe(404);
    expect((await operate('POST', '/host-tokens', { hours: -1 })).status).toBe(400);
  });

  it('show hosts, sessions by state, capacity, queue and the last errors of our side', async () => {
    const agent = await test.host({ name: 'h1', maxNodes: 1 });
    const { session, token } = await test.createSession();
    agent.fail('node.create', 'DISK_FULL');
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    agent.fail('node.create', undefined);
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    await test.call('POST', '/sessions', { body: {} });
    expect((await operate('GET', '/status')).body).toMatchObject({
      hosts: [{ name: 'h1', state: 'connected', nodes: 1, maxNodes: 1, draining: false }],
      sessions: { active: 1, retained: 0, closing: 0 },
      capacity: { nodes: 1, free: 0 },
      queue: 1,
      errors: [
        { code: 'DISK_FULL', where: 'POST /api/v1/sessions/:id/nodes', sessionId: session.id },
        { code: 'NO_CAPACITY', where: 'POST /api/v1/sessions' },
      ],
    });
  });
});

describe('version skew', () => {
  it('of one release is tolerated, on either side', async () => {
    for (const protocol of [1, 2, 3]) {
      const agent = await test.host({ name: `p${protocol}`, protocol, knowsRest: protocol > 1 });
      const { session, token } = await test.createSession();
      expect((await test.call('POST', `/sessions/${session.id}/nodes`, { token })).status).toBe(201);
      expect(agent.nodes()).toEqual([`${session.id}/node1`]);
      await test.call('DELETE', `/sessions/${session.id}`, { token });
      expect(agent.nodes()).toEqual([]);
      agent.close();
      await expect.poll(() => statusOf(`p${protocol}`)).toMatchObject({ state: 'lost' });
    }
    for (const protocol of [0, 4]) {
      await expect(test.host({ name: 'far', protocol })).rejects.toMatchObject({ code: 'AGENT_VERSION' });
    }
  });

  it('passes over facts and fields that this release does not know', async () => {
    const agent = await test.host({ name: 'newer' });
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    agent.emit('fact', { seq: 1, fact: { kind: 'weather', sunny: true } });
    agent.emit('forecast', { sunny: false });
    agent.report(session.id, 'node1', { dockerReady: false, mood: 'good' } as object);
    await expect
      .poll(async () => (await test.call('GET', `/sessions/${session.id}`, { token })).body)
      .toMatchObject({ nodes: [{ dockerReady: false }] });
  });
});
