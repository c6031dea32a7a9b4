/** Runs work of one key one after the other, and of different keys side by side. */

export interface KeyedQueue {
  /** Runs `work` when all earlier work of `key` has ended; rejects with its error. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** Builds a queue; a key without work costs nothing. */
export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const before = tails.get(key) ?? Promise.resolve();
      const result = before.then(work, work);
      const tail = result.catch(() => undefined);
      tails.set(key, tail);
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      return result;
    },
  };
}
