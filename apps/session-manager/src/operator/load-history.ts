/** How the place was over the last hour, for pictures: kept by each manager for itself, and forgotten with it. */
import { type Load, MAX_LOAD_SAMPLES } from '@drydock/protocol';
import type { Clock, Timer } from '@drydock/service-kit';

/** Between two samples (ms): MAX_LOAD_SAMPLES of them are an hour. */
export const LOAD_STEP_MS = 30_000;

export interface LoadHistory {
  read(): Load;
  stop(): void;
}

/** Begins to take samples, the first at once. */
export function createLoadHistory(deps: {
  sample(): Promise<Omit<Load['samples'][number], 'at'>>;
  clock: Clock;
}): LoadHistory {
  const { sample, clock } = deps;
  const samples: Load['samples'] = [];
  let timer: Timer | undefined;
  let stopped = false;

  async function take(): Promise<void> {
    samples.push({ at: clock.now(), ...(await sample()) });
    if (samples.length > MAX_LOAD_SAMPLES) samples.shift();
  }

  function go(): void {
    void take().finally(() => {
      if (!stopped) timer = clock.after(LOAD_STEP_MS, go);
    });
  }

  go();
  return {
    read: () => ({ stepMs: LOAD_STEP_MS, samples: [...samples] }),
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
