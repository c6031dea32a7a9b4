import { sessionIdSchema } from '@drydock/protocol';
import { systemClock } from '@drydock/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { newLink, newToken } from '../../model/links.ts';
import { newSession } from '../../model/session.ts';
import { addNode } from '../../model/session-nodes.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { createFixtureAgent } from '../../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { parseAgentKeys } from './agent-keys.ts';

let test: TestManager;
const TIMEOUT_MS = 300;

beforeEach(async () => {
  test = await startTestManager({ settings: { hostTimeoutMs: TIMEOUT_MS } });
});
afterEach(() => test.stop());

async function sessionWithNode() {
  const { session, token } = await test.createSession();
  await test.call('POST', `/sessions/${session.id}/nodes`, { token });
  const state = async () => {
    const { body } = await test.call('GET', `/sessions/${session.id}`, { token });
    return (body as { nodes: { name: string; state: string; reachable: boolean }[] }).nodes[0];
  };
  return { id: session.id, token, state };
}

describe('admission of agents', () => {
  it('refuses a wrong key, a wrong version and a second agent of the same name, each with its code', async () => {
    await test.host({ name: 'same' });
    const connect = (options: object) =>
      createFixtureAgent({ url: test.origin, name: 'x', key: test.agentKey, ...options }).connect();
    await expect(connect({ key: 'k'.repeat(43) })).rejects.toMatchObject({ code: 'AGENT_KEY_REJECTED' });
    await expect(connect({ key: 'short' })).rejects.toMatchObject({ code: 'AGENT_KEY_REJECTED' });
    await expect(connect({ protocol: 99 })).rejects.toMatchObject({ code: 'AGENT_VERSION' });
    await expect(connect({ name: 'same' })).rejects.toMatchObject({ code: 'AGENT_NAME_TAKEN' });
    await expect(connect({ name: '../x' })).rejects.toMatchObject({ code: 'AGENT_KEY_REJECTED' });
  });

  it('hears little of who has shown no key, and much of who has', async () => {
    const url = `${test.origin.replace('http', 'ws')}/agent-socket/?EIO=4&transport=websocket`;
    const ask = (padding: number) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(url);
        socket.on('error', reject).on('close', () => resolve('closed'));
        socket.on('open', () => socket.send(`40/agent,${JSON.stringify({ name: 'x', padding: 'x'.repeat(padding) })}`));
        socket.on('message', (data) => String(data).startsWith('44/agent') && resolve('refused'));
      });
    expect(await ask(10)).toBe('refused');
    expect(await ask(1024 * 1024)).toBe('closed');
    const agent = await test.host();
    agent.sendFact({ kind: 'nothing', padding: 'x'.repeat(1024 * 1024) } as never);
    expect((await (await sessionWithNode()).state())?.state).toBe('running');
  });

  it('answers whoever says anything in the place of a name', async () => {
    const url = `${test.origin.replace('http', 'ws')}/agent-socket/?EIO=4&transport=websocket`;
    const ask = (auth: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(url);
        socket.on('error', reject).on('close', () => resolve('closed'));
        socket.on('open', () => socket.send(`40/agent,${auth}`));
        socket.on('message', (data) => {
          if (!String(data).startsWith('44/agent')) return;
          resolve('refused');
          socket.close();
        });
      });
    const names = ['{"toString":1,"valueOf":2}', '[[]]', 'null', '7', '{"__proto__":null}', '[{"toString":0}]'];
    for (const name of names) expect(await ask(`{"name":${name}}`)).toBe('refused');
    expect(await ask('{}')).toBe('refused');
  });

  it('lets a name in again when its connection is gone', async () => {
    const first = await test.host({ name: 'same' });
    first.disconnect();
    const second = createFixtureAgent({ url: test.origin, name: 'same', key: test.agentKey });
    await expect
      .poll(() =>
        second.connect().then(
          () => 'in',
          (error: { code: string }) => error.code,
        ),
      )
      .toBe('in');
    second.close();
  });

  it('reads keys as JSON or as lines', () => {
    const hash = 'ab'.repeat(32);
    expect([...parseAgentKeys(`{"h1": "${hash}"}`)]).toEqual([['h1', hash]]);
    expect([...parseAgentKeys(`# hosts\nh1 ${hash}\n* ${hash}\n`)]).toEqual([
      ['h1', hash],
      ['*', hash],
    ]);
    expect(() => parseAgentKeys('h1 nothex')).toThrow(/h1/);
  });
});

