/** Hosts in memory. */
import type { HostEntry, HostStore } from './host-store.ts';

/** Builds an empty one. */
export function createMemoryHosts(): HostStore {
  const entries = new Map<string, HostEntry>();
  return {
    async all() {
      return { entries: Object.fromEntries(entries), unreadable: [] };
    },
    async add(name, entry) {
      if (entries.has(name)) return false;
      entries.set(name, entry);
      return true;
    },
    async put(name, entry) {
      if (entry === undefined) entries.delete(name);
      else entries.set(name, entry);
    },
  };
}
