import { createLogger } from '@drydock/service-kit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterRedis, startClusterRedis, startTlsRedis, type TlsRedis } from '../testing/redis-kinds.ts';
import { parseRedisUrl } from './redis/client.ts';
import { createRedisStore } from './redis.ts';
import { SESSIONS_KEY } from './sessions/redis.ts';
import { exampleSession } from './sessions/sessions.contract.ts';
import { storeContract } from './store.contract.ts';
import type { Store } from './store.ts';

const logger = createLogger('test', 'silent');

describe('the address of a Redis', () => {
  it.each([
    ['redis://h', { kind: 'single', tls: false, seeds: [{ host: 'h', port: 6379 }] }],
    ['rediss://u:p%2Fw@h:1/3', { kind: 'single', tls: true, username: 'u', password: 'p/w', db: 3 }],
    [
      'redis+cluster://a:1?seeds=b:2,[::1]:3',
      {
        kind: 'cluster',
        seeds: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: '::1', port: 3 },
        ],
      },
    ],
    ['rediss+cluster://:w@a', { kind: 'cluster', tls: true, password: 'w', seeds: [{ host: 'a', port: 6379 }] }],
  ])('%s is read', (url, place) => {
    expect(parseRedisUrl(url)).toMatchObject(place);
  });
});

describe('a Redis that speaks TLS only', () => {
  let redis: TlsRedis;
  let store: Store | undefined;
  beforeAll(async () => {
    redis = await startTlsRedis();
  });
  afterAll(async () => {
    await store?.close();
    await redis.stop();
  });

  it('serves who knows its authority, after a crash too, and hears of writes', async () => {
    store = await createRedisStore(redis.url, logger, 5000, redis.caFile);
    const session = exampleSession();
    expect(await store.sessions.create(session, 10)).toBe('written');
    await redis.kill();
    await redis.start();
    await expect.poll(() => store?.sessions.healthy(), { timeout: 5000 }).toBe(true);
    expect(await store.sessions.get(session.id)).toEqual(session);
    const heard: unknown[] = [];
    store.sessions.onChanged((write) => heard.push(write));
    // The connection that hears may come back after the one that writes: each attempt is a write of its own.
    let current = session;
    await expect
      .poll(
        async () => {
          const next = { ...current, version: current.version + 1 };
          expect(await store?.sessions.replace(current, next)).toBe('written');
          current = next;
          return heard;
        },
        { timeout: 10_000 },
      )
      .toContainEqual({ id: session.id, version: expect.any(Number) });
  }, 30_000);

  it('is not trusted without its authority', async () => {
    await expect(createRedisStore(redis.url, logger, 1000)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('a cluster of three masters', () => {
  let redis: ClusterRedis;
  const opened: Store[] = [];
  const connect = async () => {
    const store = await createRedisStore(redis.url, logger, 10_000);
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    redis = await startClusterRedis();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await redis.stop();
  });

  storeContract('redis store on a cluster', async () => {
    for (const { url } of redis.servers) {
      const server = new Redis(url);
      await server.flushall();
      await server.quit();
    }
    return connect();
  });

  it('says STORE_UNAVAILABLE while the master of our keys is away, and has everything when it is back', async () => {
    const [mine, other] = [await connect(), await connect()];
    const session = exampleSession();
    await mine.sessions.create(session, 1000);
    const master = await redis.masterOf(SESSIONS_KEY);
    await master.kill();
    await expect.poll(() => mine.sessions.get(session.id).catch(({ code }) => code)).toBe('STORE_UNAVAILABLE');
    expect(mine.sessions.healthy()).toBe(false);
    let learned = 0;
    mine.sessions.onChanged((write) => {
      if (write === 'all') learned += 1;
    });
    await master.start();
    await expect.poll(() => mine.sessions.get(session.id).catch(() => undefined), { timeout: 20_000 }).toEqual(session);
    expect(mine.sessions.healthy()).toBe(true);
    expect(learned).toBeGreaterThan(0);
    const heard: unknown[] = [];
    mine.sessions.onChanged((write) => heard.push(write));
    let version = 1;
    await expect
      .poll(
        async () => {
          const next = { ...session, version: version + 1 };
          if ((await other.sessions.replace({ ...session, version }, next).catch(() => '')) === 'written') version += 1;
          return heard.length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
  }, 60_000);

  it('is heard of also when the server that was listened to is gone', async () => {
    const [mine, other] = [await connect(), await connect()];
    const master = await redis.masterOf(SESSIONS_KEY);
    const others = redis.servers.filter((server) => server !== master);
    for (const server of others) {
      await server.kill();
      const session = exampleSession();
      const heard: unknown[] = [];
      mine.sessions.onChanged((write) => heard.push(write === 'all' ? write : write.id));
      await expect
        .poll(() => other.sessions.create(session, 1000).catch(() => ''), { timeout: 20_000 })
        .toBe('written');
      let version = 1;
      await expect
        .poll(
          async () => {
            const next = { ...session, version: version + 1 };
            if ((await other.sessions.replace({ ...session, version }, next).catch(() => '')) === 'written')
              version += 1;
            return heard;
          },
          { timeout: 20_000 },
        )
        .toContain(session.id);
      await server.start();
    }
  }, 90_000);
});
