/** Tickets in Redis: a string each, with an end. */
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { TicketStore } from './ticket-store.ts';

const ticketKey = (hash: string) => keyOf('ticket', hash);

/** Builds it over a connection. */
export function createRedisTickets({ redis, ask }: RedisConnection): TicketStore {
  return {
    async put(hash, value, ttlMs) {
      await ask(() => redis.set(ticketKey(hash), value, 'PX', Math.ceil(ttlMs)));
    },
    async take(hash) {
      const taken = await ask(() => redis.multi().get(ticketKey(hash)).del(ticketKey(hash)).exec());
      const value = taken?.[0]?.[1];
      return typeof value === 'string' ? value : undefined;
    },
  };
}
