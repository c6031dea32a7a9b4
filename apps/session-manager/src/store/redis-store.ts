/** Sessions in Redis 6 or later, on one server or a cluster. */
import { createHash } from 'node:crypto';
import { DrydockError, MAX_TIMELINE_ENTRIES, timelineFactSchema } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { Cluster, Redis } from 'ioredis';
import type { SessionRecord } from '../model/session.ts';
import type { HostEntry } from '../scheduling/host-book.ts';
import { MAX_LINE, PLACE_KEPT_MS } from '../scheduling/waiting-line.ts';
import { createRedisClients } from './redis-client.ts';
import { createRedisOperatorStore } from './redis-operator-store.ts';
import {
  BEAT_SCRIPT,
  BROADCAST_CHANNEL,
  CHANGED_CHANNEL,
  CREATE_SCRIPT,
  HELD_SCRIPT,
  HOSTS_KEY,
  heldKey,
  LEAVE_SCRIPT,
  LINE_KEY,
  LINE_SCRIPT,
  LINE_SEEN_KEY,
  MANAGERS_KEY,
  onceKey,
  PLACED_KEY,
  PUBLISH_SCRIPT,
  REPLACE_SCRIPT,
  SESSIONS_KEY,
  sessionKey,
  TIMELINE_SCRIPT,
  ticketKey,
  timelineKey,
  VNIS_KEY,
} from './redis-scripts.ts';
import {
  holdingOf,
  type ManagerBeat,
  ONCE_MS,
  type OverShare,
  placementDeltas,
  type SessionStore,
  type ShareBound,
  TIMELINE_MS,
  TOMBSTONE_MS,
  vniOf,
  type WriteResult,
  type Written,
} from './session-store.ts';

/** How long a start waits for a Redis that is starting too (ms). */
const START_PATIENCE_MS = 10_000;
/** How long what an address holds is kept after its last change (ms): longer than any session. */
const HELD_MS = TIMELINE_MS;
/** Documents fetched at once when all are read. */
const LIST_BATCH = 500;

