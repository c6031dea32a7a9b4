/** Waits between attempts: exponential, capped, with jitter, so that a thousand clients do not return in step. */

export interface BackoffOptions {
  /** First wait (ms). */
  minMs: number;
  /** Longest wait (ms). */
  maxMs: number;
  /** Share of each wait that is random, 0 to 1. */
  jitter?: number;
  random?: () => number;
}

export interface Backoff {
  /** The next wait (ms); each is twice the one before, up to the cap. */
  next(): number;
  /** Starts again from the first wait, after a success. */
  reset(): void;
}

/** Builds a back-off sequence. */
export function createBackoff({ minMs, maxMs, jitter = 0.3, random = Math.random }: BackoffOptions): Backoff {
  let attempt = 0;
  return {
    next() {
      const full = Math.min(maxMs, minMs * 2 ** attempt);
      attempt = Math.min(attempt + 1, 30);
      return Math.round(full * (1 - jitter * random()));
    },
    reset() {
      attempt = 0;
    },
  };
}
