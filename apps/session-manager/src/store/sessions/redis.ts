/** Sessions in Redis: a hash each, with the document and its version, and a set of the ids of those that are not closed. */
import { DrydockError, isSessionId, type SessionId } from '@drydock/protocol';
import type { SessionRecord } from '../../model/session.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { StoredReader } from '../stored.ts';
import { CREATE_SCRIPT, HELD_SCRIPT, REPLACE_SCRIPT } from './redis-scripts.ts';
import { placementDeltas, type SessionStore, TOMBSTONE_MS, type WriteResult, type Written } from './session-store.ts';
import { holdingOf, type OverShare, type ShareBound } from './shares.ts';
import { decodeSession, encodeSession } from './stored-session.ts';

/** How long what an address holds is kept after its last change (ms): longer than any session. */
const HELD_MS = 8 * 24 * 60 * 60 * 1000;
/** Documents fetched at once when all are read. */
const LIST_BATCH = 500;

export const sessionKey = (id: SessionId) => keyOf('session', id);
/** Set of the ids of all sessions that are not closed. */
export const SESSIONS_KEY = keyOf('sessions');
/** Hash: host -> number of nodes placed on it. */
const PLACED_KEY = keyOf('placed');
/** Hash: session -> `<sessions> <nodes>` that it holds of what one address may have (`countedFor` of its record). */
export const heldKey = (key: string) => keyOf('held', key);
/** Channel on which every write publishes `<id> <version>`. */
const CHANGED_CHANNEL = keyOf('changed');

/** Builds it over a connection that is not open yet. */
export function createRedisSessions(connection: RedisConnection, reader: StoredReader): SessionStore {
  const { redis, ask } = connection;
  const listeners = new Set<(write: Written | 'all') => void>();
  const publish = (write: Written | 'all') => {
    for (const listener of listeners) listener(write);
  };
  connection.onMissed(() => publish('all'));
  connection.onMessage(CHANGED_CHANNEL, (message) => {
    const [id = '', version] = message.split(' ');
    if (isSessionId(id)) publish({ id, version: Number(version) });
  });

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
  const documentOf = (id: SessionId) => redis.hget(sessionKey(id), 'document');

  return {
    async create(record, maxSessions, shares = []) {
      const args = [record.id, encodeSession(record), record.version, maxSessions, CHANGED_CHANNEL];
      const all = [...args, ...shareArgs(undefined, record, shares), ...pairs(placementDeltas(undefined, record))];
      return (await script(CREATE_SCRIPT, record, all)) as 'written' | 'conflict' | 'full' | OverShare;
    },
    async get(id) {
      const document = await ask(() => documentOf(id));
      if (document === null) return undefined;
      const record = reader.read(sessionKey(id), document, decodeSession);
      if (record === undefined) throw new DrydockError('RECORD_UNREADABLE');
      return record;
    },
    async list() {
      const ids = (await ask(() => redis.smembers(SESSIONS_KEY))).filter(isSessionId);
      const records: SessionRecord[] = [];
      const unreadable: SessionId[] = [];
      for (let start = 0; start < ids.length; start += LIST_BATCH) {
        const batch = ids.slice(start, start + LIST_BATCH);
        const documents = await ask(() => Promise.all(batch.map(documentOf)));
        for (const [index, document] of documents.entries()) {
          const id = batch[index];
          if (id === undefined) continue;
          const record = document === null ? undefined : reader.read(sessionKey(id), document, decodeSession);
          if (record !== undefined) records.push(record);
          else if (document !== null) unreadable.push(id);
        }
      }
      return { records, unreadable };
    },
    async replace(previous, next, bounds = [], shares = []) {
      const deltas = placementDeltas(previous, next);
      const args = [
        next.id,
        encodeSession(next),
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
    async placements() {
      const counts = await ask(() => redis.hgetall(PLACED_KEY));
      return Object.fromEntries(Object.entries(counts).map(([host, count]) => [host, Number(count)]));
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    healthy: connection.healthy,
  };
}
