/** Taken words in memory. */
import type { Clock } from '@drydock/service-kit';
import type { OnceStore } from './once-store.ts';

/** Builds an empty one. */
export function createMemoryOnce(clock: Clock): OnceStore {
  const words = new Map<string, number>();
  return {
    async take(word, ttlMs) {
      const now = clock.now();
      for (const [known, until] of words) if (until <= now) words.delete(known);
      if (words.has(word)) return false;
      words.set(word, now + ttlMs);
      return true;
    },
  };
}
