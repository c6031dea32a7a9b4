/** What every store of tickets promises. */
import { describe, expect, it } from 'vitest';
import { hashToken, newToken } from '../../model/links.ts';
import type { TicketStore } from './ticket-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function ticketsContract(make: () => Promise<TicketStore>): void {
  describe('tickets', () => {
    it('gives a ticket to the first who takes it, and to nobody after its time', async () => {
      const store = await make();
      const hash = hashToken(newToken());
      await store.put(hash, 'value', 60_000);
      const taken = await Promise.all([store.take(hash), store.take(hash), store.take(hash)]);
      expect(taken.filter((value) => value === 'value')).toHaveLength(1);
      await store.put(hash, 'late', 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await store.take(hash)).toBeUndefined();
    });
  });
}
