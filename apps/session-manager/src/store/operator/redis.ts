/** The operator's store in Redis: a hash of blocks, one value for the stop of starts, a list for the audit trail. */
import { auditEntrySchema, blockSchema, MAX_AUDIT_ENTRIES, MAX_BLOCKS, startsStopSchema } from '@drydock/protocol';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { StoredReader } from '../stored.ts';
import type { OperatorStore } from './operator-store.ts';

/** Hash: id -> Block as JSON. */
const BLOCKS_KEY = keyOf('operator', 'blocks');
/** String: StartsStop as JSON. */
const STARTS_KEY = keyOf('operator', 'starts');
/** List: AuditEntry as JSON, the newest first. */
export const AUDIT_KEY = keyOf('operator', 'audit');

/** KEYS: blocks. ARGV: id, block (JSON), most. Counted and written in one step. */
const PUT_BLOCK = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** Builds it over a connection. What another release wrote in a form of its own is left out. */
export function createRedisOperatorStore({ redis, ask }: RedisConnection, reader: StoredReader): OperatorStore {
  return {
    async blocks() {
      const texts = Object.entries(await ask(() => redis.hgetall(BLOCKS_KEY)));
      return texts.flatMap(([id, text]) => reader.parse(`${BLOCKS_KEY} ${id}`, text, blockSchema) ?? []);
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
      return text === null ? undefined : reader.parse(STARTS_KEY, text, startsStopSchema);
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
      const texts = await ask(() => redis.lrange(AUDIT_KEY, 0, MAX_AUDIT_ENTRIES - 1));
      return texts.flatMap((text) => reader.parse(`${AUDIT_KEY} ${text}`, text, auditEntrySchema) ?? []);
    },
  };
}
