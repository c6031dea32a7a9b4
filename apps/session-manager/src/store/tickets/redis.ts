/** Tickets in Redis: a string each, with an end. The purpose is part of the key, so that who asks for another touches nothing. */
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { TicketPurpose, TicketStore } from './ticket-store.ts';

const ticketKey = (hash: string, purpose: TicketPurpose) => keyOf('ticket', purpose, hash);

/** Builds it over a connection. */
export function createRedisTickets({ redis, ask }: RedisConnection): TicketStore {
  return {
    async put(hash, purpose, value, ttlMs) {
      await ask(() => redis.set(ticketKey(hash, purpose), value, 'PX', Math.ceil(ttlMs)));
    },
    async take(hash, purpose) {
      const key = ticketKey(hash, purpose);
      const taken = await ask(() => redis.multi().get(key).del(key).exec());
      const value = taken?.[0]?.[1];
      return typeof value === 'string' ? value : undefined;
    },
  };
}
