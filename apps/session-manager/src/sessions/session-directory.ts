/**
 * Every open session in memory, kept equal to the store: reads never wait, also while the store is away; writes go to the
 * store first and are made again on top of what somebody else wrote in between.
 */
import { DrydockError, type SessionId, toDrydockError } from '@drydock/protocol';
import { createBackoff, type Logger } from '@drydock/service-kit';
import { type SessionRecord, vanished } from '../model/session.ts';
import type { PlacementBound, SessionStore } from '../store/sessions/session-store.ts';
import type { OverShare, ShareBound } from '../store/sessions/shares.ts';

/** Attempts of one change against other writers; each failed one means that another succeeded. */
const MAX_WRITE_ATTEMPTS = 16;
/** Longest wait between attempts to learn all sessions from a store that fails (ms). */
const MAX_RELOAD_WAIT_MS = 2000;

export interface DirectoryChange {
  previous: SessionRecord | undefined;
  /** A closed session is announced once and then forgotten. */
  next: SessionRecord;
}

export interface SessionDirectory {
  /** Learns all sessions. @throws DrydockError STORE_UNAVAILABLE. */
  start(): Promise<void>;
  /** An open session (active or closing), from memory. */
  get(id: SessionId): SessionRecord | undefined;
  /** An open session from memory, or a closed one that the store still remembers. @throws DrydockError RECORD_UNREADABLE. */
  find(id: SessionId): Promise<SessionRecord | undefined>;
  /** Reads sessions from the store, for decisions that must not be made from a memory that lags behind another manager's writes. */
  refresh(ids: Iterable<SessionId>): Promise<void>;
  all(): Iterable<SessionRecord>;
  /** Ids of open sessions that another release wrote in a form that this one does not know. */
  unreadable(): Iterable<SessionId>;
  count(): number;
  /** Nodes placed on a host, over all sessions. */
  placed(host: string): number;
  /** Whether memory is known to equal the store: decisions that destroy wait for this. */
  synced(): boolean;
  /** @throws DrydockError NO_CAPACITY when `maxSessions` live already, ADDRESS_LIMIT when one of `shares` refuses, STORE_UNAVAILABLE. */
  create(record: SessionRecord, maxSessions: number, shares?: readonly ShareBound[]): Promise<void>;
  /**
   * Writes `change(record)`; a change that returns its argument writes nothing. `change` may run several times.
   * @throws DrydockError SESSION_NOT_FOUND, NO_CAPACITY when one of `bounds` refuses, ADDRESS_LIMIT when one of `shares` does,
   * STORE_UNAVAILABLE, or what `change` throws.
   */
  update(
    id: SessionId,
    change: (record: SessionRecord) => SessionRecord,
    bounds?: readonly PlacementBound[],
    shares?: readonly ShareBound[],
  ): Promise<SessionRecord>;
  /** Hears of every change, whoever made it. Listeners must not throw. Returns how to stop. */
  onChange(listener: (change: DirectoryChange) => void): () => void;
  close(): void;
}

const addressLimit = ({ over, most }: OverShare) => new DrydockError('ADDRESS_LIMIT', undefined, { [over]: most });

