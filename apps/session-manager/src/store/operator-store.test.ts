import { createLogger } from '@drydock/service-kit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { startTestRedis, type TestRedis } from '../testing/redis-server.ts';
import { createMemoryOperatorStore } from './memory-operator-store.ts';
import { operatorStoreContract } from './operator-store.contract.ts';
import { createRedisStore } from './redis-store.ts';
import type { SessionStore } from './session-store.ts';

operatorStoreContract('operator store in memory', async () => createMemoryOperatorStore());

describe('with a real Redis', () => {
  let redis: TestRedis;
  let store: SessionStore;
  beforeAll(async () => {
    redis = await startTestRedis();
    store = await createRedisStore(redis.url, createLogger('test', 'silent'), 5000);
  });
  afterAll(async () => {
    await store.close();
    await redis.stop();
  });
  operatorStoreContract('operator store in Redis', async () => {
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    return store.operator;
  });
});
