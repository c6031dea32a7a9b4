import type { OperatorSession } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { startTestRedis, type TestRedis } from '@drydock/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operatorKey } from '../edge/operator/operator-listener.ts';
import type { ManagerSettings } from '../settings.ts';
import { createRedisStore } from '../store/redis.ts';
import { createFixtureAgent, type FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

const AGENT_KEY = 'k'.repeat(43);
const METRICS = { host: '127.0.0.1', port: 0 };
let redis: TestRedis;
let a: TestManager;
let b: TestManager;
let lines: Record<string, unknown>[];
const agents: FixtureAgent[] = [];

async function manager(settings: Partial<ManagerSettings> = {}): Promise<TestManager> {
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(JSON.parse(line)) });
  const store = await createRedisStore(redis.url, logger, 5000);
  return startTestManager({ store, agentKey: AGENT_KEY, logger, settings: { metrics: METRICS, ...settings } });
}

async function host(createMs = 0): Promise<FixtureAgent> {
  const url = [a.origin, b.origin];
  const agent = createFixtureAgent({ url, name: 'h1', key: AGENT_KEY, keepTrying: true, createMs });
  agents.push(agent);
  await agent.connect();
  return agent;
}

/** A call of an operator's program to a manager's listener. */
async function operate(to: TestManager, method: string, path: string, body?: object, key = operatorKey('test')) {
  const response = await fetch(`http://127.0.0.1:${to.manager.metricsPort}/operator${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'x-drydock-operator': 'ann' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
}

const codeOf = (answer: { body: unknown }) => (answer.body as { error?: { code: string } }).error?.code;

beforeEach(async () => {
  lines = [];
  redis = await startTestRedis();
  [a, b] = await Promise.all([manager(), manager()]);
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.close();
  await Promise.all([a.stop(), b.stop()]);
  await redis.stop();
});

describe('an operator', () => {
  it('lists sessions from outside: who, where, how much, and nothing that is in them', async () => {
    const agent = await host();
    const { session, token } = await a.createSession({ name: 'a private name' });
    await a.call('POST', `/sessions/${session.id}/nodes`, { token });
    agent.report(session.id, 'node1', { usage: { cpu: 0.5, memoryBytes: 7, diskBytes: 1, pids: 1, oomKills: 0 } });
    const one = async () => (await operate(a, 'GET', `/sessions/${session.id}`)).body as OperatorSession;
    const traffic = { sentBytes: 2000, receivedBytes: 9000, sentPerSecond: 40, receivedPerSecond: 90 };
    agent.sendFact({ kind: 'traffic', sessionId: session.id, traffic });
    await expect.poll(async () => (await one()).cpus).toBe(1);
    await expect.poll(async () => (await one()).network).toEqual(traffic);
    expect(await one()).toMatchObject({
      id: session.id,
      hosts: ['h1'],
      client: expect.stringMatching(/^client-/),
      nodes: [{ name: 'node1', host: 'h1', cpus: 1, maxCpus: 2, memoryBytes: 7 }],
    });
    const all = await operate(a, 'GET', '/sessions');
    expect(JSON.stringify(all.body)).not.toMatch(/private name|link|token|[A-Za-z0-9_-]{40}/);
    expect((await operate(a, 'GET', '/usage')).body).toMatchObject([
      { kind: 'client', sessions: 1, nodes: 1, cpus: 1, sentBytes: 2000, receivedBytes: 9000 },
    ]);
    const metrics = await (await fetch(`http://127.0.0.1:${a.manager.metricsPort}/metrics`)).text();
    expect(metrics).toContain('drydock_network_bytes_total{host="h1",direction="sent"} 2000\n');
    expect(metrics).toContain('drydock_network_bytes_total{host="h1",direction="received"} 9000\n');
  });

  it('ends a session, and its pages on both managers show why', async () => {
    const agent = await host();
    const { session, token } = await a.createSession();
    await a.call('POST', `/sessions/${session.id}/nodes`, { token });
    await expect.poll(async () => (await b.call('GET', `/sessions/${session.id}`, { token })).status).toBe(200);
    const ended = Promise.all(
      [a, b].map(async (each) => {
        const { socket } = await each.openPage(session.id, token);
        return new Promise((resolve) => socket.once('session:ended', resolve));
      }),
    );
    // Both pages are there before the end comes.
    await expect.poll(() => lines.filter(({ msg }) => msg === 'page connected').length).toBe(2);
    const text = 'It mined. Write to ops@example.org.';
    expect((await operate(b, 'POST', `/sessions/${session.id}/end`, { reason: text })).status).toBe(200);
    expect(await ended).toEqual([
      { reason: 'operator', text },
      { reason: 'operator', text },
    ]);
    await expect.poll(() => agent.nodes()).toEqual([]);
    const later = await a.call('GET', `/sessions/${session.id}`, { token });
    expect(later).toMatchObject({ status: 404, body: { error: { details: { ended: 'operator', endText: text } } } });
  });

  it('freezes the nodes of a session: nothing is begun in them until they thaw, and a host that was away is told', async () => {
    const agent = await host();
    const { session, token } = await a.createSession();
    const at = `/sessions/${session.id}`;
    await a.call('POST', `${at}/nodes`, { token });
    expect((await operate(a, 'POST', `${at}/freeze`, { reason: 'looking into it' })).status).toBe(200);
    expect(agent.frozen()).toEqual([session.id]);
    expect((await a.call('GET', at, { token })).body).toMatchObject({ frozen: { reason: 'looking into it' } });
    const exec = () => a.call('POST', `${at}/nodes/node1/exec`, { token, body: { command: ['true'] } });
    expect([codeOf(await exec()), codeOf(await a.call('POST', `${at}/nodes`, { token }))]).toEqual([
      'SESSION_FROZEN',
      'SESSION_FROZEN',
    ]);
    agent.commands.length = 0;
    agent.disconnect();
    await agent.connect();
    await expect.poll(() => agent.commands).toContain(`session.freeze ${session.id}/`);
    await expect.poll(() => agent.allGreeted(), { timeout: 15_000 }).toBe(true);
    expect((await operate(b, 'POST', `${at}/thaw`)).status).toBe(200);
    expect(agent.frozen()).toEqual([]);
    await expect.poll(async () => (await exec()).status).toBe(200);
  }, 40_000);

  it('freezes a node whose making had begun before', async () => {
    const agent = await host(700);
    const { session, token } = await a.createSession();
    const at = `/sessions/${session.id}`;
    const made = a.call('POST', `${at}/nodes`, { token });
    await expect.poll(() => agent.commands).toContain(`node.create ${session.id}/node1`);
    await operate(a, 'POST', `${at}/freeze`, { reason: 'looking into it' });
    agent.commands.length = 0;
    expect((await made).status).toBe(201);
    await expect.poll(() => agent.commands).toContain(`session.freeze ${session.id}/`);
  });

  it('blocks an address at one manager and the other obeys, also after both start anew, until the block is taken away', async () => {
    await host();
    const { session } = await a.createSession();
    const asked = await operate(a, 'POST', '/blocks', { session: session.id, hours: 1, reason: 'floods' });
    expect(asked).toMatchObject({ status: 200, body: { block: { kind: 'client', by: 'ann' } } });
    const status = async (each: TestManager) => codeOf(await each.call('GET', '/status'));
    expect(await status(a)).toBe('BLOCKED');
    await expect.poll(() => status(b), { timeout: 5000 }).toBe('BLOCKED');
    // Pages, published ports and sockets too.
    for (const hostName of ['localhost', `8080-node1-${session.id}.localhost`]) {
      const page = await fetch(`${b.origin}/`, { headers: { host: hostName } });
      expect([page.status, await page.text()]).toEqual([403, expect.stringContaining('has blocked you')]);
    }
    // What only begins like a path of the API or of hosts is a page like any other.
    for (const path of ['/api-docs', '/healthz-not', '/agent-socket.html']) {
      expect([path, (await fetch(`${b.origin}${path}`)).status]).toEqual([path, 403]);
    }
    await expect(b.openPage(session.id, 'x'.repeat(43))).rejects.toThrow();
    await Promise.all([a.restart(), b.restart()]);
    expect([await status(a), await status(b)]).toEqual(['BLOCKED', 'BLOCKED']);
    const [{ id } = { id: '' }] = (await operate(b, 'GET', '/blocks')).body as { id: string }[];
    expect((await operate(b, 'DELETE', `/blocks/${id}`)).status).toBe(200);
    await expect.poll(() => status(a), { timeout: 5000 }).toBeUndefined();
    expect((await operate(b, 'DELETE', `/blocks/${id}`)).status).toBe(404);
  });

  it('blocks networks, ends the sessions of whom a block means, and refuses what is no target', async () => {
    await host();
    const { session } = await a.createSession();
    const block = (target: string) =>
      operate(a, 'POST', '/blocks', { target, hours: 1, reason: 'r', endSessions: true });
    expect((await block('203.0.113.0/24')).body).toMatchObject({ ended: [] });
    expect(codeOf(await a.call('GET', '/status'))).toBeUndefined();
    for (const bad of ['nobody', '203.0.113.0/33', '203.0.113.0/x', '1.2.3'])
      expect((await block(bad)).status).toBe(400);
    const { client } = (await operate(a, 'GET', `/sessions/${session.id}`)).body as OperatorSession;
    expect((await block(client ?? '')).body).toMatchObject({ ended: [session.id] });
    expect((await block('127.0.0.0/8')).status).toBe(200);
    expect(codeOf(await a.call('GET', '/status'))).toBe('BLOCKED');
  });

  it('stops new sessions at all managers with a message for visitors, and allows them again', async () => {
    await host();
    const message = 'Back at nine.';
    expect((await operate(a, 'POST', '/starts/stop', { message })).status).toBe(200);
    await expect
      .poll(async () => (await b.call('POST', '/sessions', { body: {} })).body, { timeout: 5000 })
      .toMatchObject({ error: { code: 'STARTS_STOPPED', message } });
    expect((await b.call('GET', '/status')).body).toMatchObject({ startsStopped: message });
    await operate(b, 'POST', '/starts/allow');
    await expect
      .poll(async () => (await a.call('POST', '/sessions', { body: {} })).status, { timeout: 5000 })
      .toBe(201);
  });

  it('leaves a trail of every order, and none that was refused; without the key nothing is answered', async () => {
    await host();
    const { session } = await a.createSession();
    const at = `/sessions/${session.id}`;
    await operate(a, 'POST', `${at}/note`, { note: 'a school' });
    await operate(a, 'POST', `${at}/end`, {});
    await operate(a, 'POST', '/hosts/h9/drain');
    const trail = (await operate(b, 'GET', '/audit')).body;
    expect(trail).toMatchObject([
      { by: 'ann', action: 'drain', target: 'h9' },
      { by: 'ann', action: 'note', target: session.id, detail: 'a school' },
    ]);
    for (const [method, path] of [
      ['GET', '/sessions'],
      ['GET', '/audit'],
      ['POST', `${at}/end`],
      ['POST', '/links'],
      ['GET', '/nothing'],
    ] as const) {
      expect((await operate(a, method, path, undefined, operatorKey('guess'))).status).toBe(401);
    }
  });
});

describe('who started a session', () => {
  it.each([
    ['plain', '127.0.0.1'],
    ['hash', expect.stringMatching(/^client-[\w-]{16}$/)],
    ['none', undefined],
  ] as const)('is in the log of its creation as %s', async (auditAddress, client) => {
    await a.stop();
    a = await manager({ auditAddress });
    await host();
    const { session } = await a.createSession();
    expect(
      lines.find(({ audit, sessionId }) => audit === 'session-created' && sessionId === session.id)?.client,
    ).toEqual(client);
  });
});
