/** Labs of sessions in Redis: a hash a session, a value for the files of each version of a lab. */
import type { SessionId } from '@drydock/protocol';
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { StoredReader } from '../stored.ts';
import { LAB_KEPT_MS, type LabStore } from './lab-store.ts';
import { decodeLab } from './stored-lab.ts';

/** Hash: `version`, `document` (JSON). */
const recordKey = (sessionId: SessionId) => keyOf('lab', sessionId);
/** Value: a lab's files, packed. */
const filesKey = (digest: string) => keyOf('lab-files', digest);

/** KEYS: record. ARGV: document, expected version, new version, life ms. */
const PUT_SCRIPT = `
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'document', ARGV[1], 'version', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`;

/** Builds it over a connection. */
export function createRedisLabs({ redis, ask }: RedisConnection, reader: StoredReader): LabStore {
  return {
    async get(sessionId) {
      const key = recordKey(sessionId);
      const document = await ask(() => redis.hget(key, 'document'));
      return document === null ? undefined : reader.read(key, document, decodeLab);
    },
    async put(sessionId, record) {
      const args = [JSON.stringify(record), record.version - 1, record.version, LAB_KEPT_MS];
      return (await ask(() => redis.eval(PUT_SCRIPT, 1, recordKey(sessionId), ...args))) === 1;
    },
    async remove(sessionId) {
      await ask(() => redis.del(recordKey(sessionId)));
    },
    async putFiles(digest, packed) {
      await ask(() => redis.set(filesKey(digest), packed, 'PX', LAB_KEPT_MS));
    },
    async files(digest) {
      return (await ask(() => redis.getBuffer(filesKey(digest)))) ?? undefined;
    },
  };
}
