/** What every store of taken words promises. */
import { describe, expect, it } from 'vitest';
import type { OnceStore } from './once-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function onceContract(make: () => Promise<OnceStore>): void {
  describe('once', () => {
    it('lets a word be said once within its time', async () => {
      const store = await make();
      const said = await Promise.all(Array.from({ length: 5 }, () => store.take('word', 60_000)));
      expect(said.filter(Boolean)).toHaveLength(1);
      expect(await store.take('another', 60_000)).toBe(true);
    });
  });
}
