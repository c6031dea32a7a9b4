/** What operators and their rules did: in the log for ever, in the store the last of it. */
import type { AuditEntry } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { OperatorStore } from '../store/operator/operator-store.ts';

export interface AuditTrail {
  /** Notes an action that has happened. Never rejects: what is done is done, and the log has it. */
  note(by: string, action: string, target: string, detail?: string): Promise<void>;
  /** The newest entry first. */
  read(): Promise<AuditEntry[]>;
}

/** Builds it. */
export function createAuditTrail(deps: { store: OperatorStore; clock: Clock; logger: Logger }): AuditTrail {
  const { store, clock, logger } = deps;
  return {
    async note(by, action, target, detail) {
      const entry = { at: clock.now(), by, action, target, ...(detail === undefined ? {} : { detail }) };
      logger.info({ audit: `operator-${action}`, by, target, detail }, 'operator acted');
      await store
        .addToAudit(entry)
        .catch((error: unknown) => logger.error({ err: error, entry }, 'the audit trail was not written'));
    },
    read: () => store.audit(),
  };
}
