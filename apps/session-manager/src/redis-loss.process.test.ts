import { createLogger } from '@drydock/service-kit';
import { startTestRedis, type TestRedis } from '@drydock/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRedisStore } from './store/redis.ts';
import { startTestManager, type TestManager } from './testing/test-manager.ts';

const logger = createLogger('test', 'silent');
let redis: TestRedis;
let test: TestManager | undefined;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  await test?.stop();
  test = undefined;
});
afterAll(() => redis.stop());

const start = async () => startTestManager({ store: await createRedisStore(redis.url, logger, 5000) });

describe('a manager whose Redis dies', () => {
  it('pauses creation, goes on with what it knows, and loses nothing', async () => {
    test = await start();
    const { call } = test;
    await test.host();
    const { session, token } = await test.createSession();
    const path = `/sessions/${session.id}`;
    await call('POST', `${path}/nodes`, { token });
    const { socket } = await test.openPage(session.id, token);
    const ask = (name: string, request: unknown) => socket.timeout(5000).emitWithAck(name, request);
    const { terminalId } = await ask('terminal:open', { node: 'node1', cols: 80, rows: 24 });

    await redis.kill();
    const unavailable = { status: 503, body: { error: { code: 'STORE_UNAVAILABLE' } } };
    await expect.poll(() => call('POST', '/sessions', { body: {} })).toMatchObject(unavailable);
    expect(await call('POST', `${path}/nodes`, { token })).toMatchObject(unavailable);
    expect((await fetch(`${test.origin}/readyz`)).status).toBe(503);
    expect((await fetch(`${test.origin}/healthz`)).status).toBe(200);
    expect(await call('GET', path, { token })).toMatchObject({ status: 200, body: { nodes: [{ name: 'node1' }] } });
    const input = { terminalId, writer: 'writer-0001', seq: 1, data: Buffer.from('x') };
    expect(await ask('terminal:input', input)).toEqual({});
    expect(await call('POST', `${path}/nodes/node1/exec`, { token, body: { command: ['true'] } })).toMatchObject({
      status: 200,
    });

    await redis.start();
    await expect
      .poll(() => call('POST', `${path}/nodes`, { token }), { timeout: 10_000 })
      .toMatchObject({ status: 201 });
    expect((await call('GET', path, { token })).body).toMatchObject({ nodes: [{ name: 'node1' }, { name: 'node2' }] });
    expect(socket.connected).toBe(true);
  }, 40_000);
});

describe('a manager that is started again', () => {
  it('knows every session, link, node, public port and terminal', async () => {
    test = await start();
    const agent = await test.host();
    const { session, token } = await test.createSession();
    const path = `/sessions/${session.id}`;
    await test.call('POST', `${path}/nodes`, { token });
    await test.call('PATCH', `${path}/nodes/node1/ports/8080`, { token, body: { visibility: 'public' } });
    agent.report(session.id, 'node1', { ports: [{ port: 8080, protocol: 'tcp', source: 'process' }] });
    const first = await test.openPage(session.id, token);
    const ask = (socket: typeof first.socket, name: string, request: unknown) =>
      socket.timeout(5000).emitWithAck(name, request);
    const { terminalId } = await ask(first.socket, 'terminal:open', { node: 'node1', cols: 80, rows: 24 });
    await test.restart();
    await agent.connect();
    expect(agent.sessions()).toEqual([session.id]);
    const again = await test.openPage(session.id, token);
    expect(again.snapshot).toMatchObject({
      right: 'owner',
      session: { expiresAt: session.expiresAt, nodes: [{ name: 'node1', state: 'running', reachable: true }] },
      terminals: [{ terminalId, node: 'node1' }],
      ports: { node1: [{ port: 8080, visibility: 'public' }] },
    });
    let seen = '';
    again.socket.on('terminal:output', ({ data }: { data: Buffer }) => {
      seen += data.toString();
    });
    expect(await ask(again.socket, 'terminal:attach', { terminalId, offset: 0 })).toMatchObject({ offset: 0 });
    await expect.poll(() => seen).toBe('root@node1:~# ');
  }, 40_000);
});

describe('two managers over one Redis', () => {
  it('see each other’s changes and end a session once, for both', async () => {
    test = await start();
    const other = await start();
    try {
      await test.host({ name: 'h1' });
      const { session, token } = await test.createSession();
      const seen = () => other.call('GET', `/sessions/${session.id}`, { token });
      await expect.poll(async () => (await seen()).status).toBe(200);
      await test.call('POST', `/sessions/${session.id}/nodes`, { token });
      await expect.poll(async () => (await seen()).body).toMatchObject({ nodes: [{ name: 'node1' }] });
      expect((await other.call('POST', `/sessions/${session.id}/extend`, { token, body: { hours: 1 } })).status).toBe(
        200,
      );
      await expect
        .poll(async () => (await test?.call('GET', `/sessions/${session.id}`, { token }))?.body)
        .toMatchObject({ expiresAt: session.expiresAt + 3_600_000 });
      expect((await test.call('DELETE', `/sessions/${session.id}`, { token })).status).toBe(204);
      await expect.poll(async () => (await seen()).status).toBe(404);
    } finally {
      await other.stop();
    }
  }, 40_000);
});
