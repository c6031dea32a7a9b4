/** Link tokens: 256 random bits that open a session with one right; only their hashes are kept. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { idLetters, type Right, tokenSchema } from '@drydock/protocol';
import { type LinkRecord, type SessionRecord, type ShareRecord, sharesOf } from './session.ts';

/** A fresh token, URL-safe base64 of 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. A plain hash suffices: nobody can guess 256 bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** A fresh id of the protocol's form: `prefix` and random letters (5 bits each). */
export function newId(prefix: string, letters: number): string {
  return prefix + idLetters(randomBytes(letters));
}

/** A link and the token that opens it; the token is returned once and never stored. */
export function newLink(right: Right, now: number): { link: LinkRecord; token: string } {
  const token = newToken();
  return { link: { id: newId('l', 11), right, tokenHash: hashToken(token), createdAt: now }, token };
}

function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The link that a token opens, or undefined for anything else. */
export function findLink(session: SessionRecord, token: string | undefined): LinkRecord | undefined {
  if (token === undefined || !tokenSchema.safeParse(token).success) return undefined;
  const hash = hashToken(token);
  return session.links.find((link) => sameHash(link.tokenHash, hash));
}

/** The port share that a token opens, if it has not expired. */
export function findShare(session: SessionRecord, token: string, now: number): ShareRecord | undefined {
  if (!tokenSchema.safeParse(token).success) return undefined;
  const hash = hashToken(token);
  return sharesOf(session).find((share) => share.expiresAt > now && sameHash(share.tokenHash, hash));
}
