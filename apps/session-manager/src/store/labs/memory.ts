/** The store of labs without Redis; it forgets everything at its end. */
import type { LabRecord } from '../../model/lab-record.ts';
import type { LabStore } from './lab-store.ts';

/** Builds an empty one. */
export function createMemoryLabStore(): LabStore {
  const records = new Map<string, LabRecord>();
  const kept = new Map<string, Buffer>();
  return {
    async get(sessionId) {
      const record = records.get(sessionId);
      return record === undefined ? undefined : structuredClone(record);
    },
    async put(sessionId, record) {
      if ((records.get(sessionId)?.version ?? 0) !== record.version - 1) return false;
      records.set(sessionId, structuredClone(record));
      return true;
    },
    async remove(sessionId) {
      records.delete(sessionId);
    },
    async putFiles(digest, packed) {
      kept.set(digest, packed);
    },
    async files(digest) {
      return kept.get(digest);
    },
  };
}
