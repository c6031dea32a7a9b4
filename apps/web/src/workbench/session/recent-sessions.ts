/** Sessions that this browser opened, with the links it was given; never sent anywhere. */
import type { Right } from '@drydock/protocol';

export interface RecentSession {
  id: string;
  name: string | null;
  right: Right;
  /** Milliseconds since the epoch, by the server's clock at the time. */
  expiresAt: number;
  /** What it was made from, and when; absent where an older page noted it. */
  template?: string | null;
  createdAt?: number;
  /** The token that this browser came with. */
  token: string;
  /** Links that this browser got as the owner, to show them in the share dialog. */
  links?: Partial<Record<Right, string>>;
}

const KEY = 'drydock.sessions';
/** More would not fit the start page; the one that ends first is forgotten first. */
const MAX_SESSIONS = 12;
const NONE: readonly RecentSession[] = [];

const listeners = new Set<() => void>();
let cache: { text: string | null; list: readonly RecentSession[] } = { text: null, list: NONE };

function isRecentSession(value: unknown): value is RecentSession {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Record<string, unknown>;
  return typeof entry.id === 'string' && typeof entry.token === 'string' && typeof entry.expiresAt === 'number';
}

function parse(text: string | null): readonly RecentSession[] {
  if (text === null) return NONE;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isRecentSession) : NONE;
  } catch {
    return NONE;
  }
}

function write(list: readonly RecentSession[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Storage refused: the link in the address bar remains the way back.
  }
  for (const listener of listeners) listener();
}

/** All that are remembered, the same array until something changes. */
export function recentSessions(): readonly RecentSession[] {
  let text: string | null = null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    return NONE;
  }
  if (text !== cache.text) cache = { text, list: parse(text) };
  return cache.list;
}

export function recentSession(id: string): RecentSession | undefined {
  return recentSessions().find((session) => session.id === id);
}

/** Adds or refreshes a session; links that were known stay known. */
export function rememberSession(session: RecentSession): void {
  const known = recentSession(session.id);
  const merged = { ...known, ...session, links: { ...known?.links, ...session.links } };
  const others = recentSessions().filter(({ id }) => id !== session.id);
  write([merged, ...others].sort((a, b) => b.expiresAt - a.expiresAt).slice(0, MAX_SESSIONS));
}

/** Brings what is remembered of a session up to date; one that is not remembered stays unknown. */
export function noteSession(
  session: Pick<RecentSession, 'id' | 'name' | 'template' | 'createdAt' | 'expiresAt'>,
): void {
  const known = recentSession(session.id);
  if (known !== undefined) rememberSession({ ...known, ...session });
}

/** Forgets the link of a right, which opens nothing any more. */
export function forgetLink(id: string, right: Right): void {
  const known = recentSession(id);
  if (known === undefined) return;
  const { [right]: _gone, ...links } = known.links ?? {};
  write(recentSessions().map((session) => (session === known ? { ...known, links } : session)));
}

export function forgetSession(id: string): void {
  write(recentSessions().filter((session) => session.id !== id));
}

/** Forgets what has ended; `now` in ms since the epoch. */
export function forgetEnded(now: number): void {
  const alive = recentSessions().filter((session) => session.expiresAt > now);
  if (alive.length !== recentSessions().length) write(alive);
}

export function subscribeRecent(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** The way into a session by its token. */
export function sessionPath(id: string, token: string): string {
  return `/s/${id}#${token}`;
}
