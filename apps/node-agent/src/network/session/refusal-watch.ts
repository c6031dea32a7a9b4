/** Counts what sessions' rules have refused, one session after another, so that many sessions cost no more than one. */
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { SessionNetworks } from './session-networks.ts';

/** Between two sessions (ms): one short run of nft. Abuse of a host with a hundred sessions is seen within some minutes. */
const NEXT_SESSION_MS = 3000;

export interface RefusalWatchDeps {
  networks: Pick<SessionNetworks, 'sessions' | 'countRefusals'>;
  clock: Clock;
  logger: Logger;
}

/** Builds the watch; it begins with start(). */
export function createRefusalWatch({ networks, clock, logger }: RefusalWatchDeps): { start(): void; stop(): void } {
  let timer: Timer | undefined;
  let stopped = false;
  let waiting: SessionId[] = [];

  async function countNext(): Promise<void> {
    if (waiting.length === 0) waiting = networks.sessions();
    const sessionId = waiting.shift();
    if (sessionId !== undefined) {
      await networks
        .countRefusals(sessionId)
        .catch((err: unknown) => logger.debug({ err, sessionId }, 'refusals not counted'));
    }
    arm();
  }

  function arm(): void {
    if (!stopped) timer = clock.after(NEXT_SESSION_MS, () => void countNext());
  }

  return {
    start: arm,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
