/** The smallest observable value: what every piece of the runtime offers to React and to tests. */

export interface Observable<T> {
  getState(): T;
  subscribe(listener: () => void): () => void;
}

export interface Value<T> extends Observable<T> {
  set(next: T): void;
}

/** A value that tells its listeners when it is replaced by another one. */
export function createValue<T>(initial: T): Value<T> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    getState: () => state,
    set(next) {
      if (Object.is(next, state)) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
