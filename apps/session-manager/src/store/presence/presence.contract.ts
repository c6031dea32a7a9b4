/** What every store of managers promises. */
import { describe, expect, it } from 'vitest';
import type { PresenceStore } from './presence-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function presenceContract(make: () => Promise<PresenceStore>): void {
  describe('presence', () => {
    it('knows which managers live, by name and life', async () => {
      const store = await make();
      const first = { name: 'm1', instance: 'i1', hosts: ['h1'] };
      const second = { name: 'm2', instance: 'i2', hosts: [] };
      expect(await store.beat(first, 60_000)).toEqual([first]);
      expect(await store.beat(second, 60_000)).toHaveLength(2);
      const reborn = { ...first, instance: 'i3' };
      expect(await store.beat(reborn, 60_000)).toContainEqual(reborn);
      await store.leave(first);
      expect(await store.beat(second, 60_000)).toContainEqual(reborn);
      await store.leave(reborn);
      expect(await store.beat(second, 60_000)).toEqual([second]);
      await store.beat(first, 60_000);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await store.beat(second, 10)).toEqual([second]);
    });
  });
}
