/** Sites in Redis: one hash of keys, and a counter for each site and day. */
import { DrydockError, MAX_SITES, type Site, siteSchema } from '@drydock/protocol';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { StoredReader } from '../stored.ts';
import { type SiteStore, USE_KEPT_MS } from './site-store.ts';

/** Hash: key -> Site as JSON. */
export const SITES_KEY = keyOf('sites');
/** String: sessions of a site on a day. */
const useKey = (site: string, day: string) => keyOf('site-use', site, day);

/** KEYS: sites. ARGV: most, then key and record (JSON) of each. */
const PUT_SCRIPT = `
local more = 0
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then more = more + 1 end
end
if more > 0 and redis.call('HLEN', KEYS[1]) + more > tonumber(ARGV[1]) then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1`;

/** KEYS: count. ARGV: most, life ms. Counted and compared in one step. */
const TAKE_SCRIPT = `
if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1]) then return 0 end
redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

/** KEYS: count. A count that has ended meanwhile stays away. */
const GIVE_BACK_SCRIPT = `
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
return 1`;

/** Builds it over a connection. */
export function createRedisSites({ redis, ask }: RedisConnection, reader: StoredReader): SiteStore {
  const parse = (key: string, text: string) => reader.parse(`${SITES_KEY} ${key}`, text, siteSchema);
  return {
    async all() {
      const sites: Site[] = [];
      const unreadable: string[] = [];
      for (const [key, text] of Object.entries(await ask(() => redis.hgetall(SITES_KEY)))) {
        const site = parse(key, text);
        if (site === undefined) unreadable.push(key);
        else sites.push(site);
      }
      return { sites, unreadable };
    },
    async get(key) {
      const text = await ask(() => redis.hget(SITES_KEY, key));
      if (text === null) return undefined;
      const site = parse(key, text);
      if (site === undefined) throw new DrydockError('RECORD_UNREADABLE');
      return site;
    },
    async put(sites) {
      const args = sites.flatMap((site) => [site.key, JSON.stringify(site)]);
      return (await ask(() => redis.eval(PUT_SCRIPT, 1, SITES_KEY, MAX_SITES, ...args))) === 1;
    },
    remove: (keys) => (keys.length === 0 ? Promise.resolve(0) : ask(() => redis.hdel(SITES_KEY, ...keys))),
    async takeUse(site, day, most) {
      return (await ask(() => redis.eval(TAKE_SCRIPT, 1, useKey(site, day), most, USE_KEPT_MS))) === 1;
    },
    async giveUseBack(site, day) {
      await ask(() => redis.eval(GIVE_BACK_SCRIPT, 1, useKey(site, day)));
    },
    async uses(sites, day) {
      if (sites.length === 0) return [];
      const counts = await ask(() => redis.mget(sites.map((site) => useKey(site, day))));
      return counts.map((count) => Number(count ?? 0));
    },
  };
}
