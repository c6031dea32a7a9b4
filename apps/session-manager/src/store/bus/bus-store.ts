/** Messages that pass from manager to manager and are kept nowhere. */

export interface BusStore {
  /** Tells every manager (this one too); lost when the store is away. */
  publish(message: string): void;
  /** Hears what anybody publishes. Returns how to stop. */
  subscribe(listener: (message: string) => void): () => void;
}
