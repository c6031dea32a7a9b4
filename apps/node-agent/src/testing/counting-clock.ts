/** For tests of a watch: a clock that tells of each look that is over, since the watch then asks for the next one. */
import type { Clock } from '@drydock/service-kit';

/** `current` is asked at each call: a test makes a new clock before each run. `onLookOver` hears of each wish for a next look. */
export function countingClock(current: () => Clock, onLookOver: () => void): Clock {
  return {
    now: () => current().now(),
    after(ms, callback) {
      onLookOver();
      return current().after(ms, callback);
    },
  };
}
