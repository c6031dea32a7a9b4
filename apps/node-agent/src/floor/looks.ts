/** One look after another, each a while after the last has ended; a look that fails is told of and does not end them. */
import type { Clock, Logger, Timer } from '@drydock/service-kit';

export interface Looks {
  start(): void;
  stop(): void;
}

/** Builds them; `everyMs` lies between the end of one and the next. */
export function createLooks(options: {
  everyMs: number;
  look(): Promise<void>;
  /** What the log says of one that failed. */
  failure: string;
  clock: Clock;
  logger: Logger;
}): Looks {
  const { everyMs, look, failure, clock, logger } = options;
  let timer: Timer | undefined;
  let stopped = false;

  function arm(): void {
    if (stopped) return;
    timer = clock.after(everyMs, () => {
      void look()
        .catch((err: unknown) => logger.warn({ err }, failure))
        .finally(arm);
    });
  }

  return {
    start: arm,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
