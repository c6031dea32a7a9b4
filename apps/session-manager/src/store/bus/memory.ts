/** Messages within one process. */
import type { BusStore } from './bus-store.ts';

/** Builds it. */
export function createMemoryBus(): BusStore {
  const listeners = new Set<(message: string) => void>();
  return {
    publish(message) {
      for (const listener of listeners) listener(message);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
