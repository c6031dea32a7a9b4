/** What every store of tickets promises. */
import { describe, expect, it } from 'vitest';
import { hashToken, newToken } from '../../model/links.ts';
import { TICKET_PURPOSES, type TicketStore } from './ticket-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function ticketsContract(make: () => Promise<TicketStore>): void {
  describe('tickets', () => {
    it('gives a ticket to the first who takes it, and to nobody after its time', async () => {
      const store = await make();
      const hash = hashToken(newToken());
      await store.put(hash, 'port', 'value', 60_000);
      const take = () => store.take(hash, 'port');
      const taken = await Promise.all([take(), take(), take()]);
      expect(taken.filter((value) => value === 'value')).toHaveLength(1);
      await store.put(hash, 'port', 'late', 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await take()).toBeUndefined();
    });

    it('gives a ticket for its own purpose alone, and to ask for another does not use it up', async () => {
      const store = await make();
      for (const purpose of TICKET_PURPOSES) {
        const hash = hashToken(newToken());
        await store.put(hash, purpose, `for ${purpose}`, 60_000);
        const others = TICKET_PURPOSES.filter((other) => other !== purpose);
        expect(others).not.toEqual([]);
        for (const other of others) expect(await store.take(hash, other)).toBeUndefined();
        expect(await store.take(hash, purpose)).toBe(`for ${purpose}`);
        expect(await store.take(hash, purpose)).toBeUndefined();
      }
    });
  });
}
