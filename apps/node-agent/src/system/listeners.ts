/** Who hears of something: parts that are built later add themselves, so that no part has to know one that is not there yet. */
export interface Listeners<T> {
  tell(value: T): void;
  /** Gives the way to leave again. */
  add(listener: (value: T) => void): () => void;
}

/** Builds a list without listeners; each is told in the order in which they came. */
export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    tell(value) {
      for (const listener of listeners) listener(value);
    },
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
