/** Tells a session's nodes of one another when nodes come and go: once for many changes, and one session at a time. */
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';

/** A template makes its nodes within a second or two; each of them would otherwise cost a round over all (ms). */
const SETTLE_MS = 1000;

export interface PeerRefreshDeps {
  clock: Clock;
  logger: Logger;
  refresh: (sessionId: SessionId) => Promise<void>;
}

/** Builds it. Names resolve by DNS at once; this is for /etc/hosts. */
export function createPeerRefresh({ clock, logger, refresh }: PeerRefreshDeps): {
  changed(sessionId: SessionId): void;
  close(): void;
} {
  const timers = new Map<string, Timer>();
  let tail: Promise<void> = Promise.resolve();

  return {
    changed(sessionId) {
      timers.get(sessionId)?.cancel();
      const timer = clock.after(SETTLE_MS, () => {
        timers.delete(sessionId);
        tail = tail
          .then(() => refresh(sessionId))
          .catch((err: unknown) => logger.warn({ err, sessionId }, 'peers not told'));
      });
      timers.set(sessionId, timer);
    },
    close() {
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
