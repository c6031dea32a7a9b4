/** Taken words in Redis: a string each, under the word's hash, with an end. */
import { createHash } from 'node:crypto';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { OnceStore } from './once-store.ts';

/** A word that is taken for a moment. */
export const onceKey = (word: string) => keyOf('once', createHash('sha256').update(word).digest('base64url'));

/** Builds it over a connection. */
export function createRedisOnce({ redis, ask }: RedisConnection): OnceStore {
  return {
    async take(word, ttlMs) {
      return (await ask(() => redis.set(onceKey(word), '1', 'PX', Math.ceil(ttlMs), 'NX'))) === 'OK';
    },
  };
}
