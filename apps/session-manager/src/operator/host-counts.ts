/** What hosts have counted of sessions: each tells its own sum, and what a session had is the sum over its hosts. */
import type { SessionId } from '@drydock/protocol';

/** Sessions remembered, so that ended ones need no announcement; the one that was heard of longest ago goes first. */
export const MAX_COUNTED_SESSIONS = 20_000;

type Counts<K extends string> = Partial<Record<K, number>>;

interface Known<K extends string> {
  sum: Counts<K>;
  /** What each host said last. */
  last: Map<string, Counts<K>>;
}

export interface HostCounts<K extends string> {
  /**
   * Takes what a host says that it has counted in all, and gives what is new in it. A number below the last one: the session's network
   * was made anew there and began at nothing. What a host says of a session that is not open is forgotten again.
   */
  take(host: string, sessionId: SessionId, counts: Counts<K>): Counts<K>;
  /** Over all of its hosts, and over networks that were made anew. */
  of(sessionId: SessionId): Counts<K>;
  /** Of every open session that was heard of. */
  all(): Iterable<[sessionId: SessionId, counts: Counts<K>]>;
}

/** Builds empty counts. */
export function createHostCounts<K extends string>(isOpen: (sessionId: SessionId) => boolean): HostCounts<K> {
  const sessions = new Map<SessionId, Known<K>>();

  return {
    take(host, sessionId, counts) {
      const known: Known<K> = sessions.get(sessionId) ?? { sum: {}, last: new Map() };
      const before: Counts<K> = known.last.get(host) ?? {};
      const more: Counts<K> = {};
      for (const key of Object.keys(counts) as K[]) {
        const [now = 0, then = 0] = [counts[key], before[key]];
        const added = now >= then ? now - then : now;
        if (added === 0) continue;
        more[key] = added;
        known.sum[key] = (known.sum[key] ?? 0) + added;
      }
      known.last.set(host, counts);
      sessions.delete(sessionId);
      if (isOpen(sessionId)) sessions.set(sessionId, known);
      const [oldest] = sessions.keys();
      if (sessions.size > MAX_COUNTED_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      return more;
    },
    of: (sessionId) => sessions.get(sessionId)?.sum ?? {},
    *all() {
      for (const [sessionId, { sum }] of sessions) if (isOpen(sessionId)) yield [sessionId, sum];
    },
  };
}
