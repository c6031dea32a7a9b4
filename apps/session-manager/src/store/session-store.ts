/** Where sessions are kept; two implementations (memory, Redis) pass one contract suite. */
import type { TimelineEntry, TimelineFact } from '@drydock/protocol';
import type { SessionRecord } from '../model/session.ts';
import type { HostStore } from '../scheduling/host-book.ts';
import type { WaitingLine } from '../scheduling/waiting-line.ts';
import type { OperatorStore } from './operator-store.ts';

/** How long a closed session is remembered, so that its links can say `ended` instead of `unknown` (ms). */
export const TOMBSTONE_MS = 24 * 60 * 60 * 1000;

/** A bound of one host that must hold over all managers, checked with the write itself. */
export interface PlacementBound {
  host: string;
  /** Nodes of all sessions that the host takes. */
  maxNodes: number;
}

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

/** A write that happened: which session, and its version now. */
export interface Written {
  id: string;
  version: number;
}

export type WriteResult = 'written' | 'conflict' | 'host-full' | OverShare;

/** A manager as the others see it. */
export interface ManagerBeat {
  /** One life of one process. */
  instance: string;
  /** Its lasting name: a second life under the same name means that the first is over. */
  name: string;
  /** Hosts whose agents are connected to it. */
  hosts: readonly string[];
}

/**
 * The one store. Every method rejects with DrydockError STORE_UNAVAILABLE while the store is out of reach.
 * A record's `version` is what makes writes atomic: `replace` writes only when the stored version is `record.version - 1`.
 */
export interface SessionStore extends WaitingLine, HostStore {
  /** What operators order, and the trail of it. */
  readonly operator: OperatorStore;
  /** Writes a new session, unless the id is taken, `maxSessions` live already, or one of `shares` refuses. */
  create(
    record: SessionRecord,
    maxSessions: number,
    shares?: readonly ShareBound[],
  ): Promise<'written' | 'conflict' | 'full' | OverShare>;
  get(id: string): Promise<SessionRecord | undefined>;
  /** Every session that is not closed. */
  list(): Promise<SessionRecord[]>;
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
  /** A network identifier (VNI) for a session that begins to span hosts; it comes again after 16 million others. */
  nextVni(): Promise<number>;
  /** Nodes placed on each host, over all sessions that are not closed. */
  placements(): Promise<Record<string, number>>;
  /** Says that a manager lives, and hears which ones do; who has said nothing for `ttlMs` does not. */
  beat(own: ManagerBeat, ttlMs: number): Promise<ManagerBeat[]>;
  /** A manager that stops is no longer among them; a later life under its name is left alone. */
  leave(own: Pick<ManagerBeat, 'name' | 'instance'>): Promise<void>;
  /** Tells every manager (this one too) something that passes by and is nowhere kept; lost when the store is away. */
  broadcast(message: string): void;
  onBroadcast(listener: (message: string) => void): () => void;
  /**
   * Adds to a session's timeline, of which the last MAX_TIMELINE_ENTRIES are kept. Undefined when somebody added the same `once` to it
   * within ONCE_MS: managers that hear of one thing all say it.
   */
  addToTimeline(sessionId: string, fact: TimelineFact, once: string): Promise<TimelineEntry | undefined>;
  /** A session's timeline, the oldest entry first. */
  timeline(sessionId: string): Promise<TimelineEntry[]>;
  /** Says a word; true for the first who does within `ttlMs`. */
  once(word: string, ttlMs: number): Promise<boolean>;
  /** Whether the store can be reached now. */
  healthy(): boolean;
  /** Hears of each write by anybody, and of `all` when writes may have been missed. Returns how to stop. */
  onChanged(listener: (write: Written | 'all') => void): () => void;
  close(): Promise<void>;
}

/** How long a timeline is kept after its last entry (ms): the longest session, and a day for whoever reports a bug. */
export const TIMELINE_MS = 8 * 24 * 60 * 60 * 1000;
/** Managers hear of one thing within moments of one another (ms). */
export const ONCE_MS = 5_000;

/** VNIs are 1 to 2^24 - 1, one after the other. */
export const vniOf = (count: number): number => 1 + ((count - 1) % 0xff_ffff);

/** How many more nodes `next` places on each host than `previous` did. Lost nodes hold no place: their host is gone. */
export function placementDeltas(previous: SessionRecord | undefined, next: SessionRecord): Map<string, number> {
  const deltas = new Map<string, number>();
  const add = (host: string, by: number) => deltas.set(host, (deltas.get(host) ?? 0) + by);
  for (const node of previous?.nodes ?? []) if (node.state !== 'lost') add(node.host, -1);
  for (const node of next.nodes) if (node.state !== 'lost') add(node.host, 1);
  for (const [host, delta] of deltas) if (delta === 0) deltas.delete(host);
  return deltas;
}

/** What a session holds for those that it is counted for. Nodes of a grace can be had for the asking, and lost ones have no place. */
export function holdingOf(record: SessionRecord | undefined): Holding {
  if (record === undefined || record.state === 'grace' || record.state === 'closed') return { sessions: 0, nodes: 0 };
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
