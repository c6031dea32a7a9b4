/** What every store of the line promises. */
import { describe, expect, it } from 'vitest';
import type { LineStore } from './line-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function lineContract(make: () => Promise<LineStore>): void {
  describe('line', () => {
    it('keeps a line in the order of coming, lets in whom the room suffices for, and nobody overtakes', async () => {
      const store = await make();
      const none = { free: 0, wanted: 1 };
      expect(await store.stand('first', { free: 1, wanted: 1 })).toBe(0);
      expect(await store.stand('a', none)).toBe(1);
      expect(await store.stand('b', none)).toBe(2);
      expect(await store.stand('c', { free: 1, wanted: 1 })).toBe(3);
      expect(await store.stand('a', none)).toBe(1);
      // One place is free: it is the first one's, however the others ask.
      const asked = await Promise.all(
        ['c', 'b', 'newcomer'].map((ticket) => store.stand(ticket, { free: 1, wanted: 1 })),
      );
      expect(asked).toEqual([3, 2, 4]);
      expect(await store.stand('a', { free: 1, wanted: 2 })).toBe(1);
      expect(await store.stand('a', { free: 1, wanted: 1 })).toBe(0);
      expect(await store.stand('b', none)).toBe(1);
      expect(await store.stand('c', { free: 2, wanted: 1 })).toBe(0);
    });
  });
}
