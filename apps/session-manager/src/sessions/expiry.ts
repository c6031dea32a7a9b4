/** Ends sessions when their time, or that of their retention, is up: also those whose time came while no manager ran. Warns before. */
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { idleEnd, isLive, isRetained, type SessionRecord } from '../model/session.ts';
import type { SessionDirectory } from './session-directory.ts';
import type { SessionService } from './session-service.ts';
import type { Warnings } from './warnings.ts';

/** How often the ends are looked at (ms); the promise is one second. */
const TICK_MS = 250;

export interface Expiry {
  start(): void;
  stop(): void;
}

export interface ExpiryDeps {
  directory: Pick<SessionDirectory, 'all' | 'onChange'>;
  service: Pick<SessionService, 'end' | 'expire'>;
  warnings: Warnings;
  clock: Clock;
  logger: Logger;
  /** How long a session may be without use (ms); 0: for ever. */
  idleMs: number;
}

/** Builds the watch; each tick looks at memory only. */
export function createExpiry({ directory, service, warnings, clock, logger, idleMs }: ExpiryDeps): Expiry {
  const ending = new Set<string>();
  let timer: Timer | undefined;
  const stopListening = directory.onChange(({ next }) => {
    if (next.state !== 'active') warnings.forget(next.id);
  });

  function attempt(sessionId: SessionId, work: () => Promise<unknown>): void {
    ending.add(sessionId);
    work()
      .catch((error: unknown) => logger.warn({ err: error, sessionId }, 'session could not be ended yet'))
      .finally(() => ending.delete(sessionId));
  }

  /** What is to be done with a session that has reached an end. */
  function due(session: SessionRecord, now: number): (() => Promise<unknown>) | undefined {
    const { id, state } = session;
    if (state === 'retained') return isRetained(session, now) ? undefined : () => service.end(id, 'expired');
    if (state !== 'active') return undefined;
    if (!isLive(session, now)) return () => service.expire(id, 'expired');
    return idleMs > 0 && idleEnd(session, idleMs) <= now ? () => service.expire(id, 'idle') : undefined;
  }

  function check(session: SessionRecord, now: number): void {
    const { id, state, expiresAt } = session;
    const work = due(session, now);
    if (work !== undefined) attempt(id, work);
    else if (state === 'active') {
      warnings.warnIfDue(id, 'expiry', expiresAt, now);
      const idleAt = idleEnd(session, idleMs);
      if (idleMs > 0 && idleAt < expiresAt) warnings.warnIfDue(id, 'idle', idleAt, now);
    }
  }

  function tick(): void {
    for (const session of directory.all()) if (!ending.has(session.id)) check(session, clock.now());
    timer = clock.after(TICK_MS, tick);
  }

  return {
    start: tick,
    stop() {
      timer?.cancel();
      stopListening();
    },
  };
}
