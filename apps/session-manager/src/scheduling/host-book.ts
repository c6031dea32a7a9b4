/** Which hosts belong to this place and which of them take no new nodes: kept in the store, so that all managers agree. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DrydockError } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { HostEntry } from '../store/hosts/host-store.ts';
import type { Store } from '../store/store.ts';
import type { HostRegistry } from './host-registry.ts';

/** Between two readings of what other managers wrote (ms). */
const POLL_MS = 2000;
const DAY_MS = 24 * 3600 * 1000;
/** A key's life: a copy that somebody took is worth nothing after it. Rotate within it (npm run host -- rotate). */
export const HOST_KEY_MS = 365 * DAY_MS;
/** After a rotation the key before is let in for so long: the host's links that are being made, and a host that fails half way. */
export const KEY_OVERLAP_MS = 3600 * 1000;
/** A key that ends within this is told of at each of its admissions. */
const WARN_MS = 30 * DAY_MS;

export interface HostBook {
  /** Learns the entries and goes on looking. */
  start(): Promise<void>;
  stop(): void;
  /** Whether `key` is the key that host `name` joined with; also while the store is away, by what was last known. */
  allows(name: string, key: string): Promise<boolean>;
  /** A secret with which one host may join, once, within `ttlMs`. */
  newToken(ttlMs: number): Promise<string>;
  /** Takes a host in. @throws DrydockError JOIN_TOKEN_REJECTED (wrong, used or too old), HOST_EXISTS. */
  join(request: { token: string; name: string; keyHash: string }): Promise<void>;
  /**
   * Puts the next key in the place of the newest, which brings it; the one before is let in for an hour more.
   * @throws DrydockError AGENT_KEY_REJECTED: not the newest key of a host that joined.
   */
  rotate(request: { name: string; key: string; keyHash: string }): Promise<{ goodUntil: number; oldGoodUntil: number }>;
  /** No new nodes for a host, or again; what lives there lives on. */
  drain(name: string, draining: boolean): Promise<void>;
  /** A host that joined may not come again. @throws DrydockError NOT_FOUND. */
  remove(name: string): Promise<void>;
  entries(): Readonly<Record<string, HostEntry>>;
}

const isHashOf = (keyHash: string, key: string) => timingSafeEqual(sha256(key), Buffer.from(keyHash, 'hex'));

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Builds it over the store. */
export function createHostBook(deps: {
  store: Pick<Store, 'hosts' | 'tickets'>;
  hosts: Pick<HostRegistry, 'drain'>;
  clock: Clock;
  logger: Logger;
}): HostBook {
  const { store, hosts, clock, logger } = deps;
  let known: Record<string, HostEntry> = {};
  /** Hosts whose entries another release wrote in a form that this one does not know: they stay as they are. */
  let foreign: ReadonlySet<string> = new Set();
  let timer: Timer | undefined;
  let stopped = false;

  async function refresh(): Promise<void> {
    const before = known;
    const { entries, unreadable } = await store.hosts.all();
    known = entries;
    foreign = new Set(unreadable);
    for (const name of new Set([...Object.keys(before), ...Object.keys(known)])) {
      const draining = known[name]?.draining === true;
      if (draining !== (before[name]?.draining === true)) hosts.drain(name, draining);
    }
  }

  function pollAgain(): void {
    if (stopped) return;
    timer = clock.after(POLL_MS, () => {
      // A store that is away is told of elsewhere; what was known holds.
      refresh()
        .catch(() => undefined)
        .finally(pollAgain);
    });
  }

  /** Writes over an entry that was read. @throws DrydockError RECORD_UNREADABLE. */
  async function put(name: string, entry: HostEntry | undefined): Promise<void> {
    if (foreign.has(name)) throw new DrydockError('RECORD_UNREADABLE');
    await store.hosts.put(name, entry);
  }

  return {
    async start() {
      await refresh();
      pollAgain();
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
    async allows(name, key) {
      // It may have joined, or rotated, by another manager a moment ago.
      const isKnown = () => known[name]?.keyHash !== undefined && isHashOf(known[name].keyHash, key);
      if (!isKnown()) await refresh().catch(() => undefined);
      const { keyUntil = Number.POSITIVE_INFINITY, before } = known[name] ?? {};
      const now = clock.now();
      if (isKnown()) {
        if (keyUntil - now < WARN_MS)
          logger.warn({ host: name, keyUntil }, 'a host’s key ends soon or has ended: rotate it');
        return now < keyUntil;
      }
      return before !== undefined && now < before.until && isHashOf(before.keyHash, key);
    },
    async newToken(ttlMs) {
      const token = randomBytes(32).toString('base64url');
      await store.tickets.put(sha256(token).toString('base64url'), 'join', '', ttlMs);
      logger.info({ audit: 'host-token-created', ttlMs }, 'token for a host created');
      return token;
    },
    async join({ token, name, keyHash }) {
      await refresh();
      // Told before the token is taken: it is still good under another name.
      if (known[name]?.keyHash !== undefined) throw new DrydockError('HOST_EXISTS');
      const ticket = await store.tickets.take(sha256(token).toString('base64url'), 'join');
      if (ticket === undefined) throw new DrydockError('JOIN_TOKEN_REJECTED');
      const entry = { ...known[name], keyHash, keyUntil: clock.now() + HOST_KEY_MS, joinedAt: clock.now() };
      if (known[name] !== undefined) await put(name, entry);
      else if (!(await store.hosts.add(name, entry))) throw new DrydockError('HOST_EXISTS');
      await refresh();
      logger.info({ audit: 'host-joined', host: name }, 'host joined');
    },
    async rotate({ name, key, keyHash }) {
      await refresh();
      const entry = known[name];
      const { keyHash: newest, keyUntil = Number.POSITIVE_INFINITY } = entry ?? {};
      // Only the newest: who has an old one must not take the host over. The same hash again would be no rotation.
      if (newest === undefined || !isHashOf(newest, key) || clock.now() >= keyUntil || keyHash === newest) {
        throw new DrydockError('AGENT_KEY_REJECTED');
      }
      const [goodUntil, oldGoodUntil] = [clock.now() + HOST_KEY_MS, clock.now() + KEY_OVERLAP_MS];
      await put(name, {
        ...entry,
        keyHash,
        keyUntil: goodUntil,
        before: { keyHash: newest, until: oldGoodUntil },
      });
      await refresh();
      logger.info({ audit: 'host-key-rotated', host: name, goodUntil }, 'key of a host rotated');
      return { goodUntil, oldGoodUntil };
    },
    async drain(name, draining) {
      await refresh();
      const { draining: _was, ...rest } = known[name] ?? {};
      const entry = draining ? { ...rest, draining } : rest;
      await put(name, Object.keys(entry).length === 0 ? undefined : entry);
      await refresh();
      logger.info({ audit: draining ? 'host-drained' : 'host-undrained', host: name }, 'host placement changed');
    },
    async remove(name) {
      await refresh();
      if (known[name]?.keyHash === undefined) throw new DrydockError('NOT_FOUND');
      await put(name, undefined);
      await refresh();
      logger.info({ audit: 'host-removed', host: name }, 'host removed');
    },
    entries: () => known,
  };
}
