/** The line in memory. */
import type { Clock } from '@drydock/service-kit';
import { type LineStore, MAX_LINE, PLACE_KEPT_MS } from './line-store.ts';

/** Builds an empty one. */
export function createMemoryLine(clock: Clock): LineStore {
  /** Ticket -> last time it was shown; in order of arrival. */
  const line = new Map<string, number>();
  return {
    async stand(ticket, { free, wanted }) {
      const now = clock.now();
      for (const [other, seen] of line) if (now - seen > PLACE_KEPT_MS) line.delete(other);
      const index = [...line.keys()].indexOf(ticket);
      const ahead = index === -1 ? line.size : index;
      if (free - ahead >= wanted) {
        line.delete(ticket);
        return 0;
      }
      if (index !== -1 || line.size < MAX_LINE) line.set(ticket, now);
      return ahead + 1;
    },
    async length() {
      return [...line.values()].filter((seen) => clock.now() - seen <= PLACE_KEPT_MS).length;
    },
  };
}
