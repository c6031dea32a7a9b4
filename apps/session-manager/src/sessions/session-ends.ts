/** How sessions end: when their time is up, when nobody uses them, when somebody ends them. */
import type { EndReason, SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { beginClosing, beginRetention, idleEnd, retentionMs, type SessionRecord } from '../model/session.ts';
import type { SessionDirectory } from './session-directory.ts';

export interface SessionEnds {
  /** Ends a session whose time is up, or that nobody uses; what its nodes hold is retained for a time. */
  expire(sessionId: SessionId, reason: 'expired' | 'idle'): Promise<SessionRecord>;
  /** Ends a session and its retention; its nodes are destroyed by the reaper. Ending it twice is harmless. `text`: why, for its pages. */
  end(sessionId: SessionId, reason: EndReason, text?: string): Promise<SessionRecord>;
}

export interface SessionEndsDeps {
  directory: Pick<SessionDirectory, 'update'>;
  clock: Clock;
  logger: Logger;
  /** How long files can be fetched after the end, at most (ms). */
  maxRetentionMs: number;
  /** How long a session may be without use (ms); 0: for ever. */
  idleMs: number;
}

/** Builds it. */
export function createSessionEnds({ directory, clock, logger, maxRetentionMs, idleMs }: SessionEndsDeps): SessionEnds {
  return {
    async expire(sessionId: SessionId, reason: 'expired' | 'idle'): Promise<SessionRecord> {
      // Of several managers that end it in the same moment one writes; the others find it done.
      let isOurs = false;
      const ended = await directory.update(sessionId, (session) => {
        isOurs = false;
        const now = clock.now();
        const endedAt = Math.min(session.expiresAt, reason === 'idle' ? idleEnd(session, idleMs) : session.expiresAt);
        // It was extended, or used, while this waited for its turn.
        if (session.state !== 'active' || now < endedAt) return session;
        const until = endedAt + retentionMs(session, endedAt, maxRetentionMs);
        isOurs = true;
        const hasFiles = session.nodes.some(({ state }) => state === 'running');
        return hasFiles && now < until
          ? beginRetention(session, reason, endedAt, until)
          : beginClosing(session, reason, endedAt);
      });
      if (!isOurs) return ended;
      const { state } = ended;
      const retainedUntil = state === 'retained' ? ended.retainedUntil : undefined;
      logger.info({ sessionId, audit: 'session-ended', reason, state, retainedUntil }, 'session ended');
      return ended;
    },
    async end(sessionId: SessionId, reason: EndReason, text?: string): Promise<SessionRecord> {
      let isOurs = false;
      const ended = await directory.update(sessionId, (session) => {
        const next = beginClosing(session, reason, clock.now(), text);
        isOurs = next !== session;
        return next;
      });
      if (isOurs) logger.info({ sessionId, audit: 'session-ended', reason }, 'session ended');
      return ended;
    },
  };
}
