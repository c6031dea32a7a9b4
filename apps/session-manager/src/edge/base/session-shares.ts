/** What one session may have under way with its hosts, so that no session takes what waits for all of them. */
import { DrydockError, type SessionId } from '@drydock/protocol';

interface Account {
  all: number;
  execs: number;
}

export interface SessionShares {
  /** Counts one command until the answer is called. @throws DrydockError RATE_LIMITED. */
  take(sessionId: SessionId | undefined, isExec: boolean): () => void;
}

/** Builds the accounts; a session without commands has none. */
export function createSessionShares(max: Readonly<Account>): SessionShares {
  const accounts = new Map<string, Account>();
  return {
    take(sessionId, isExec) {
      if (sessionId === undefined) return () => undefined;
      const account = accounts.get(sessionId) ?? { all: 0, execs: 0 };
      if (account.all >= max.all || (isExec && account.execs >= max.execs)) {
        const limit = isExec ? max.execs : max.all;
        throw new DrydockError('RATE_LIMITED', 'This session has as many commands under way as it may have.', {
          limit,
        });
      }
      accounts.set(sessionId, account);
      account.all += 1;
      if (isExec) account.execs += 1;
      let isCounted = true;
      return () => {
        if (!isCounted) return;
        isCounted = false;
        account.all -= 1;
        if (isExec) account.execs -= 1;
        if (account.all === 0 && accounts.get(sessionId) === account) accounts.delete(sessionId);
      };
    },
  };
}
