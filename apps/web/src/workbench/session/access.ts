/** By what right a page works in a session, and where it may keep things. */
import type { SessionId } from '@drydock/protocol';
import { takeNode, takeToken } from './session-token.ts';

export interface WorkbenchAccess {
  /** The link's token; without one the cookie speaks. */
  token: string | null;
  /** The page came by this link now: the browser is to remember it, and gets its cookie. */
  isFresh: boolean;
  /** The node that the address asks for. */
  wantedNode: string | null;
  /** Null where nothing may be kept. */
  storage: Storage | null;
  /** Shown by a page of another site: nothing is remembered, no cookie is set or sent, and the address is not the session's. */
  isEmbedded: boolean;
}

export function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** That of a tab on the session's own page; takes the token out of its address. */
export function accessOfTab(sessionId: SessionId): WorkbenchAccess {
  const wantedNode = takeNode();
  const { token, fresh } = takeToken(sessionId);
  return { token, isFresh: fresh, wantedNode, storage: localStorageOrNull(), isEmbedded: false };
}

/** That of a frame on a page of another site: the token in memory, and nothing else. */
export function accessOfFrame(token: string): WorkbenchAccess {
  return { token, isFresh: false, wantedNode: null, storage: null, isEmbedded: true };
}
