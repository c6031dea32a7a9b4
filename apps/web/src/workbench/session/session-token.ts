/** How this tab came in: the token of its address, kept for the life of the tab and taken out of the address bar at once. */
import type { SessionId } from '@drydock/protocol';
import { recentSession } from './recent-sessions.ts';

const keyOf = (sessionId: SessionId) => `drydock.token.${sessionId}`;

function stored(sessionId: SessionId): string | null {
  try {
    return sessionStorage.getItem(keyOf(sessionId));
  } catch {
    return null;
  }
}

/** Tokens are far longer (40 characters or more); so short a part after the # names a node to show, as Play with Docker's links do. */
const NODE = /^[a-z][a-z0-9-]{0,31}$/;

/** The node that the address asks for, taken out of it; null for none. */
export function takeNode(): string | null {
  const name = window.location.hash.slice(1);
  if (!NODE.test(name)) return null;
  window.history.replaceState(window.history.state, '', window.location.pathname);
  return name;
}

/**
 * Takes the token out of the address (`fresh`), or the one this tab or this browser had. Null means that the cookie
 * alone can speak. A tab keeps its own right, also when another tab of the same browser came by a different link.
 */
export function takeToken(sessionId: SessionId): { token: string | null; fresh: boolean } {
  const token = window.location.hash.slice(1);
  if (token === '') return { token: stored(sessionId) ?? recentSession(sessionId)?.token ?? null, fresh: false };
  window.history.replaceState(window.history.state, '', window.location.pathname);
  try {
    sessionStorage.setItem(keyOf(sessionId), token);
  } catch {
    // Storage refused: the cookie brings the tab back after a refresh.
  }
  return { token, fresh: true };
}
