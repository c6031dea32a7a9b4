/** Token buckets per key: bursts are free, floods are refused with the time after which they may go on. */
import type { Clock } from '@drydock/service-kit';

export interface RateLimit {
  /** Takes one token of `key`: 0 when there was one, else how long to wait for the next (ms). */
  take(key: string): number;
  /** How long until a token is there (ms), without taking it; 0 when there is one. */
  peek(key: string): number;
}

export interface RateLimitOptions {
  clock: Clock;
  /** Tokens of a fresh bucket. */
  burst: number;
  /** Tokens that come back each second. */
  perSecond: number;
}

/** Keys remembered at once; the longest unused are forgotten first (a forgotten bucket is a full one). */
const MAX_KEYS = 50_000;

/** Builds a limit; memory is bounded whatever keys come. */
export function createRateLimit({ clock, burst, perSecond }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();

  function refilled(key: string): number {
    const bucket = buckets.get(key);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((clock.now() - bucket.at) / 1000) * perSecond);
  }

  const waitFor = (tokens: number) => (tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000));

  return {
    peek: (key) => waitFor(refilled(key)),
    take(key) {
      const tokens = refilled(key);
      const wait = waitFor(tokens);
      buckets.delete(key);
      buckets.set(key, { tokens: wait === 0 ? tokens - 1 : tokens, at: clock.now() });
      if (buckets.size > MAX_KEYS) {
        const oldest = buckets.keys().next().value;
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return wait;
    },
  };
}
