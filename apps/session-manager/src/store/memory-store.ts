/** The store without Redis: for tests and for trying the manager alone. It forgets everything at its end. */
import { MAX_TIMELINE_ENTRIES, type TimelineEntry } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { SessionRecord } from '../model/session.ts';
import type { HostEntry } from '../scheduling/host-book.ts';
import { MAX_LINE, PLACE_KEPT_MS } from '../scheduling/waiting-line.ts';
import { createMemoryOperatorStore } from './memory-operator-store.ts';
import {
  type Holding,
  holdingOf,
  type ManagerBeat,
  ONCE_MS,
  overShare,
  placementDeltas,
  type SessionStore,
  TOMBSTONE_MS,
  vniOf,
  type Written,
} from './session-store.ts';

/** Builds an empty store. */
export function createMemoryStore(clock: Clock): SessionStore {
  const records = new Map<string, { record: SessionRecord; forgetAt: number }>();
  const placed = new Map<string, number>();
  const tickets = new Map<string, { value: string; expiresAt: number }>();
  const timelines = new Map<string, TimelineEntry[]>();
  const said = new Map<string, number>();
  const listeners = new Set<(write: Written) => void>();
  const hearers = new Set<(message: string) => void>();
  const hostEntries = new Map<string, HostEntry>();
  /** Ticket -> last time it was shown; in order of arrival. */
  const line = new Map<string, number>();
  const words = new Map<string, number>();
  let vnis = 0;
  const beats = new Map<string, { beat: ManagerBeat; at: number }>();

  function forgetOld(): void {
    const now = clock.now();
    for (const [id, entry] of records) {
      if (entry.forgetAt > now) continue;
      records.delete(id);
      timelines.delete(id);
    }
    for (const [hash, ticket] of tickets) if (ticket.expiresAt <= now) tickets.delete(hash);
  }

  function write(previous: SessionRecord | undefined, next: SessionRecord): void {
    for (const [host, delta] of placementDeltas(previous, next)) {
      const count = (placed.get(host) ?? 0) + delta;
      if (count === 0) placed.delete(host);
      else placed.set(host, count);
    }
    const forgetAt = next.state === 'closed' ? clock.now() + TOMBSTONE_MS : Number.POSITIVE_INFINITY;
    records.set(next.id, { record: structuredClone(next), forgetAt });
    for (const listener of listeners) listener({ id: next.id, version: next.version });
  }

  /** What sessions but for `own` hold of a key. */
  function heldBy(key: string, own?: string): Holding {
    const held = { sessions: 0, nodes: 0 };
    for (const { record } of records.values()) {
      if (record.id === own || record.countedFor?.includes(key) !== true) continue;
      const { sessions, nodes } = holdingOf(record);
      held.sessions += sessions;
      held.nodes += nodes;
    }
    return held;
  }

  const open = () => [...records.values()].filter(({ record }) => record.state !== 'closed');

  return {
    operator: createMemoryOperatorStore(),
    async create(record, maxSessions, shares = []) {
      forgetOld();
      if (records.has(record.id)) return 'conflict';
      if (open().length >= maxSessions) return 'full';
      const over = overShare(
        record,
        shares,
        shares.map(({ key }) => heldBy(key)),
      );
      if (over !== undefined) return over;
      write(undefined, record);
      return 'written';
    },
    async get(id) {
      forgetOld();
      const found = records.get(id);
      return found === undefined ? undefined : structuredClone(found.record);
    },
    async list() {
      return open().map(({ record }) => structuredClone(record));
    },
    async replace(previous, next, bounds = [], shares = []) {
      if (records.get(next.id)?.record.version !== previous.version) return 'conflict';
      const deltas = placementDeltas(previous, next);
      for (const { host, maxNodes } of bounds) {
        const delta = deltas.get(host) ?? 0;
        if (delta > 0 && (placed.get(host) ?? 0) + delta > maxNodes) return 'host-full';
      }
      const over = overShare(
        next,
        shares,
        shares.map(({ key }) => heldBy(key, next.id)),
      );
      if (over !== undefined) return over;
      write(previous, next);
      return 'written';
    },
    holdings: async (keys) => keys.map((key) => heldBy(key)),
    async nextVni() {
      vnis += 1;
      return vniOf(vnis);
    },
    async once(word, ttlMs) {
      const now = clock.now();
      for (const [known, until] of words) if (until <= now) words.delete(known);
      if (words.has(word)) return false;
      words.set(word, now + ttlMs);
      return true;
    },
    async placements() {
      return Object.fromEntries(placed);
    },
    async putTicket(hash, value, ttlMs) {
      forgetOld();
      tickets.set(hash, { value, expiresAt: clock.now() + ttlMs });
    },
    async takeTicket(hash) {
      forgetOld();
      const ticket = tickets.get(hash);
      tickets.delete(hash);
      return ticket?.value;
    },
    async standInLine(ticket, { free, wanted }) {
      const now = clock.now();
      for (const [other, seen] of line) if (now - seen > PLACE_KEPT_MS) line.delete(other);
      const index = [...line.keys()].indexOf(ticket);
      const ahead = index === -1 ? line.size : index;
      if (free - ahead >= wanted) {
        line.delete(ticket);
        return 0;
      }
      if (index !== -1 || line.size < MAX_LINE) line.set(ticket, now);
      return ahead + 1;
    },
    async lineLength() {
      return [...line.values()].filter((seen) => clock.now() - seen <= PLACE_KEPT_MS).length;
    },
    async hostEntries() {
      return Object.fromEntries(hostEntries);
    },
    async addHostEntry(name, entry) {
      if (hostEntries.has(name)) return false;
      hostEntries.set(name, entry);
      return true;
    },
    async putHostEntry(name, entry) {
      if (entry === undefined) hostEntries.delete(name);
      else hostEntries.set(name, entry);
    },
    async beat(own, ttlMs) {
      const now = clock.now();
      beats.set(own.name, { beat: own, at: now });
      for (const [name, { at }] of beats) if (now - at > ttlMs) beats.delete(name);
      return [...beats.values()].map(({ beat }) => beat);
    },
    async leave({ name, instance }) {
      if (beats.get(name)?.beat.instance === instance) beats.delete(name);
    },
    broadcast(message) {
      for (const hear of hearers) hear(message);
    },
    onBroadcast(listener) {
      hearers.add(listener);
      return () => hearers.delete(listener);
    },
    async addToTimeline(sessionId, fact, once) {
      const now = clock.now();
      for (const [key, at] of said) if (at <= now - ONCE_MS) said.delete(key);
      const key = `${sessionId} ${once}`;
      if (said.has(key)) return undefined;
      said.set(key, now);
      const entries = timelines.get(sessionId) ?? [];
      const [at = '', count = ''] = entries.at(-1)?.id.split('-') ?? [];
      const entry = { ...fact, id: Number(at) === now ? `${now}-${Number(count) + 1}` : `${now}-0` };
      timelines.set(sessionId, [...entries, entry].slice(-MAX_TIMELINE_ENTRIES));
      return entry;
    },
    async timeline(sessionId) {
      return [...(timelines.get(sessionId) ?? [])];
    },
    healthy: () => true,
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
    },
  };
}
