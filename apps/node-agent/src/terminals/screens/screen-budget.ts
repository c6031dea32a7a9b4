/** Screens are large, and each is asked for by a few bytes: what one session may be sent of them. */

/** What a page that comes back with all its terminals needs at once, and a class of thirty that opens a session (bytes). */
const BURST_BYTES = 16 * 1024 * 1024;
/** Then so much a second: to write it into messages takes the host some hundredths of a processor. */
const BYTES_PER_SECOND = 4 * 1024 * 1024;

export interface ScreenBudget {
  /** Resolves when a screen may be sent, in the order of the calls. */
  admit(): Promise<void>;
  /** A screen of so many bytes is being sent. It may be more than there was: the next ones wait for longer. */
  spend(bytes: number): void;
}

/** Builds a full budget. */
export function createScreenBudget({ burst = BURST_BYTES, perSecond = BYTES_PER_SECOND } = {}): ScreenBudget {
  let left = burst;
  let countedAt = performance.now();
  let last: Promise<void> = Promise.resolve();

  function refill(): void {
    const now = performance.now();
    left = Math.min(burst, left + ((now - countedAt) * perSecond) / 1000);
    countedAt = now;
  }

  async function untilPositive(): Promise<void> {
    for (refill(); left <= 0; refill()) {
      await new Promise((resolve) => setTimeout(resolve, 1 + (-left * 1000) / perSecond));
    }
  }

  return {
    admit() {
      last = last.then(untilPositive);
      return last;
    },
    spend(bytes) {
      refill();
      left -= bytes;
    },
  };
}
