/** The operator's store without Redis; it forgets everything at its end. */
import { type AuditEntry, type Block, MAX_AUDIT_ENTRIES, MAX_BLOCKS, type StartsStop } from '@drydock/protocol';
import type { OperatorStore } from './operator-store.ts';

/** Builds an empty one. */
export function createMemoryOperatorStore(): OperatorStore {
  const blocks = new Map<string, Block>();
  const audit: AuditEntry[] = [];
  let stop: StartsStop | undefined;
  return {
    async blocks() {
      return [...blocks.values()];
    },
    async putBlock(block) {
      if (!blocks.has(block.id) && blocks.size >= MAX_BLOCKS) return false;
      blocks.set(block.id, block);
      return true;
    },
    async removeBlock(id) {
      return blocks.delete(id);
    },
    async startsStop() {
      return stop;
    },
    async setStartsStop(next) {
      stop = next;
    },
    async addToAudit(entry) {
      audit.unshift(entry);
      audit.length = Math.min(audit.length, MAX_AUDIT_ENTRIES);
    },
    async audit() {
      return [...audit];
    },
  };
}
