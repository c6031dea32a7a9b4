/** Hosts in Redis: a hash, name -> entry as JSON. */
import { z } from 'zod';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { StoredReader } from '../stored.ts';
import type { HostEntry, HostStore } from './host-store.ts';

export const HOSTS_KEY = keyOf('hosts');

/** The version of the form below; entries of releases before 0.3 have none, and the same form. Unknown fields are kept. */
const SCHEMA = 1;
const entrySchema = z.looseObject({
  schema: z.literal(SCHEMA).default(SCHEMA),
  keyHash: z.string().exactOptional(),
  keyUntil: z.number().exactOptional(),
  before: z.looseObject({ keyHash: z.string(), until: z.number() }).exactOptional(),
  draining: z.boolean().exactOptional(),
  joinedAt: z.number().exactOptional(),
});

const encode = (entry: HostEntry) => JSON.stringify({ schema: SCHEMA, ...entry });

function decode(value: unknown): HostEntry {
  const { schema: _schema, ...entry } = entrySchema.parse(value);
  return entry;
}

/** Builds it over a connection. */
export function createRedisHosts({ redis, ask }: RedisConnection, reader: StoredReader): HostStore {
  return {
    async all() {
      const entries: Record<string, HostEntry> = {};
      const unreadable: string[] = [];
      for (const [name, text] of Object.entries(await ask(() => redis.hgetall(HOSTS_KEY)))) {
        const entry = reader.read(`${HOSTS_KEY} ${name}`, text, decode);
        if (entry === undefined) unreadable.push(name);
        else entries[name] = entry;
      }
      return { entries, unreadable };
    },
    async add(name, entry) {
      return (await ask(() => redis.hsetnx(HOSTS_KEY, name, encode(entry)))) === 1;
    },
    async put(name, entry) {
      await ask<unknown>(() =>
        entry === undefined ? redis.hdel(HOSTS_KEY, name) : redis.hset(HOSTS_KEY, name, encode(entry)),
      );
    },
  };
}
