/** The labs of sessions as their pages see them: who follows a session's lab tells where its view is, and snapshots show it. */
import type { LabView, SessionId } from '@drydock/protocol';
import type { SessionDirectory } from '../sessions/session-directory.ts';

/** What has the view of one session's lab. */
export interface ViewedLab {
  readonly id: string;
  view(): LabView | null | undefined;
}

export interface LabViews {
  /** The lab of a session; null: none; undefined: not known yet, and told by a change. */
  get(sessionId: SessionId): LabView | null | undefined;
  /** From now on it is asked for its session's view. */
  follow(lab: ViewedLab): void;
  drop(sessionId: SessionId): void;
}

/** Builds it; no lab is followed yet. */
export function createLabViews({ directory }: { directory: Pick<SessionDirectory, 'get'> }): LabViews {
  const followed = new Map<string, ViewedLab>();
  return {
    get: (sessionId) => (directory.get(sessionId)?.lab === undefined ? null : followed.get(sessionId)?.view()),
    follow: (lab) => void followed.set(lab.id, lab),
    drop: (sessionId) => void followed.delete(sessionId),
  };
}
