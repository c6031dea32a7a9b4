/** What those of one address hold over all sessions, and its bounds. */
import type { SessionRecord } from '../../model/session.ts';

/** What one address holds of the place, by its sessions' records: sessions that are active, and nodes that have a place. */
export interface Holding {
  sessions: number;
  nodes: number;
}

/** A bound of one of a session's `countedFor`, over all sessions that have it; checked with the write itself, as that of a host. */
export interface ShareBound {
  key: string;
  maxSessions?: number;
  maxNodes?: number;
}

/** A write that one of its share bounds refused. */
export interface OverShare {
  over: keyof Holding;
  most: number;
}

/** What a session holds for those that it is counted for. Nodes of a retained session can be had for the asking, and lost ones have no place. */
export function holdingOf(record: SessionRecord | undefined): Holding {
  if (record === undefined || record.state === 'retained' || record.state === 'closed')
    return { sessions: 0, nodes: 0 };
  const nodes = record.nodes.filter(({ state }) => state !== 'lost').length;
  return { sessions: record.state === 'active' ? 1 : 0, nodes };
}

/** Which of `shares` the write of `next` exceeds, where others hold `held` of their keys. Less is always let pass. */
export function overShare(
  next: SessionRecord,
  shares: readonly ShareBound[],
  held: readonly Holding[],
): OverShare | undefined {
  const own = holdingOf(next);
  for (const [at, { maxSessions = Infinity, maxNodes = Infinity }] of shares.entries()) {
    const others = held[at] ?? { sessions: 0, nodes: 0 };
    if (others.sessions + own.sessions > maxSessions) return { over: 'sessions', most: maxSessions };
    if (others.nodes + own.nodes > maxNodes) return { over: 'nodes', most: maxNodes };
  }
  return undefined;
}
