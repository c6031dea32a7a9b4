import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { MAX_AUDIT_ENTRIES } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { startTestRedis, type TestRedis } from '@drydock/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beginClosing, type SessionRecord } from '../model/session.ts';
import { AUDIT_KEY } from './operator/redis.ts';
import { createRedisStore } from './redis.ts';
import { heldKey, SESSIONS_KEY } from './sessions/redis.ts';
import { exampleSession } from './sessions/sessions.contract.ts';
import { storeContract } from './store.contract.ts';
import type { Store } from './store.ts';

const logger = createLogger('test', 'silent');
let redis: TestRedis;
const opened: Store[] = [];
let database = 0;

async function connect(db: number): Promise<Store> {
  const store = await createRedisStore(`${redis.url}/${db}`, logger, 5000);
  opened.push(store);
  return store;
}

beforeAll(async () => {
  // A database a test; of one that is not there ioredis says nothing and takes the first.
  redis = await startTestRedis(['--databases', '128']);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  database += 1;
});
afterAll(() => redis.stop());

storeContract('redis store', () => connect(database));

describe('redis store, when Redis breaks', () => {
  it('says STORE_UNAVAILABLE at once while Redis is down, and has everything when it is back', async () => {
    const store = await connect(database);
    const session = exampleSession();
    await store.sessions.create(session, 10);
    await redis.kill();
    await expect.poll(() => store.sessions.healthy()).toBe(false);
    const since = Date.now();
    await expect(store.sessions.get(session.id)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.sessions.create(exampleSession(), 10)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(Date.now() - since).toBeLessThan(1000);
    let learned = 0;
    store.sessions.onChanged((write) => {
      if (write === 'all') learned += 1;
    });
    await redis.start();
    await expect.poll(() => store.sessions.healthy(), { timeout: 5000 }).toBe(true);
    expect(await store.sessions.get(session.id)).toEqual(session);
    await expect.poll(() => learned).toBeGreaterThan(0);
  });

  it('hears of the writes of another manager', async () => {
    const [mine, other] = [await connect(database), await connect(database)];
    const heard: string[] = [];
    mine.sessions.onChanged((write) => heard.push(write === 'all' ? write : write.id));
    const session = exampleSession();
    await other.sessions.create(session, 10);
    await expect.poll(() => heard).toContain(session.id);
  });

  it('counts nothing for a key of sessions that are not open, also where who closed them took nothing away', async () => {
    const [store, other] = [await connect(database), await connect(database)];
    const [dead, living] = [1, 2].map(() => ({ ...exampleSession(), countedFor: ['somebody'] }));
    await store.sessions.create(dead as SessionRecord, 10);
    await other.sessions.create(living as SessionRecord, 10);
    const raw = new Redis(redis.url, { db: database });
    // As a manager of another release would leave it, that knows no shares.
    await raw.srem(SESSIONS_KEY, (dead as SessionRecord).id);
    expect(await store.sessions.holdings(['somebody'])).toEqual([{ sessions: 1, nodes: 0 }]);
    expect(await raw.hkeys(heldKey('somebody'))).toEqual([(living as SessionRecord).id]);
    expect(await raw.pttl(heldKey('somebody'))).toBeGreaterThan(3_600_000);
    // Who closes one now leaves nothing.
    const [session] = (await store.sessions.list()).records;
    const closing = { ...beginClosing(session as SessionRecord, 'closed', Date.now()), version: 2 };
    await store.sessions.replace(session as SessionRecord, closing);
    expect(await raw.exists(heldKey('somebody'))).toBe(0);
    raw.disconnect();
  });

  it('keeps the audit trail in Redis as short as it is shown', async () => {
    const store = await connect(database);
    for (let at = 1; at <= MAX_AUDIT_ENTRIES + 3; at += 1)
      await store.operator.addToAudit({ at, by: 'ann', action: 'end', target: 'aaaaaaaa' });
    const raw = new Redis(redis.url, { db: database });
    expect(await raw.llen(AUDIT_KEY)).toBe(MAX_AUDIT_ENTRIES);
    raw.disconnect();
  });

  it('outlives a Redis that goes again in the moment in which it came back, and hears of writes after it', async () => {
    /** Ways to the real one, which can be cut at the first word of who wants to hear. */
    const sockets = new Set<Socket>();
    let cutHearers = false;
    let cuts = 0;
    const relay = createServer((client) => {
      const server = connectTcp(Number(new URL(redis.url).port), '127.0.0.1');
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        sockets.add(from);
        from.on('error', () => undefined).on('close', () => to.destroy());
        from.on('data', (data: Buffer) => {
          if (!cutHearers || !data.includes('subscribe')) return void to.write(data);
          cuts += 1;
          from.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const { port } = relay.address() as AddressInfo;
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const store = await createRedisStore(`redis://127.0.0.1:${port}/${database}`, logger, 5000);
    opened.push(store);
    const heard: string[] = [];
    store.sessions.onChanged((write) => heard.push(write === 'all' ? write : write.id));
    await expect.poll(() => heard).toContain('all');
    cutHearers = true;
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => cuts).toBeGreaterThan(2);
    cutHearers = false;
    const other = await connect(database);
    await expect
      .poll(async () => {
        await other.sessions.create(exampleSession(), 1000);
        return heard.some((word) => word !== 'all');
      })
      .toBe(true);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    for (const socket of sockets) socket.destroy();
    relay.close();
  });

  it('gives up a start without Redis in the time it was given', async () => {
    await expect(createRedisStore('redis://127.0.0.1:1', logger, 200)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});
