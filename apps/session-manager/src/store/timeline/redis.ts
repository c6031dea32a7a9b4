/** Timelines in Redis: a stream a session. */
import { MAX_TIMELINE_ENTRIES, timelineFactSchema } from '@drydock/protocol';
import { onceKey } from '../once/redis.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { StoredReader } from '../stored.ts';
import { ONCE_MS, TIMELINE_MS, type TimelineStore } from './timeline-store.ts';

/** Stream: what happened in a session, each entry with the field `fact` (JSON). */
const timelineKey = (id: string) => keyOf('timeline', id);

/** KEYS: timeline, once. ARGV: fact (JSON), most entries, life ms, once ms. Answers the entry's id, or nothing when it was said already. */
const TIMELINE_SCRIPT = `
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[4]) then return false end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 'fact', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return id`;

/** Builds it over a connection. */
export function createRedisTimeline({ redis, ask }: RedisConnection, reader: StoredReader): TimelineStore {
  return {
    async add(sessionId, fact, once) {
      const args = [JSON.stringify(fact), MAX_TIMELINE_ENTRIES, TIMELINE_MS, ONCE_MS];
      const keys = [timelineKey(sessionId), onceKey(`${sessionId} ${once}`)] as const;
      const id = await ask(() => redis.eval(TIMELINE_SCRIPT, keys.length, ...keys, ...args));
      return typeof id === 'string' ? { ...fact, id } : undefined;
    },
    async read(sessionId) {
      const key = timelineKey(sessionId);
      const entries = await ask(() => redis.xrange(key, '-', '+'));
      // What another release wrote in a form of its own is left out.
      return entries.flatMap(([id, [, text = '']]) => {
        const fact = reader.parse(`${key} ${id}`, text, timelineFactSchema);
        return fact === undefined ? [] : [{ ...fact, id }];
      });
    },
  };
}
