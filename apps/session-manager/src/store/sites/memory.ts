/** Sites in memory. */
import { MAX_SITES, type Site } from '@drydock/protocol';
import type { SiteStore } from './site-store.ts';

/** Builds an empty one. */
export function createMemorySites(): SiteStore {
  const sites = new Map<string, Site>();
  /** Of one day at a time: the days before have no use any more. */
  let today = '';
  let counts = new Map<string, number>();

  function countsOf(day: string): Map<string, number> {
    if (day > today) {
      today = day;
      counts = new Map();
    }
    return day === today ? counts : new Map();
  }

  return {
    async all() {
      return { sites: [...sites.values()], unreadable: [] };
    },
    async get(key) {
      return sites.get(key);
    },
    async put(given) {
      const more = given.filter(({ key }) => !sites.has(key)).length;
      if (more > 0 && sites.size + more > MAX_SITES) return false;
      for (const site of given) sites.set(site.key, site);
      return true;
    },
    async remove(keys) {
      return keys.filter((key) => sites.delete(key)).length;
    },
    async takeUse(site, day, most) {
      const used = countsOf(day).get(site) ?? 0;
      if (used >= most) return false;
      countsOf(day).set(site, used + 1);
      return true;
    },
    async giveUseBack(site, day) {
      const used = countsOf(day).get(site) ?? 0;
      if (used > 0) countsOf(day).set(site, used - 1);
    },
    async uses(ids, day) {
      return ids.map((site) => countsOf(day).get(site) ?? 0);
    },
  };
}
