/** What every store of VNIs promises. */
import { describe, expect, it } from 'vitest';
import type { VniStore } from './vni-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function vnisContract(make: () => Promise<VniStore>): void {
  describe('vnis', () => {
    it('gives each session that spans hosts a network of its own', async () => {
      const store = await make();
      const given = await Promise.all(Array.from({ length: 20 }, () => store.next()));
      expect(new Set(given).size).toBe(20);
      expect(Math.min(...given)).toBeGreaterThan(0);
    });
  });
}
