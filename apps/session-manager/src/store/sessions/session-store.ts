/** Where sessions are kept. */
import type { SessionId } from '@drydock/protocol';
import type { SessionRecord } from '../../model/session.ts';
import type { Holding, OverShare, ShareBound } from './shares.ts';

/** How long a closed session is remembered, so that its links can say `ended` instead of `unknown` (ms). */
export const TOMBSTONE_MS = 24 * 60 * 60 * 1000;

/** A bound of one host that must hold over all managers, checked with the write itself. */
export interface PlacementBound {
  host: string;
  /** Nodes of all sessions that the host takes. */
  maxNodes: number;
}

/** A write that happened: which session, and its version now. */
export interface Written {
  id: SessionId;
  version: number;
}

export type WriteResult = 'written' | 'conflict' | 'host-full' | OverShare;

/** A record's `version` is what makes writes atomic: `replace` writes only when the stored version is `record.version - 1`. */
export interface SessionStore {
  /** Writes a new session, unless the id is taken, `maxSessions` live already, or one of `shares` refuses. */
  create(
    record: SessionRecord,
    maxSessions: number,
    shares?: readonly ShareBound[],
  ): Promise<'written' | 'conflict' | 'full' | OverShare>;
  /** @throws DrydockError RECORD_UNREADABLE for what another release wrote in a form that this one does not know. */
  get(id: SessionId): Promise<SessionRecord | undefined>;
  /** Every session that is not closed, and the ids of those that this release cannot read. */
  list(): Promise<{ records: SessionRecord[]; unreadable: SessionId[] }>;
  /**
   * Replaces `previous` by `next` (whose version is one higher). A closed session becomes a tombstone.
   * `bounds` refuse the write when it would place more nodes on one of these hosts than it takes, `shares` when one of these would
   * have too much.
   */
  replace(
    previous: SessionRecord,
    next: SessionRecord,
    bounds?: readonly PlacementBound[],
    shares?: readonly ShareBound[],
  ): Promise<WriteResult>;
  /** What each of these keys holds over all sessions, in their order. */
  holdings(keys: readonly string[]): Promise<Holding[]>;
  /** Nodes placed on each host, over all sessions that are not closed. */
  placements(): Promise<Record<string, number>>;
  /** Hears of each write by anybody, and of `all` when writes may have been missed. Returns how to stop. */
  onChanged(listener: (write: Written | 'all') => void): () => void;
  /** Whether the store can be reached now. */
  healthy(): boolean;
}

/** How many more nodes `next` places on each host than `previous` did. Lost nodes hold no place: their host is gone. */
export function placementDeltas(previous: SessionRecord | undefined, next: SessionRecord): Map<string, number> {
  const deltas = new Map<string, number>();
  const add = (host: string, by: number) => deltas.set(host, (deltas.get(host) ?? 0) + by);
  for (const node of previous?.nodes ?? []) if (node.state !== 'lost') add(node.host, -1);
  for (const node of next.nodes) if (node.state !== 'lost') add(node.host, 1);
  for (const [host, delta] of deltas) if (delta === 0) deltas.delete(host);
  return deltas;
}
