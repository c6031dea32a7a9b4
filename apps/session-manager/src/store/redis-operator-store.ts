/** The operator's store in Redis: a hash of blocks, one value for the stop of starts, a list for the audit trail. */
import { auditEntrySchema, blockSchema, MAX_AUDIT_ENTRIES, MAX_BLOCKS, startsStopSchema } from '@drydock/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { z } from 'zod';
import type { OperatorStore } from './operator-store.ts';

/** The hash tag of all keys (store/redis-scripts.ts). */
const PREFIX = '{drydock}:operator';
/** Hash: id -> Block as JSON. */
export const BLOCKS_KEY = `${PREFIX}:blocks`;
/** String: StartsStop as JSON. */
export const STARTS_KEY = `${PREFIX}:starts`;
/** List: AuditEntry as JSON, the newest first. */
export const AUDIT_KEY = `${PREFIX}:audit`;

/** KEYS: blocks. ARGV: id, block (JSON), most. Counted and written in one step. */
const PUT_BLOCK = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** What another release wrote in a form of its own is left out. */
function readAll<S extends z.ZodType>(schema: S, texts: readonly string[]): z.output<S>[] {
  return texts.flatMap((text) => {
    const { success, data } = schema.safeParse(JSON.parse(text));
    return success ? [data] : [];
  });
}

/** Builds it over a connection; `ask` turns failures of Redis into STORE_UNAVAILABLE. */
export function createRedisOperatorStore(
  redis: Redis | Cluster,
  ask: <T>(question: () => Promise<T>) => Promise<T>,
): OperatorStore {
  return {
    async blocks() {
      return readAll(blockSchema, Object.values(await ask(() => redis.hgetall(BLOCKS_KEY))));
    },
    async putBlock(block) {
      const args = [block.id, JSON.stringify(block), MAX_BLOCKS];
      return (await ask(() => redis.eval(PUT_BLOCK, 1, BLOCKS_KEY, ...args))) === 1;
    },
    async removeBlock(id) {
      return (await ask(() => redis.hdel(BLOCKS_KEY, id))) === 1;
    },
    async startsStop() {
      const text = await ask(() => redis.get(STARTS_KEY));
      return text === null ? undefined : readAll(startsStopSchema, [text])[0];
    },
    async setStartsStop(stop) {
      await ask<unknown>(() =>
        stop === undefined ? redis.del(STARTS_KEY) : redis.set(STARTS_KEY, JSON.stringify(stop)),
      );
    },
    async addToAudit(entry) {
      const write = () =>
        redis
          .multi()
          .lpush(AUDIT_KEY, JSON.stringify(entry))
          .ltrim(AUDIT_KEY, 0, MAX_AUDIT_ENTRIES - 1)
          .exec();
      await ask<unknown>(write);
    },
    async audit() {
      return readAll(auditEntrySchema, await ask(() => redis.lrange(AUDIT_KEY, 0, MAX_AUDIT_ENTRIES - 1)));
    },
  };
}
