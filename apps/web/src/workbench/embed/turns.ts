/** Work that is done one after another, for each of many names by itself. */
export interface Turns {
  /** Does the work when all that was given for that name before is over. @throws what the work throws */
  take(name: string, work: () => Promise<void>): Promise<void>;
  /** Names whose work is not over. */
  size(): number;
  /** Forgets what was given; it is done all the same. */
  clear(): void;
}

/** Builds it; what is over leaves nothing behind: whoever chooses the names may choose very many. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    take(name, work) {
      const mine = (last.get(name) ?? Promise.resolve()).then(work);
      const over = mine
        .catch(() => undefined)
        .then(() => {
          if (last.get(name) === over) last.delete(name);
        });
      last.set(name, over);
      // Who waits finds it gone, too.
      return over.then(() => mine);
    },
    size: () => last.size,
    clear: () => last.clear(),
  };
}
