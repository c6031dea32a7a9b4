/** Tickets in memory. */
import type { Clock } from '@drydock/service-kit';
import type { TicketStore } from './ticket-store.ts';

/** Builds an empty one. */
export function createMemoryTickets(clock: Clock): TicketStore {
  const tickets = new Map<string, { value: string; expiresAt: number }>();
  function forgetOld(): void {
    for (const [hash, { expiresAt }] of tickets) if (expiresAt <= clock.now()) tickets.delete(hash);
  }
  return {
    async put(hash, value, ttlMs) {
      forgetOld();
      tickets.set(hash, { value, expiresAt: clock.now() + ttlMs });
    },
    async take(hash) {
      forgetOld();
      const ticket = tickets.get(hash);
      tickets.delete(hash);
      return ticket?.value;
    },
  };
}
