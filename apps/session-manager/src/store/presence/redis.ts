/** Managers in Redis: a hash, name -> the time of the last beat by Redis’ own clock, and the beat. */
import { z } from 'zod';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { StoredReader } from '../stored.ts';
import type { PresenceStore } from './presence-store.ts';

/** Hash: name of a manager -> `<ms by Redis’ own clock> <beat as JSON>`. */
const MANAGERS_KEY = keyOf('managers');

const beatSchema = z.object({ instance: z.string(), name: z.string(), hosts: z.array(z.string()) });

/** KEYS: managers. ARGV: name, beat (JSON), ttl ms. Answers the beats of all that live; forgets the others. */
const BEAT_SCRIPT = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', now, ARGV[2]))
local all = redis.call('HGETALL', KEYS[1])
local living = {}
for i = 1, #all, 2 do
  local at, beat = string.match(all[i + 1], '^(%d+) (.*)$')
  if at and now - tonumber(at) <= tonumber(ARGV[3]) then living[#living + 1] = beat
  else redis.call('HDEL', KEYS[1], all[i]) end
end
return living`;

/** KEYS: managers. ARGV: name, instance. */
const LEAVE_SCRIPT = `
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if entry and string.find(entry, ARGV[2], 1, true) then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 'left'`;

/** Builds it over a connection. */
export function createRedisPresence({ redis, ask }: RedisConnection, reader: StoredReader): PresenceStore {
  return {
    async beat(own, ttlMs) {
      const living = await ask(() => redis.eval(BEAT_SCRIPT, 1, MANAGERS_KEY, own.name, JSON.stringify(own), ttlMs));
      return (living as string[]).flatMap((text) => reader.parse(`${MANAGERS_KEY} ${text}`, text, beatSchema) ?? []);
    },
    async leave({ name, instance }) {
      await ask(() => redis.eval(LEAVE_SCRIPT, 1, MANAGERS_KEY, name, instance));
    },
  };
}
