import { execResponseSchema, nodeViewSchema, sessionViewSchema, statusResponseSchema } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

let test: TestManager;

beforeEach(async () => {
  test = await startTestManager();
});
afterEach(() => test.stop());

describe('sessions', () => {
  it('are created for four hours, with an owner’s token and three links', async () => {
    await test.host();
    const before = Date.now();
    const { session, token, links } = await test.createSession({ name: 'Lesson 1' });
    expect(session).toMatchObject({ name: 'Lesson 1', state: 'active', nodes: [] });
    expect(session.expiresAt - session.createdAt).toBe(4 * 3_600_000);
    expect(session.createdAt).toBeGreaterThanOrEqual(before);
    expect(links.owner).toMatch(new RegExp(`/s/${session.id}#${token}$`));
    const answer = await test.call('GET', `/sessions/${session.id}`, { token });
    expect(sessionViewSchema.parse(answer.body).id).toBe(session.id);
  });

  it('look alike when they are unknown, foreign, or asked for without a token', async () => {
    await test.host();
    const { session } = await test.createSession();
    const other = await test.createSession();
    const answers = await Promise.all([
      test.call('GET', '/sessions/aaaaaaaa', { token: other.token }),
      test.call('GET', `/sessions/${session.id}`, { token: other.token }),
      test.call('GET', `/sessions/${session.id}`),
      test.call('GET', '/sessions/not-an-id', { token: other.token }),
      test.call('DELETE', `/sessions/${session.id}`, { token: 'x'.repeat(43) }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual(answers[0]?.body);
    }
  });

  it('are gone everywhere when a DELETE is answered', async () => {
    const agent = await test.host();
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    expect(agent.nodes()).toHaveLength(1);
    expect((await test.call('DELETE', `/sessions/${session.id}`, { token })).status).toBe(204);
    expect(agent.nodes()).toEqual([]);
    const after = await test.call('GET', `/sessions/${session.id}`, { token });
    expect(after.status).toBe(404);
    expect(after.body).toMatchObject({ error: { details: { ended: 'closed' } } });
    expect(statusResponseSchema.parse((await test.call('GET', '/status')).body).sessions).toBe(0);
  });

  it('take hours up to the operator’s maximum, at birth and later', async () => {
    await test.host();
    const { session, token } = await test.createSession({ hours: 0.5 });
    expect(session.expiresAt - session.createdAt).toBe(1_800_000);
    const extended = await test.call('POST', `/sessions/${session.id}/extend`, { token, body: { hours: 2 } });
    expect(extended.body).toMatchObject({ expiresAt: session.expiresAt + 7_200_000 });
    const most = await test.call('POST', `/sessions/${session.id}/extend`, { token, body: { hours: 100 } });
    expect(most.body).toMatchObject({ expiresAt: session.createdAt + 12 * 3_600_000 });
    expect((await test.call('POST', '/sessions', { body: { hours: 13 } })).status).toBe(400);
  });

  it('get another name from their owner, or none, and every page is told', async () => {
    await test.host();
    const { session, token, links } = await test.createSession();
    const { socket } = await test.openPage(session.id, token);
    const told: unknown[] = [];
    socket.on('session:change', ({ change }) => change.kind === 'session' && told.push(change.name));
    const rename = (name: unknown, by = token) =>
      test.call('PATCH', `/sessions/${session.id}`, { token: by, body: { name } });
    expect((await rename('  Swarm lesson ')).body).toMatchObject({ name: 'Swarm lesson' });
    expect((await rename(null)).body).toMatchObject({ name: null });
    await expect.poll(() => told).toEqual(['Swarm lesson', null]);
    for (const bad of ['', '   ', 'x'.repeat(81), 7]) expect((await rename(bad)).status).toBe(400);
    const collaborator = links.collaborator.split('#')[1];
    expect((await rename('mine', collaborator)).status).toBe(403);
  });

  it('are refused with a place in the queue when no host has room', async () => {
    const none = await test.call('POST', '/sessions', { body: {} });
    expect(none.status).toBe(503);
    expect(none.headers.get('retry-after')).not.toBeNull();
    expect(none.body).toMatchObject({ error: { code: 'NO_CAPACITY', retry: 'later', details: { queuePlace: 1 } } });
    const second = await test.call('POST', '/sessions', { body: { queue: 'another-one' } });
    expect(second.body).toMatchObject({ error: { details: { queuePlace: 2 } } });
  });

  it('are refused with a place in the queue too when there are as many as may be', async () => {
    await test.stop();
    test = await startTestManager({ settings: { maxSessions: 1 } });
    await test.host();
    const { session, token } = await test.createSession();
    const refused = await test.call('POST', '/sessions', { body: { queue: 'somebody' } });
    expect(refused.body).toMatchObject({ error: { code: 'NO_CAPACITY', details: { queuePlace: 1 } } });
    expect((await test.call('GET', '/status')).body).toMatchObject({ capacity: { free: 0 } });
    await test.call('DELETE', `/sessions/${session.id}`, { token });
    expect((await test.call('POST', '/sessions', { body: { queue: 'somebody' } })).status).toBe(201);
  });
});

describe('nodes', () => {
  it('get the first free name and address, and are what their host says', async () => {
    const agent = await test.host();
    const { session, token } = await test.createSession();
    const path = `/sessions/${session.id}/nodes`;
    const first = nodeViewSchema.parse((await test.call('POST', path, { token })).body);
    expect(first).toMatchObject({ name: 'node1', ip: '192.168.0.11', state: 'running', dockerReady: true });
    const named = nodeViewSchema.parse((await test.call('POST', path, { token, body: { name: 'mgr1' } })).body);
    expect(named).toMatchObject({ name: 'mgr1', ip: '192.168.0.12' });
    expect(nodeViewSchema.parse((await test.call('POST', path, { token, body: {} })).body).name).toBe('node2');
    expect(agent.nodes()).toHaveLength(3);
    expect((await test.call('DELETE', `${path}/node1`, { token })).status).toBe(204);
    expect(nodeViewSchema.parse((await test.call('POST', path, { token })).body)).toMatchObject({
      name: 'node1',
      ip: '192.168.0.11',
    });
  });

  it('refuse bad, taken and too many names, each with its own error', async () => {
    await test.host({ maxNodes: 20 });
    const { session, token } = await test.createSession();
    const path = `/sessions/${session.id}/nodes`;
    const add = (name: string) => test.call('POST', path, { token, body: { name } });
    for (const name of ['', 'Node1', '1node', 'a_b', 'x'.repeat(33), '-a', 'a-', '../etc', 'näh']) {
      expect(await add(name)).toMatchObject({ status: 400, body: { error: { code: 'BAD_NAME' } } });
    }
    await add('a');
    expect(await add('a')).toMatchObject({ status: 409, body: { error: { code: 'NODE_EXISTS' } } });
    for (let count = 1; count < 8; count += 1) await test.call('POST', path, { token });
    expect(await test.call('POST', path, { token })).toMatchObject({
      status: 409,
      body: { error: { code: 'NODE_LIMIT' } },
    });
  });

  it('leave nothing behind when they cannot be made', async () => {
    const agent = await test.host();
    const { session, token } = await test.createSession();
    agent.fail('node.create', 'INTERNAL');
    const failed = await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    expect(failed).toMatchObject({ status: 500, body: { error: { code: 'NODE_CREATE_FAILED' } } });
    expect((await test.call('GET', `/sessions/${session.id}`, { token })).body).toMatchObject({ nodes: [] });
    expect(agent.commands).toContain(`node.destroy ${session.id}/node1`);
    agent.fail('node.create', 'DISK_FULL');
    expect((await test.call('POST', `/sessions/${session.id}/nodes`, { token })).status).toBe(507);
  });

  it('run commands and give back code, output and errors', async () => {
    await test.host();
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    const exec = (body: object) => test.call('POST', `/sessions/${session.id}/nodes/node1/exec`, { token, body });
    const answer = await exec({ command: ['sh', '-c', 'cat; echo no >&2; exit 3'], stdin: 'hello' });
    expect(execResponseSchema.parse(answer.body)).toMatchObject({ exitCode: 3, stdout: 'hello', stderr: 'no\n' });
    const long = await exec({ command: ['sleep', '5'], timeoutSeconds: 0.2 });
    expect(long).toMatchObject({ status: 504, body: { error: { code: 'EXEC_TIMEOUT' } } });
    const big = await exec({ command: ['sh', '-c', 'head -c 3000000 /dev/zero'] });
    expect(execResponseSchema.parse(big.body)).toMatchObject({ truncated: true, exitCode: 0 });
    expect((await exec({ command: [] })).status).toBe(400);
    expect((await exec({ command: ['true'], timeoutSeconds: 301 })).status).toBe(400);
    expect((await exec({ command: ['true'], surprise: 1 })).status).toBe(400);
    expect((await exec({ command: ['true'], stdin: 'x'.repeat(2_000_000) })).status).toBe(413);
  });
});

describe('bad input', () => {
  it('is told in the one form of errors, also where no route is', async () => {
    const answers = await Promise.all([
      test.call('GET', '/nothing'),
      test.call('PATCH', '/sessions'),
      test.call('POST', '/sessions', { body: { template: 'no-such' } }),
      test.call('POST', '/sessions', { body: { hours: -1 } }),
      test.call('POST', '/sessions', { body: [] }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 400, 400]);
    const malformed = await fetch(`${test.origin}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":',
    });
    expect(malformed.status).toBe(400);
    const form = await fetch(`${test.origin}/api/v1/sessions`, {
      method: 'POST',
      body: new URLSearchParams({ a: 'b' }),
    });
    expect(form.status).toBe(400);
  });
});
