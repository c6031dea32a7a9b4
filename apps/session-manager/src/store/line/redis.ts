/** The line in Redis: tickets by their coming, and by the time at which they were shown last. */
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import { type LineStore, MAX_LINE, PLACE_KEPT_MS } from './line-store.ts';

/** Sorted set: tickets of those who wait, by their coming. */
const LINE_KEY = keyOf('line');
/** Sorted set: the same tickets, by the time (ms, Redis’ own clock) at which they were shown last. */
const LINE_SEEN_KEY = keyOf('line', 'seen');

/** KEYS: line, seen. ARGV: ticket, free, wanted, kept ms, longest line. Answers 0 (in) or the place. */
const LINE_SCRIPT = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local absent = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[4])
for _, ticket in ipairs(absent) do
  redis.call('ZREM', KEYS[1], ticket)
  redis.call('ZREM', KEYS[2], ticket)
end
local index = redis.call('ZRANK', KEYS[1], ARGV[1])
local ahead = index or redis.call('ZCARD', KEYS[1])
if ARGV[2] - ahead >= tonumber(ARGV[3]) then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
  return 0
end
if not index and ahead >= tonumber(ARGV[5]) then return ahead + 1 end
if not index then
  local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  redis.call('ZADD', KEYS[1], (last[2] or 0) + 1, ARGV[1])
end
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return ahead + 1`;

/** Builds it over a connection. */
export function createRedisLine({ redis, ask }: RedisConnection): LineStore {
  return {
    async stand(ticket, { free, wanted }) {
      const args = [ticket, free, wanted, PLACE_KEPT_MS, MAX_LINE];
      return Number(await ask(() => redis.eval(LINE_SCRIPT, 2, LINE_KEY, LINE_SEEN_KEY, ...args)));
    },
    length: () => ask(() => redis.zcount(LINE_SEEN_KEY, Date.now() - PLACE_KEPT_MS, '+inf')),
  };
}
