/** Tells a session's pages ten, five and one minute before it ends, whether its time runs out or nobody uses it. */
import type { SessionChange, SessionId } from '@drydock/protocol';

const MINUTE_MS = 60_000;
/** Minutes before the end at which pages are told, the last one last. */
const MARKS = [10, 5, 1] as const;

export interface Warnings {
  /** Looks at one end of a session (ms since the epoch); tells when a mark has been passed since the look before. */
  warnIfDue(sessionId: SessionId, reason: 'expiry' | 'idle', at: number, now: number): void;
  /** Forgets a session that is over. */
  forget(sessionId: SessionId): void;
}

/** The nearest mark that `leftMs` has reached, in minutes; undefined while there is more time than the first. */
function reached(leftMs: number): number | undefined {
  return MARKS.findLast((minutes) => leftMs <= minutes * MINUTE_MS);
}

/** Builds them; memory is one entry for each session and reason that is looked at. */
export function createWarnings({ publish }: { publish(sessionId: SessionId, change: SessionChange): void }): Warnings {
  const seen = new Map<string, { at: number; mark: number | undefined }>();
  return {
    warnIfDue(sessionId, reason, at, now) {
      const key = `${sessionId}/${reason}`;
      const before = seen.get(key);
      const mark = reached(at - now);
      if (before !== undefined && before.at === at && before.mark === mark) return;
      seen.set(key, { at, mark });
      // A mark that a new or extended session was born below is no news: its page shows the time that is left.
      if (before === undefined || before.at !== at || mark === undefined) return;
      publish(sessionId, { kind: 'warning', reason, minutes: mark, at });
    },
    forget(sessionId) {
      for (const reason of ['expiry', 'idle']) seen.delete(`${sessionId}/${reason}`);
    },
  };
}
