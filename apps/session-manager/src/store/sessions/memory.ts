/** Sessions in memory. */
import type { SessionId } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { SessionRecord } from '../../model/session.ts';
import { placementDeltas, type SessionStore, TOMBSTONE_MS, type Written } from './session-store.ts';
import { type Holding, holdingOf, overShare } from './shares.ts';

/** Builds an empty one. */
export function createMemorySessions(clock: Clock): SessionStore {
  const records = new Map<string, { record: SessionRecord; forgetAt: number }>();
  const placed = new Map<string, number>();
  const listeners = new Set<(write: Written) => void>();

  function forgetOld(): void {
    for (const [id, entry] of records) if (entry.forgetAt <= clock.now()) records.delete(id);
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
  function heldBy(key: string, own?: SessionId): Holding {
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
      return { records: open().map(({ record }) => structuredClone(record)), unreadable: [] };
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
    async placements() {
      return Object.fromEntries(placed);
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    healthy: () => true,
  };
}