describe('what hosts and store disagree on', () => {
  it('keeps nodes over a short absence and loses them after the host timeout', async () => {
    const agent = await test.host();
    const { state } = await sessionWithNode();
    agent.disconnect();
    await expect.poll(state).toMatchObject({ state: 'running', reachable: false });
    await agent.connect();
    expect(await state()).toMatchObject({ state: 'running', reachable: true });
    agent.disconnect();
    await expect.poll(state, { timeout: 3000 }).toMatchObject({ state: 'lost' });
  });

  it('ends a lost node when its host is back, since the learner was told that it is gone', async () => {
    const agent = await test.host();
    const { id, token, state } = await sessionWithNode();
    agent.disconnect();
    await expect.poll(state, { timeout: 3000 }).toMatchObject({ state: 'lost' });
    await agent.connect();
    await expect.poll(agent.nodes).toEqual([]);
    expect((await test.call('DELETE', `/sessions/${id}/nodes/node1`, { token })).status).toBe(204);
    expect(await state()).toBeUndefined();
  });

  it('ends what a host has of sessions that ended while it was away', async () => {
    const agent = await test.host();
    const { id, token } = await sessionWithNode();
    agent.disconnect();
    await expect.poll(() => agentIsAway()).toBe(true);
    const deleted = test.call('DELETE', `/sessions/${id}`, { token });
    await expect.poll(async () => (await test.call('GET', `/sessions/${id}`, { token })).status).toBe(404);
    expect(agent.nodes()).toHaveLength(1);
    await agent.connect();
    await expect.poll(agent.nodes).toEqual([]);
    expect((await deleted).status).toBe(204);
  });

  it('ends a node that was deleted while its host was away', async () => {
    const agent = await test.host();
    const { id, token, state } = await sessionWithNode();
    agent.disconnect();
    await expect.poll(() => agentIsAway()).toBe(true);
    expect((await test.call('DELETE', `/sessions/${id}/nodes/node1`, { token })).status).toBe(204);
    expect(await state()).toMatchObject({ state: 'destroying' });
    await agent.connect();
    await expect.poll(agent.nodes).toEqual([]);
    await expect.poll(state).toBeUndefined();
  });

  it('tells a host which sessions live on it', async () => {
    const agent = await test.host();
    const { id } = await sessionWithNode();
    agent.disconnect();
    await agent.connect();
    expect(agent.sessions()).toEqual([id]);
  });

  it('shows a node as lost when its host no longer has it', async () => {
    const agent = await test.host();
    const { id, state } = await sessionWithNode();
    agent.disconnect();
    agent.forget(id, 'node1');
    await agent.connect();
    await expect.poll(state).toMatchObject({ state: 'lost' });
  });

  it('finishes a creation that a dead manager began', async () => {
    const store = createMemoryStore(systemClock);
    const now = Date.now();
    const { link, token } = newLink('owner', now);
    const empty = newSession({
      id: sessionIdSchema.parse('abcdefgh'),
      name: null,
      template: null,
      createdAt: now,
      expiresAt: now + 60_000,
      links: [link],
      portSecret: newToken(),
    });
    const limits = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
    await store.sessions.create(addNode(empty, { name: undefined, host: 'h1', limits, now, maxNodes: 8 }).session, 10);
    const next = await startTestManager({ store });
    try {
      const agent = await next.host();
      await expect
        .poll(async () => (await next.call('GET', '/sessions/abcdefgh', { token })).body)
        .toMatchObject({ nodes: [{ name: 'node1', state: 'running' }] });
      expect(agent.nodes()).toEqual(['abcdefgh/node1']);
    } finally {
      await next.stop();
    }
  });

  it('stops in time while a command waits for its host', async () => {
    const agent = await test.host();
    const { session, token } = await test.createSession();
    agent.fail('node.create', 'hang');
    const call = test.call('POST', `/sessions/${session.id}/nodes`, { token }).catch(() => 'cut');
    await expect.poll(() => agent.commands).toContain(`node.create ${session.id}/node1`);
    await test.restart();
    expect(await call).toBe('cut');
  });

  async function agentIsAway(): Promise<boolean> {
    const { body } = await test.call('GET', '/status');
    return (body as { hosts: { state: string }[] }).hosts[0]?.state === 'lost';
  }
});

describe('malformed messages of an agent', () => {
  it('are dropped, and the next good one counts', async () => {
    const agent = await test.host();
    const { id, token } = await sessionWithNode();
    for (const event of ['fact', 'output', 'screen', 'size', 'exit']) agent.emit(event, { nonsense: true });
    agent.emit('fact', null);
    agent.report(id, 'node1', { dockerReady: false });
    await expect
      .poll(async () => (await test.call('GET', `/sessions/${id}`, { token })).body)
      .toMatchObject({ nodes: [{ dockerReady: false }] });
  });
});
