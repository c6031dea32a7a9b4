/** What happened in each session, in order. */
import type { SessionId, TimelineEntry, TimelineFact } from '@drydock/protocol';

/** How long a timeline is kept after its last entry (ms): the longest session, and a day for whoever reports a bug. */
export const TIMELINE_MS = 8 * 24 * 60 * 60 * 1000;
/** Managers hear of one thing within moments of one another (ms). */
export const ONCE_MS = 5_000;

export interface TimelineStore {
  /**
   * Adds to a session's timeline, of which the last MAX_TIMELINE_ENTRIES are kept. Undefined when somebody added the same `once` to it
   * within ONCE_MS: managers that hear of one thing all say it.
   */
  add(sessionId: SessionId, fact: TimelineFact, once: string): Promise<TimelineEntry | undefined>;
  /** A session's timeline, the oldest entry first. */
  read(sessionId: SessionId): Promise<TimelineEntry[]>;
}
