/** The store of labs without Redis; it forgets everything at its end. */
import type { LabRecord } from '../../model/lab-record.ts';
import type { LabStore } from './lab-store.ts';

/** Versions of labs whose files are kept: an author at work makes one with each saved line. The longest unused goes first. */
const MAX_KEPT = 100;

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
      kept.delete(digest);
      kept.set(digest, packed);
      for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
    },
    async files(digest) {
      const packed = kept.get(digest);
      if (packed === undefined) return undefined;
      // Asked for, so it is the last to go.
      kept.delete(digest);
      kept.set(digest, packed);
      return packed;
    },
  };
}
