/** Tells a visitor's press from the second of two quick ones, which is the same wish. */

/** Two presses of one thing within this time are one (ms). */
const ONE_PRESS_MS = 300;

/** Builds it; `isFirst` is asked once for each press, with the time of its event (ms). */
export function createPresses(): { isFirst(pressed: object, at: number): boolean } {
  const last = new WeakMap<object, number>();
  return {
    isFirst(pressed, at) {
      const before = last.get(pressed) ?? -Infinity;
      const isFirst = at - before >= ONE_PRESS_MS;
      if (isFirst) last.set(pressed, at);
      return isFirst;
    },
  };
}
