/** What a process knows of its own health: for the figures, and for the operator. */
import type { ProcessHealth } from '@drydock/protocol';
import { type Clock, systemClock } from './clock.ts';
import { watchLoop } from './loop-watch.ts';
import { catchUncaught, createUncaughtErrors, type ErrorLog, type UncaughtErrors } from './uncaught-errors.ts';

export interface ProcessWatch {
  readonly errors: UncaughtErrors;
  /** From now on the process goes on after an error that nothing caught: see `catchUncaught`. */
  ready(): void;
  health(): ProcessHealth;
  /** Lets go of all; errors end the process again. */
  stop(): void;
}

/** Begins to watch this process. */
export function watchProcess(
  name: ProcessHealth['process'],
  { logger, clock = systemClock }: { logger: ErrorLog; clock?: Clock },
): ProcessWatch {
  const errors = createUncaughtErrors({ logger, clock });
  const loop = watchLoop(clock);
  let release: (() => void) | undefined;
  return {
    errors,
    ready() {
      release ??= catchUncaught(errors);
    },
    health: () => ({ process: name, uncaught: { count: errors.count(), last: [...errors.last()] }, loop: loop.read() }),
    stop() {
      release?.();
      loop.stop();
    },
  };
}
