/** A bound on how often something may happen: at once after a pause, and each second. */
import type { Clock } from './clock.ts';

export interface Rate {
  perSecond: number;
  /** What may happen at once after a pause. */
  burst: number;
}

/** Gives a function that says whether one more may happen now, and counts it if so. */
export function createTokenBucket({ perSecond, burst }: Rate, clock: Clock): () => boolean {
  let tokens = burst;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    // A clock that was set back fills nothing.
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) / 1000) * perSecond);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
