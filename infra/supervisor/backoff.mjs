/** How long to wait before a process is started again. */

/** First pause (ms): at once for a human, yet no busy loop. */
export const LEAST_PAUSE_MS = 250;
/** Longest pause (ms): a cause that goes away by itself is noticed within seconds. */
export const MOST_PAUSE_MS = 5_000;
/** A life this long (ms) was a healthy one: the next death starts over with the first pause. */
export const HEALTHY_LIFE_MS = 10_000;

/** Doubles from 250 ms to 5 s while lives are short. */
export function createBackoff() {
  let pause = LEAST_PAUSE_MS;
  return {
    /**
     * The pause after a life of `livedMs`.
     * @param {number} livedMs
     */
    next(livedMs) {
      if (livedMs >= HEALTHY_LIFE_MS) pause = LEAST_PAUSE_MS;
      const current = pause;
      pause = Math.min(pause * 2, MOST_PAUSE_MS);
      return current;
    },
  };
}
