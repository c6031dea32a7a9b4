/** What every store of hosts promises. */
import { describe, expect, it } from 'vitest';
import type { HostStore } from './host-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function hostsContract(make: () => Promise<HostStore>): void {
  describe('hosts', () => {
    it('keeps hosts by name, each added once', async () => {
      const store = await make();
      const entry = { keyHash: 'ab'.repeat(32), joinedAt: 1 };
      expect(await store.add('h1', entry)).toBe(true);
      expect(await store.add('h1', { draining: true })).toBe(false);
      await store.put('h2', { draining: true });
      expect(await store.all()).toEqual({ entries: { h1: entry, h2: { draining: true } }, unreadable: [] });
      await store.put('h1', undefined);
      await store.put('h2', undefined);
      expect(await store.all()).toEqual({ entries: {}, unreadable: [] });
    });
  });
}
