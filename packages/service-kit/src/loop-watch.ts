/** How long the event loop of this process was held: whatever holds it keeps everybody waiting. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessHealth } from '@drydock/protocol';
import type { Clock, Timer } from './clock.ts';

/** How often the loop is looked at (ms): delays below it are not seen. */
const RESOLUTION_MS = 10;
/** Delays are told for this long (ms), and at most for twice as long. */
const WINDOW_MS = 60_000;

const NONE: ProcessHealth['loop'] = { p99Ms: 0, longestMs: 0 };

export interface LoopWatch {
  /** The 99th percentile and the longest of the last one to two minutes (ms): the worse of the running minute and the one before. */
  read(): ProcessHealth['loop'];
  stop(): void;
}

/** Begins to watch; costs one timer of RESOLUTION_MS in native code, which runs no JavaScript. */
export function watchLoop(clock: Clock): LoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let before = NONE;
  let timer: Timer;

  /** Node.js records the time between two looks, which is RESOLUTION_MS where nothing is late. */
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

  function running(): ProcessHealth['loop'] {
    // Of an empty histogram the percentile is 0 and the longest is 0 or less.
    return { p99Ms: late(histogram.percentile(99)), longestMs: late(histogram.max) };
  }

  function turn(): void {
    before = running();
    histogram.reset();
    timer = clock.after(WINDOW_MS, turn);
  }
  timer = clock.after(WINDOW_MS, turn);

  return {
    read() {
      const now = running();
      return { p99Ms: Math.max(before.p99Ms, now.p99Ms), longestMs: Math.max(before.longestMs, now.longestMs) };
    },
    stop() {
      timer.cancel();
      histogram.disable();
    },
  };
}
