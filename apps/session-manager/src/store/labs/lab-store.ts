/** How the labs of sessions stand, and the files of labs that sessions go by; two implementations pass one contract suite. */
import type { SessionId } from '@drydock/protocol';
import type { LabRecord } from '../../model/lab-record.ts';

/** How long a record is kept after its last change, and files after they were last asked to be kept (ms): the longest session, and a day. */
export const LAB_KEPT_MS = 8 * 24 * 60 * 60 * 1000;

export interface LabStore {
  get(sessionId: SessionId): Promise<LabRecord | undefined>;
  /** Writes `record` where the stored version is one less (none: its version is 1); false where it is another. */
  put(sessionId: SessionId, record: LabRecord): Promise<boolean>;
  remove(sessionId: SessionId): Promise<void>;
  /** Keeps files of a lab under their digest, LAB_KEPT_MS from now on. */
  putFiles(digest: string, packed: Buffer): Promise<void>;
  files(digest: string): Promise<Buffer | undefined>;
}
