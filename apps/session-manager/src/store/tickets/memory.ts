/** Tickets in memory. */
import type { Clock } from '@drydock/service-kit';
import type { TicketPurpose, TicketStore } from './ticket-store.ts';

const keyOf = (hash: string, purpose: TicketPurpose) => `${purpose}:${hash}`;

/** Builds an empty one. */
export function createMemoryTickets(clock: Clock): TicketStore {
  const tickets = new Map<string, { value: string; expiresAt: number }>();
  function forgetOld(): void {
    for (const [key, { expiresAt }] of tickets) if (expiresAt <= clock.now()) tickets.delete(key);
  }
  return {
    async put(hash, purpose, value, ttlMs) {
      forgetOld();
      tickets.set(keyOf(hash, purpose), { value, expiresAt: clock.now() + ttlMs });
    },
    async take(hash, purpose) {
      forgetOld();
      const ticket = tickets.get(keyOf(hash, purpose));
      tickets.delete(keyOf(hash, purpose));
      return ticket?.value;
    },
  };
}
