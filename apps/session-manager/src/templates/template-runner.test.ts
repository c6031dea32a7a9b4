import { type SessionChange, type SessionId, type SessionView, sessionIdSchema } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSession } from '../model/session.ts';
import { addNode } from '../model/session-nodes.ts';
import type { FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';
import { freeNames } from './template-runner.ts';
import { TEMPLATES, type Template } from './templates.ts';

let test: TestManager;
let agent: FixtureAgent;

beforeEach(async () => {
  test = await startTestManager();
  agent = await test.host({ maxNodes: 12 });
});
afterEach(() => test.stop());

async function progressOf(id: SessionId, token: string) {
  const { socket } = await test.openPage(id, token);
  const seen: Extract<SessionChange, { kind: 'progress' }>[] = [];
  socket.on('session:change', ({ change }: { change: SessionChange }) => {
    if (change.kind === 'progress') seen.push(change);
  });
  return seen;
}

const view = async (id: SessionId, token: string) =>
  (await test.call('GET', `/sessions/${id}`, { token })).body as SessionView;

describe('templates', () => {
  it('can be the operator’s own, and are listed first', async () => {
    const limits = { cpus: 0.5, pids: 1000 };
    const own = { id: 'own', title: 'Own', description: '', nodes: ['lab1'], steps: [], limits };
    const other = await startTestManager({ settings: { templates: [own] } });
    try {
      await other.host();
      const listed = (await other.call('GET', '/templates')).body as { id: string }[];
      expect(listed[0]?.id).toBe('own');
      const { session } = await other.createSession({ template: 'own' });
      expect(session.nodes.map(({ name }) => name)).toEqual(['lab1']);
      // What it does not name is as the host's other nodes have it.
      expect(session.nodes[0]?.limits).toEqual({ ...session.limits.node, ...limits });
    } finally {
      await other.stop();
    }
  });

  it('begin a swarm with its first node, while the others are still being made; other steps wait for all', async () => {
    const nodes = ['lab1', 'lab2'];
    const own = (id: string, ...steps: Template['steps']): Template => ({
      id,
      title: id,
      description: '',
      nodes,
      steps,
    });
    const other = await startTestManager({
      settings: {
        templates: [
          own('clustered', { kind: 'swarm', managers: ['lab1'], workers: ['lab2'] }),
          own('plain', { kind: 'run', node: 'lab1', text: 'Running', command: ['true'], timeoutSeconds: 5 }),
        ],
      },
    });
    try {
      const slow = await other.host({ createMs: (node) => (node === 'lab2' ? 600 : 0) });
      const commandsOf = async (template: string) => {
        const { session } = await other.createSession({ template });
        const mine = () => slow.commands.filter((command) => command.endsWith(`${session.id}/lab1`));
        await expect.poll(() => slow.nodes()).toContain(`${session.id}/lab1`);
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(slow.nodes()).not.toContain(`${session.id}/lab2`);
        return mine().map((command) => command.split(' ')[0]);
      };
      expect(await commandsOf('clustered')).toContain('node.exec');
      expect(await commandsOf('plain')).not.toContain('node.exec');
    } finally {
      await other.stop();
    }
  });

  it('make their nodes while the session is there already', async () => {
    const { session, token } = await test.createSession({ template: 'one-node' });
    expect(session).toMatchObject({ template: 'one-node', nodes: [{ name: 'node1' }] });
    await expect.poll(async () => (await view(session.id, token)).nodes[0]?.state).toBe('running');
  });

  it('are refused whole when no host has room for all of their nodes', async () => {
    const { session, token } = await test.createSession();
    for (let count = 0; count < 8; count += 1) await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    const answer = await test.call('POST', '/sessions', { body: { template: 'swarm-5m' } });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'NO_CAPACITY' } } });
    expect(agent.nodes()).toHaveLength(8);
    expect((await test.call('GET', '/status')).body).toMatchObject({ sessions: 1 });
  });

  it('take everything back when a step fails, and say so', async () => {
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token, body: { name: 'mine' } });
    const progress = await progressOf(session.id, token);
    agent.fail('node.exec', 'INTERNAL');
    const answer = await test.call('POST', `/sessions/${session.id}/templates`, {
      token,
      body: { template: 'swarm-1m1w' },
    });
    expect(answer.status).toBe(202);
    expect((await view(session.id, token)).nodes).toHaveLength(3);
    await expect.poll(() => progress.at(-1)?.failed, { timeout: 5000 }).toBe(true);
    await expect.poll(async () => (await view(session.id, token)).nodes.map(({ name }) => name)).toEqual(['mine']);
    expect(agent.nodes()).toEqual([`${session.id}/mine`]);
  });

  it('wait for docker, and count their way to the end', async () => {
    const { session, token } = await test.createSession();
    const progress = await progressOf(session.id, token);
    await test.call('POST', `/sessions/${session.id}/templates`, { token, body: { template: 'one-node' } });
    await expect
      .poll(() => progress.at(-1), { timeout: 5000 })
      .toMatchObject({ text: 'One node: ready', done: 1, total: 1 });
    expect(
      (await test.call('POST', `/sessions/${session.id}/templates`, { token, body: { template: 'x' } })).status,
    ).toBe(400);
  });

  it('give nodes the next free name where theirs is taken', () => {
    const now = Date.now();
    const limits = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
    let session = newSession({
      id: sessionIdSchema.parse('abcdefgh'),
      name: null,
      template: null,
      createdAt: now,
      expiresAt: now + 1000,
      links: [],
      portSecret: '',
    });
    for (const name of ['mgr1', 'mgr3'])
      session = addNode(session, { name, host: 'h', limits, now, maxNodes: 9 }).session;
    expect([...freeNames(session, ['mgr1', 'mgr2', 'wrk1'])]).toEqual([
      ['mgr1', 'mgr2'],
      ['mgr2', 'mgr4'],
      ['wrk1', 'wrk1'],
    ]);
  });

  it('fit into a session and have steps for their own nodes only', () => {
    for (const { id, nodes, steps } of TEMPLATES) {
      expect(nodes.length, id).toBeLessThanOrEqual(8);
      for (const step of steps) {
        const used = step.kind === 'swarm' ? [...step.managers, ...step.workers] : [step.node];
        for (const name of used) expect(nodes, id).toContain(name);
      }
    }
  });
});
