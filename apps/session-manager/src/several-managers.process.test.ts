import { BlockList } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionId } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { startTestRedis, type TestRedis } from '@drydock/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisStore } from './store/redis.ts';
import { type Balancer, startBalancer } from './testing/balancer.ts';
import { createFixtureAgent, type FixtureAgent, type FixtureAgentOptions } from './testing/fixture-agent.ts';
import { startTestManager, type TestManager, type TestManagerOptions } from './testing/test-manager.ts';
import { openTestPage, type TestPage } from './testing/test-page.ts';

const logger = createLogger('test', 'silent');
const AGENT_KEY = 'k'.repeat(43);
let redis: TestRedis;
let a: TestManager;
let b: TestManager;
let balancer: Balancer;
const agents: FixtureAgent[] = [];
const pages: TestPage[] = [];

const manager = async (settings: TestManagerOptions['settings'] = {}) =>
  startTestManager({ store: await createRedisStore(redis.url, logger, 5000), agentKey: AGENT_KEY, settings });

async function host(extra: Partial<FixtureAgentOptions> = {}): Promise<FixtureAgent> {
  const url = [a.origin, b.origin];
  const agent = createFixtureAgent({ url, name: 'h1', key: AGENT_KEY, keepTrying: true, ...extra });
  agents.push(agent);
  await agent.connect();
  return agent;
}

function page(origin: string, sessionId: SessionId, token: string): TestPage {
  const opened = openTestPage({ origin, sessionId, token });
  pages.push(opened);
  return opened;
}

async function sessionOnBoth() {
  const { session, token } = await a.createSession();
  await expect.poll(async () => (await b.call('GET', `/sessions/${session.id}`, { token })).status).toBe(200);
  return { id: session.id, token, path: `/sessions/${session.id}` };
}

beforeEach(async () => {
  redis = await startTestRedis();
  [a, b] = await Promise.all([manager(), manager()]);
  balancer = await startBalancer([a, b].map(({ origin }) => Number(new URL(origin).port)));
});
afterEach(async () => {
  for (const opened of pages.splice(0)) opened.close();
  for (const agent of agents.splice(0)) agent.close();
  await balancer.close();
  await Promise.all([a.stop(), b.stop()]);
  await redis.stop();
});

