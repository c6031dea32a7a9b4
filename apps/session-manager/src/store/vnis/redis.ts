/** VNIs counted in Redis. */
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import { type VniStore, vniOf } from './vni-store.ts';

/** Number: network identifiers given out. */
const VNIS_KEY = keyOf('vnis');

/** Builds it over a connection. */
export function createRedisVnis({ redis, ask }: RedisConnection): VniStore {
  return {
    async next() {
      return vniOf(await ask(() => redis.incr(VNIS_KEY)));
    },
  };
}
