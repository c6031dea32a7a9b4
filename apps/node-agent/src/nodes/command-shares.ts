/** How many commands one session may have under way on this host: each is a process of the host's root that waits for its end. */
import { DrydockError, type SessionId } from '@drydock/protocol';

/** Nodes of a session with four commands each; a waiting `dd-enter` takes 0.85 MB of the host and none of the node's limits. */
export const MAX_COMMANDS_PER_SESSION = 32;

export interface CommandShares {
  /** Takes a place; the caller gives it back once. @throws DrydockError RATE_LIMITED when the session has all of its places. */
  take(sessionId: SessionId): () => void;
}

/** Builds the count; a session without commands costs nothing. */
export function createCommandShares(): CommandShares {
  const underWay = new Map<string, number>();

  function give(sessionId: SessionId): void {
    const left = (underWay.get(sessionId) ?? 1) - 1;
    if (left > 0) underWay.set(sessionId, left);
    else underWay.delete(sessionId);
  }

  return {
    take(sessionId) {
      const count = underWay.get(sessionId) ?? 0;
      if (count >= MAX_COMMANDS_PER_SESSION) {
        throw new DrydockError('RATE_LIMITED', `The session has ${MAX_COMMANDS_PER_SESSION} commands under way.`);
      }
      underWay.set(sessionId, count + 1);
      let isTaken = true;
      return () => {
        if (isTaken) give(sessionId);
        isTaken = false;
      };
    },
  };
}