describe('two managers of one store', () => {
  it('show the pages of one what was done through the other: nodes, terminals, sizes, progress', async () => {
    await host();
    const { id, token, path } = await sessionOnBoth();
    const onB = page(b.origin, id, token);
    await expect.poll(() => onB.snapshot?.right).toBe('owner');
    await a.call('POST', `${path}/nodes`, { token });
    await expect
      .poll(() => onB.changes)
      .toContainEqual(
        expect.objectContaining({ kind: 'node', node: expect.objectContaining({ name: 'node1', state: 'running' }) }),
      );
    const onA = page(a.origin, id, token);
    const terminalId = await onA.openTerminal('node1');
    await expect
      .poll(() => onB.changes)
      .toContainEqual(expect.objectContaining({ kind: 'terminal', terminal: expect.objectContaining({ terminalId }) }));
    onB.watch(terminalId);
    await onA.type(terminalId, 'from-a ');
    await onB.type(terminalId, 'from-b ');
    await expect.poll(() => onA.drawn(terminalId)).toBe('root@node1:~# from-a from-b ');
    await expect.poll(() => onB.drawn(terminalId)).toBe('root@node1:~# from-a from-b ');
    await a.call('POST', `${path}/templates`, { token, body: { template: 'one-node' } });
    await expect.poll(() => onB.changes).toContainEqual(expect.objectContaining({ kind: 'progress' }));
    expect([onA.faults, onB.faults]).toEqual([[], []]);
  }, 40_000);

  it('end a session once between them, and close its pages on both', async () => {
    const agent = await host();
    const { session, token } = await a.createSession({ hours: 2.5 / 3600 });
    await a.call('POST', `/sessions/${session.id}/nodes`, { token });
    const opened = [page(a.origin, session.id, token), page(b.origin, session.id, token)];
    await expect.poll(() => opened.map(({ ended }) => ended()), { timeout: 8000 }).toEqual(['expired', 'expired']);
    expect((await b.call('GET', `/sessions/${session.id}`, { token })).status).toBe(404);
    await expect.poll(() => agent.nodes(), { timeout: 8000 }).toEqual([]);
  }, 40_000);

  it('never place more nodes than a host takes, whichever of them is asked', async () => {
    const agent = await host({ maxNodes: 5, createMs: 20 });
    const sessions = await Promise.all(Array.from({ length: 5 }, sessionOnBoth));
    const answers = await Promise.all(
      [a, b].flatMap((each) =>
        sessions.map(({ path, token }) => each.call('POST', `${path}/nodes`, { token, body: {} })),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(5);
    expect(agent.nodes()).toHaveLength(5);
  }, 40_000);

  it('keep one line of those who wait, which outlives each of them', async () => {
    await host({ maxNodes: 1 });
    const { path, token } = await sessionOnBoth();
    await a.call('POST', `${path}/nodes`, { token });
    const ask = async (from: TestManager, queue: string) => {
      const { status, body } = await from.call('POST', '/sessions', { body: { queue: `${queue}-in-the-line` } });
      return status === 201 ? 'in' : (body as { error: { details: { queuePlace: number } } }).error.details.queuePlace;
    };
    await expect.poll(() => ask(b, 'first')).toBe(1);
    expect(await ask(a, 'second')).toBe(2);
    await Promise.all([a.restart(), b.restart()]);
    expect(await ask(a, 'newcomer')).toBe(3);
    expect(await ask(b, 'second')).toBe(2);
    await b.call('DELETE', path, { token });
    await expect.poll(() => agents[0]?.allGreeted()).toBe(true);
    expect(await ask(a, 'second')).toBe(2);
    expect(await ask(b, 'first')).toBe('in');
  }, 40_000);

  it('give a host up only when none of them reaches it', async () => {
    await b.pause();
    await b.stop();
    b = await startTestManager({
      store: await createRedisStore(redis.url, logger, 5000),
      agentKey: AGENT_KEY,
      settings: { hostTimeoutMs: 300 },
    });
    // Only A is told to this host.
    await host({ url: a.origin });
    const { path, token } = await sessionOnBoth();
    await a.call('POST', `${path}/nodes`, { token });
    await b.restart();
    await sleep(1500);
    expect((await a.call('GET', path, { token })).body).toMatchObject({ nodes: [{ name: 'node1', state: 'running' }] });
  }, 40_000);

  it('finish a node whose maker died', async () => {
    const agent = await host({ createMs: 700 });
    const { id, path, token } = await sessionOnBoth();
    const asked = a.call('POST', `${path}/nodes`, { token }).catch(() => undefined);
    await expect.poll(async () => (await b.call('GET', path, { token })).body).toMatchObject({ nodes: [{}] });
    await a.pause();
    await asked;
    await expect
      .poll(async () => (await b.call('GET', path, { token })).body, { timeout: 15_000 })
      .toMatchObject({ nodes: [{ name: 'node1', state: 'running' }] });
    expect(agent.nodes()).toEqual([`${id}/node1`]);
    await a.resume();
  }, 40_000);

  it('are restarted one after the other without a dropped session, a lost byte or a key typed twice', async () => {
    const agent = await host();
    const pages = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { id, token, path } = await sessionOnBoth();
        await a.call('POST', `${path}/nodes`, { token });
        const opened = page(balancer.origin, id, token);
        const terminalId = await opened.openTerminal('node1');
        return { id, token, path, opened, terminalId, typed: '' };
      }),
    );
    let isOver = false;
    const load = pages.map(async (page) => {
      for (let line = 1; !isOver; line += 1) {
        page.typed += `line-${line} `;
        await page.opened.type(page.terminalId, `line-${line} `);
        await sleep(10);
      }
    });
    for (const each of [a, b]) {
      await sleep(300);
      await each.pause();
      await sleep(500);
      await each.resume();
      await expect.poll(() => agent.allGreeted(), { timeout: 10_000 }).toBe(true);
    }
    await sleep(300);
    isOver = true;
    await Promise.all(load);
    for (const { opened, terminalId, typed, path, token } of pages) {
      await expect.poll(() => opened.drawn(terminalId)).toBe(`root@node1:~# ${typed}`);
      expect([opened.faults, opened.ended(), opened.connections > 1]).toEqual([[], undefined, true]);
      for (const each of [a, b]) {
        expect(await each.call('GET', path, { token })).toMatchObject({
          status: 200,
          body: { nodes: [{ name: 'node1', state: 'running', reachable: true }] },
        });
      }
    }
    expect(agent.nodes()).toHaveLength(pages.length);
  }, 60_000);

  it('let one address have no more of the place than it may, also when many ask both at once', async () => {
    await Promise.all([a.stop(), b.stop()]);
    const settings = {
      maxNodes: 3,
      addressBounds: { sessions: 3, nodePercent: 10, connections: 1000, uncounted: new BlockList() },
    };
    [a, b] = await Promise.all([manager(settings), manager(settings)]);
    await host({ maxNodes: 30 });
    await expect.poll(() => agents[0]?.allGreeted()).toBe(true);
    const codeOf = ({ body }: { body: unknown }) => (body as { error?: { code: string } }).error?.code;
    const asked = await Promise.all(
      Array.from({ length: 12 }, (_, number) => (number % 2 === 0 ? a : b).call('POST', '/sessions', { body: {} })),
    );
    const made = asked.filter(({ status }) => status === 201);
    expect(made).toHaveLength(3);
    expect(new Set(asked.filter(({ status }) => status !== 201).map(codeOf))).toEqual(new Set(['ADDRESS_LIMIT']));
    const sessions = made.map(({ body }) => body as { session: { id: string }; token: string });
    // Both know all of them before they are asked for nodes: of thirty the address may have three.
    for (const { session, token } of sessions) {
      for (const each of [a, b])
        await expect.poll(async () => (await each.call('GET', `/sessions/${session.id}`, { token })).status).toBe(200);
    }
    const nodes = await Promise.all(
      [a, b].flatMap((each) =>
        sessions.map(({ session, token }) => each.call('POST', `/sessions/${session.id}/nodes`, { token })),
      ),
    );
    expect(nodes.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(new Set(nodes.filter(({ status }) => status !== 201).map(codeOf))).toEqual(new Set(['ADDRESS_LIMIT']));
  });
});
