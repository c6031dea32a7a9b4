/** Ends sessions when their time is up: also those whose time came while no manager ran. */
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { isLive } from './session.ts';
import type { SessionDirectory } from './session-directory.ts';
import type { SessionService } from './session-service.ts';

/** How often the ends are looked at (ms); the promise is one second. */
const TICK_MS = 250;

export interface Expiry {
  start(): void;
  stop(): void;
}

/** Builds the watch; each tick looks at memory only. */
export function createExpiry(deps: {
  directory: Pick<SessionDirectory, 'all'>;
  service: Pick<SessionService, 'end'>;
  clock: Clock;
  logger: Logger;
}): Expiry {
  const { directory, service, clock, logger } = deps;
  const ending = new Set<string>();
  let timer: Timer | undefined;

  function tick(): void {
    for (const session of directory.all()) {
      if (session.state !== 'active' || isLive(session, clock.now()) || ending.has(session.id)) continue;
      ending.add(session.id);
      service
        .end(session.id, 'expired')
        .catch((error: unknown) => logger.warn({ err: error, sessionId: session.id }, 'session could not be ended yet'))
        .finally(() => ending.delete(session.id));
    }
    timer = clock.after(TICK_MS, tick);
  }

  return {
    start: tick,
    stop: () => timer?.cancel(),
  };
}
