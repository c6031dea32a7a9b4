/** A session's link, as its owner hands it on: `https://lab.example/s/<session>#<token>` (A2). */
import { type SessionId, sessionIdSchema, tokenSchema } from '@drydock/protocol';

export interface SessionPlace {
  /** Where the server is, with the path below which it lies. */
  server: string;
  sessionId: SessionId;
  token: string;
}

/** Reads a link; undefined for what is none. */
export function readSessionLink(text: string): SessionPlace | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, pathname, hash, protocol } = new URL(text);
  // Drydock may lie below a path of a shared origin.
  const [, base = '', id] = /^(\/.+)?\/s\/([^/]+)\/?$/.exec(pathname) ?? [];
  const sessionId = sessionIdSchema.safeParse(id).data;
  const token = tokenSchema.safeParse(hash.slice(1)).data;
  if (sessionId === undefined || token === undefined || !/^https?:$/.test(protocol)) return undefined;
  return { server: `${origin}${base}`, sessionId, token };
}

/** The link of a place. */
export function sessionLinkOf({ server, sessionId, token }: SessionPlace): string {
  return `${server}/s/${sessionId}#${token}`;
}
