/** What operators order of a whole place, where all its managers see it; two implementations pass one contract suite. */
import type { AuditEntry, Block, StartsStop } from '@drydock/protocol';

/** Every method rejects with DrydockError STORE_UNAVAILABLE while the store is out of reach. */
export interface OperatorStore {
  /** All blocks, those that are over too: who reads them removes them. */
  blocks(): Promise<Block[]>;
  /** Adds a block or writes it anew; false when there are MAX_BLOCKS already. */
  putBlock(block: Block): Promise<boolean>;
  /** False when there is none of that id. */
  removeBlock(id: string): Promise<boolean>;
  /** The stop of starts, if there is one. */
  startsStop(): Promise<StartsStop | undefined>;
  setStartsStop(stop: StartsStop | undefined): Promise<void>;
  /** Adds to the audit trail, of which the last MAX_AUDIT_ENTRIES are kept. */
  addToAudit(entry: AuditEntry): Promise<void>;
  /** The newest entry first. */
  audit(): Promise<AuditEntry[]>;
}