/** Builds a directory over a store; it is empty until `start`. */
export function createSessionDirectory({ store, logger }: { store: SessionStore; logger: Logger }): SessionDirectory {
  const records = new Map<SessionId, SessionRecord>();
  const unreadable = new Set<SessionId>();
  const placed = new Map<string, number>();
  const listeners = new Set<(change: DirectoryChange) => void>();
  const queues = new Map<SessionId, Promise<unknown>>();
  let inSync = false;
  let closed = false;
  let reloading = false;
  let reloadWanted = false;
  let reloadTimer: NodeJS.Timeout | undefined;
  const backoff = createBackoff({ minMs: 100, maxMs: MAX_RELOAD_WAIT_MS });

  function countPlaces(record: SessionRecord | undefined, by: 1 | -1): void {
    for (const node of record?.nodes ?? []) {
      if (node.state === 'lost') continue;
      const count = (placed.get(node.host) ?? 0) + by;
      if (count === 0) placed.delete(node.host);
      else placed.set(node.host, count);
    }
  }

  /** Takes over a record unless a newer one is known. */
  function accept(next: SessionRecord): void {
    unreadable.delete(next.id);
    const previous = records.get(next.id);
    if (previous !== undefined && previous.version >= next.version) return;
    if (previous === undefined && next.state === 'closed') return;
    countPlaces(previous, -1);
    if (next.state === 'closed') records.delete(next.id);
    else {
      records.set(next.id, next);
      countPlaces(next, 1);
    }
    for (const listener of listeners) listener({ previous, next });
  }

  /** A session that the store no longer has was closed while nobody listened. */
  function vanish(record: SessionRecord): void {
    accept(vanished(record));
  }

  /** What this release cannot read is nothing to decide by: it is out of memory, and stays as it is in the store and on its hosts. */
  function setAside(id: SessionId): void {
    countPlaces(records.get(id), -1);
    records.delete(id);
    unreadable.add(id);
  }

  /** Takes over what the store has of a session now. */
  async function refresh(id: SessionId): Promise<void> {
    try {
      const stored = await store.get(id);
      const known = records.get(id);
      if (stored !== undefined) accept(stored);
      else if (known !== undefined) vanish(known);
      else unreadable.delete(id);
    } catch (error) {
      if (toDrydockError(error).code !== 'RECORD_UNREADABLE') throw error;
      setAside(id);
    }
  }

  async function reload(): Promise<void> {
    const known = [...records.keys(), ...unreadable];
    const found = await store.list();
    for (const record of found.records) accept(record);
    for (const id of found.unreadable) setAside(id);
    const ids = new Set([...found.records.map(({ id }) => id), ...found.unreadable]);
    for (const id of known) if (!ids.has(id)) await refresh(id);
    inSync = true;
  }

  async function reloadUntilDone(): Promise<void> {
    reloadWanted = true;
    if (reloading || closed) return;
    reloading = true;
    try {
      while (reloadWanted && !closed) {
        reloadWanted = false;
        try {
          await reload();
          backoff.reset();
        } catch (error) {
          inSync = false;
          reloadWanted = true;
          logger.warn({ err: error }, 'sessions could not be read');
          await new Promise<void>((resolve) => {
            reloadTimer = setTimeout(resolve, backoff.next());
          });
        }
      }
    } finally {
      reloading = false;
    }
  }

  const stopListening = store.onChanged((write) => {
    if (write === 'all') {
      void reloadUntilDone();
      return;
    }
    // The echo of a write of our own waits behind that write, and finds it done.
    const refreshOthers = async () => {
      if ((records.get(write.id)?.version ?? 0) < write.version) await refresh(write.id);
    };
    enqueue(write.id, refreshOthers).catch(() => reloadUntilDone());
  });

  /** One change of a session at a time, in order of arrival. */
  function enqueue<T>(id: SessionId, task: () => Promise<T>): Promise<T> {
    const before = queues.get(id) ?? Promise.resolve();
    const run = before.then(task, task);
    const settled = run.then(
      () => undefined,
      () => undefined,
    );
    queues.set(id, settled);
    void settled.then(() => {
      if (queues.get(id) === settled) queues.delete(id);
    });
    return run;
  }

  async function write(
    id: SessionId,
    change: (record: SessionRecord) => SessionRecord,
    bounds: readonly PlacementBound[] | undefined,
    shares: readonly ShareBound[] | undefined,
  ): Promise<SessionRecord> {
    for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt += 1) {
      const previous = records.get(id);
      if (previous === undefined) {
        throw new DrydockError(unreadable.has(id) ? 'RECORD_UNREADABLE' : 'SESSION_NOT_FOUND');
      }
      const changed = change(previous);
      if (changed === previous) return previous;
      const next = { ...changed, version: previous.version + 1 };
      const result = await store.replace(previous, next, bounds, shares);
      if (result === 'written') {
        accept(next);
        return next;
      }
      if (result === 'host-full') throw new DrydockError('NO_CAPACITY');
      if (result !== 'conflict') throw addressLimit(result);
      await refresh(id);
    }
    throw new DrydockError('INTERNAL', undefined, { reason: 'too many writers' });
  }

  return {
    async start() {
      await reload();
    },
    get: (id) => records.get(id),
    async find(id) {
      return records.get(id) ?? (await store.get(id));
    },
    async refresh(ids) {
      for (const id of ids) await enqueue(id, () => refresh(id));
    },
    all: () => records.values(),
    unreadable: () => unreadable,
    count: () => records.size,
    placed: (host) => placed.get(host) ?? 0,
    synced: () => inSync && store.healthy(),
    async create(record, maxSessions, shares) {
      const result = await store.create(record, maxSessions, shares);
      if (result === 'full') throw new DrydockError('NO_CAPACITY', 'There are as many sessions as there may be.');
      if (result === 'conflict') throw new DrydockError('INTERNAL', undefined, { reason: 'session id taken' });
      if (result !== 'written') throw addressLimit(result);
      accept(record);
    },
    update: (id, change, bounds, shares) => enqueue(id, () => write(id, change, bounds, shares)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(reloadTimer);
      stopListening();
      listeners.clear();
    },
  };
}
