/** Who wants a session's nodes stopped: they go on when nobody does any more. */
import type { SessionId } from '@drydock/protocol';
import type { FrozenRecord } from './frozen-record.ts';

/** The manager (an operator, a rule, another host's floor), or this host for want of disk or for memory of the kernel. */
export type FreezeHolder = 'manager' | 'disk' | 'kernel';

export interface FreezeHolds {
  /** Stops the session's nodes here for `holder`, or lets them go on unless somebody else wants them stopped. @throws what stopping throws. */
  set(sessionId: SessionId, holder: FreezeHolder, frozen: boolean): Promise<void>;
}

export interface FreezeHoldsDeps {
  /** What the manager wants: the next agent of this host may thaw before the manager has told it again. The disk's floor has a record of its own. */
  record: FrozenRecord;
  freeze(sessionId: SessionId, frozen: boolean): Promise<void>;
  /** Sessions with nodes here; of others nothing is kept. */
  sessions(): Iterable<SessionId>;
}

/** Builds them; one order after another. */
export function createFreezeHolds({ record, freeze, sessions }: FreezeHoldsDeps): FreezeHolds {
  let holds: Map<SessionId, Set<FreezeHolder>> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function change(sessionId: SessionId, holder: FreezeHolder, frozen: boolean): Promise<void> {
    holds ??= new Map((await record.read()).map((id) => [id, new Set<FreezeHolder>(['manager'])]));
    const holders = holds.get(sessionId) ?? new Set();
    if (frozen) holders.add(holder);
    else holders.delete(holder);
    holds.set(sessionId, holders);
    const here = new Set(sessions());
    for (const [id, { size }] of holds) if (size === 0 || !here.has(id)) holds.delete(id);
    if (holder === 'manager') {
      await record.write([...holds].flatMap(([id, by]) => (by.has('manager') ? [id] : [])));
    }
    if (frozen || holders.size === 0) await freeze(sessionId, frozen);
  }

  return {
    set(sessionId, holder, frozen) {
      const done = last.then(() => change(sessionId, holder, frozen));
      last = done.catch(() => undefined);
      return done;
    },
  };
}