/** Connects to the Redis of `url`. @throws DrydockError STORE_UNAVAILABLE when it cannot be reached within the start's patience. */
export async function createRedisStore(
  url: string,
  logger: Logger,
  patienceMs = START_PATIENCE_MS,
  caFile?: string,
): Promise<SessionStore> {
  const { commands: redis, subscriber, settled } = createRedisClients(url, caFile);
  const listeners = new Set<(write: Written | 'all') => void>();
  const hearers = new Set<(message: string) => void>();
  const tell = (write: Written | 'all') => {
    for (const listener of listeners) listener(write);
  };
  let lastError = '';
  let wasReady = false;
  /** A cluster's client is ready while one of its servers is away; what counts is the server that has our keys. */
  let isAnswering = true;

  for (const client of [redis, subscriber]) {
    client.on('error', (error: Error) => {
      if (error.message !== lastError) logger.warn({ err: error }, 'redis is out of reach');
      lastError = error.message;
    });
  }
  redis.on('ready', () => {
    settled();
    isAnswering = true;
    if (lastError !== '') logger.info('redis is back');
    lastError = '';
    // Whatever was written while this manager could not listen is learned anew.
    if (wasReady) tell('all');
    wasReady = true;
  });
  subscriber.on('ready', () => {
    subscriber.subscribe(CHANGED_CHANNEL, BROADCAST_CHANNEL).then(
      () => tell('all'),
      (error: unknown) => logger.warn({ err: error }, 'redis subscription failed'),
    );
  });
  subscriber.on('message', (channel: string, message: string) => {
    if (channel === BROADCAST_CHANNEL) {
      for (const hear of hearers) hear(message);
      return;
    }
    const [id = '', version] = message.split(' ');
    tell({ id, version: Number(version) });
  });

  await waitUntilReady(redis, patienceMs).catch((cause: unknown) => {
    redis.disconnect();
    subscriber.disconnect();
    throw new DrydockError('STORE_UNAVAILABLE', undefined, undefined, { cause });
  });
  await waitUntilReady(subscriber, patienceMs).catch(() => undefined);

  async function ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      const answer = await question();
      if (!isAnswering) {
        isAnswering = true;
        tell('all');
      }
      return answer;
    } catch (cause) {
      isAnswering = false;
      throw new DrydockError('STORE_UNAVAILABLE', undefined, undefined, { cause });
    }
  }

  /** Runs one of the scripts that write a session. */
  async function script(lua: string, { id, countedFor = [] }: SessionRecord, args: (string | number)[]) {
    const keys = [sessionKey(id), SESSIONS_KEY, PLACED_KEY, ...countedFor.map(heldKey)];
    const answer = String(await ask(() => redis.eval(lua, keys.length, ...keys, ...args)));
    const [, over, most] = /^over (sessions|nodes) (\d+)$/.exec(answer) ?? [];
    return over === undefined ? answer : ({ over, most: Number(most) } as OverShare);
  }
  /** What the scripts are told of a session's shares. */
  function shareArgs(previous: SessionRecord | undefined, next: SessionRecord, shares: readonly ShareBound[]) {
    const words = (record: SessionRecord | undefined) => Object.values(holdingOf(record)).join(' ');
    const bounds = (next.countedFor ?? []).flatMap((key) => {
      const { maxSessions = '', maxNodes = '' } = shares.find((share) => share.key === key) ?? {};
      return [maxSessions, maxNodes];
    });
    return [words(next) === words(previous) ? '' : words(next), HELD_MS, ...bounds];
  }
  const pairs = (deltas: Map<string, number>) => [...deltas].flat();

  return {
    operator: createRedisOperatorStore(redis, ask),
    async create(record, maxSessions, shares = []) {
      const args = [record.id, JSON.stringify(record), record.version, maxSessions, CHANGED_CHANNEL];
      const all = [...args, ...shareArgs(undefined, record, shares), ...pairs(placementDeltas(undefined, record))];
      return (await script(CREATE_SCRIPT, record, all)) as 'written' | 'conflict' | 'full' | OverShare;
    },
    async get(id) {
      const document = await ask(() => redis.hget(sessionKey(id), 'document'));
      return document === null ? undefined : (JSON.parse(document) as SessionRecord);
    },
    async list() {
      const ids = await ask(() => redis.smembers(SESSIONS_KEY));
      const records: SessionRecord[] = [];
      for (let start = 0; start < ids.length; start += LIST_BATCH) {
        const batch = ids.slice(start, start + LIST_BATCH);
        const documents = await ask(() => Promise.all(batch.map((id) => redis.hget(sessionKey(id), 'document'))));
        for (const document of documents) if (document !== null) records.push(JSON.parse(document) as SessionRecord);
      }
      return records;
    },
    async replace(previous, next, bounds = [], shares = []) {
      const deltas = placementDeltas(previous, next);
      const args = [
        next.id,
        JSON.stringify(next),
        previous.version,
        next.version,
        next.state === 'closed' ? TOMBSTONE_MS : 0,
        CHANGED_CHANNEL,
        bounds.length,
        ...bounds.flatMap(({ host, maxNodes }) => [host, maxNodes, deltas.get(host) ?? 0]),
        ...shareArgs(previous, next, shares),
      ];
      return (await script(REPLACE_SCRIPT, next, [...args, ...pairs(deltas)])) as WriteResult;
    },
    async holdings(keys) {
      const all = [SESSIONS_KEY, ...keys.map(heldKey)];
      const counts = (await ask(() => redis.eval(HELD_SCRIPT, all.length, ...all))) as number[];
      return keys.map((_key, at) => ({ sessions: counts[2 * at] ?? 0, nodes: counts[2 * at + 1] ?? 0 }));
    },
    async nextVni() {
      return vniOf(await ask(() => redis.incr(VNIS_KEY)));
    },
    async once(word, ttlMs) {
      const hash = createHash('sha256').update(word).digest('base64url');
      return (await ask(() => redis.set(onceKey(hash), '1', 'PX', Math.ceil(ttlMs), 'NX'))) === 'OK';
    },
    async placements() {
      const counts = await ask(() => redis.hgetall(PLACED_KEY));
      return Object.fromEntries(Object.entries(counts).map(([host, count]) => [host, Number(count)]));
    },
    async putTicket(hash, value, ttlMs) {
      await ask(() => redis.set(ticketKey(hash), value, 'PX', Math.ceil(ttlMs)));
    },
    async takeTicket(hash) {
      const taken = await ask(() => redis.multi().get(ticketKey(hash)).del(ticketKey(hash)).exec());
      const value = taken?.[0]?.[1];
      return typeof value === 'string' ? value : undefined;
    },
    async standInLine(ticket, { free, wanted }) {
      const args = [ticket, free, wanted, PLACE_KEPT_MS, MAX_LINE];
      return Number(await ask(() => redis.eval(LINE_SCRIPT, 2, LINE_KEY, LINE_SEEN_KEY, ...args)));
    },
    lineLength: () => ask(() => redis.zcount(LINE_SEEN_KEY, Date.now() - PLACE_KEPT_MS, '+inf')),
    async hostEntries() {
      const entries = await ask(() => redis.hgetall(HOSTS_KEY));
      return Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, JSON.parse(text) as HostEntry]));
    },
    async addHostEntry(name, entry) {
      return (await ask(() => redis.hsetnx(HOSTS_KEY, name, JSON.stringify(entry)))) === 1;
    },
    async putHostEntry(name, entry) {
      await ask<unknown>(() =>
        entry === undefined ? redis.hdel(HOSTS_KEY, name) : redis.hset(HOSTS_KEY, name, JSON.stringify(entry)),
      );
    },
    async beat(own, ttlMs) {
      const living = await ask(() => redis.eval(BEAT_SCRIPT, 1, MANAGERS_KEY, own.name, JSON.stringify(own), ttlMs));
      return (living as string[]).map((beat) => JSON.parse(beat) as ManagerBeat);
    },
    async leave({ name, instance }) {
      await ask(() => redis.eval(LEAVE_SCRIPT, 1, MANAGERS_KEY, name, instance));
    },
    broadcast(message) {
      redis.eval(PUBLISH_SCRIPT, 1, SESSIONS_KEY, BROADCAST_CHANNEL, message).catch(() => undefined);
    },
    onBroadcast(listener) {
      hearers.add(listener);
      return () => hearers.delete(listener);
    },
    async addToTimeline(sessionId, fact, once) {
      const hash = createHash('sha256').update(`${sessionId} ${once}`).digest('base64url');
      const args = [JSON.stringify(fact), MAX_TIMELINE_ENTRIES, TIMELINE_MS, ONCE_MS];
      const id = await ask(() => redis.eval(TIMELINE_SCRIPT, 2, timelineKey(sessionId), onceKey(hash), ...args));
      return typeof id === 'string' ? { ...fact, id } : undefined;
    },
    async timeline(sessionId) {
      const entries = await ask(() => redis.xrange(timelineKey(sessionId), '-', '+'));
      // What another release wrote in a form of its own is left out.
      return entries.flatMap(([id, [, text = '']]) => {
        const { success, data } = timelineFactSchema.safeParse(JSON.parse(text));
        return success ? [{ ...data, id }] : [];
      });
    },
    healthy: () => redis.status === 'ready' && isAnswering,
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      hearers.clear();
      redis.disconnect();
      subscriber.disconnect();
    },
  };
}

async function waitUntilReady(client: Redis | Cluster, patienceMs: number): Promise<void> {
  client.connect().catch(() => undefined); // The retry strategy goes on; the wait below decides.
  await new Promise<void>((resolve, reject) => {
    let last = new Error('no answer');
    const onError = (error: Error) => {
      last = error;
    };
    const done = (settle: () => void) => {
      clearTimeout(timer);
      client.off('error', onError);
      client.off('ready', onReady);
      settle();
    };
    const onReady = () => done(resolve);
    const timer = setTimeout(() => done(() => reject(last)), patienceMs);
    client.on('error', onError);
    client.once('ready', onReady);
  });
}
