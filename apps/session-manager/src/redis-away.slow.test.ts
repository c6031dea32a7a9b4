/** Half a minute without Redis, as a restart of another machine takes: what the issue of sessions promises, in real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@drydock/service-kit';
import { startTestRedis, type TestRedis } from '@drydock/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedisStore } from './store/redis.ts';
import { startTestManager, type TestManager } from './testing/test-manager.ts';

const AWAY_MS = 30_000;

let redis: TestRedis;
let test: TestManager;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestManager({ store: await createRedisStore(redis.url, createLogger('test', 'silent'), 5000) });
});
afterAll(async () => {
  await test.stop();
  await redis.stop();
});

it('thirty seconds without Redis refuse what is new, lose nothing that was, and let terminals go on', async () => {
  const { call } = test;
  await test.host();
  const { session, token } = await test.createSession();
  const path = `/sessions/${session.id}`;
  await call('POST', `${path}/nodes`, { token });
  const { socket } = await test.openPage(session.id, token);
  const ask = (name: string, request: unknown) => socket.timeout(5000).emitWithAck(name, request);
  const { terminalId } = await ask('terminal:open', { node: 'node1', cols: 80, rows: 24 });
  // Its time is up while nobody can write that down.
  const short = await test.createSession({ hours: 10 / 3600 });

  await redis.kill();
  const end = Date.now() + AWAY_MS;
  const statuses = new Set<number>();
  let keys = 0;
  while (Date.now() < end) {
    keys += 1;
    const input = { terminalId, writer: 'writer-0001', seq: keys, data: Buffer.from('x') };
    expect(await ask('terminal:input', input)).toEqual({});
    statuses.add((await call('POST', '/sessions', { body: {} })).status);
    expect((await call('GET', path, { token })).status).toBe(200);
    await sleep(250);
  }
  expect([...statuses]).toEqual([503]);
  expect(keys).toBeGreaterThan(50);
  expect(await call('GET', `/sessions/${short.session.id}`, { token: short.token })).toMatchObject({ status: 404 });
  expect(socket.connected).toBe(true);

  await redis.start();
  await expect.poll(() => call('POST', `${path}/nodes`, { token }), { timeout: 10_000 }).toMatchObject({ status: 201 });
  expect((await call('GET', path, { token })).body).toMatchObject({ nodes: [{ name: 'node1' }, { name: 'node2' }] });
  expect(await call('GET', `/sessions/${short.session.id}`, { token: short.token })).toMatchObject({
    status: 404,
    body: { error: { details: { ended: 'expired' } } },
  });
}, 90_000);
