/** Forms of all identifiers, so that no process needs to guess what a string may hold. */
import { z } from 'zod';

/** A session's public id: 8 characters, no look-alikes; it is part of host names and opens nothing. */
export const sessionIdSchema = z
  .string()
  .regex(/^[a-z2-7]{8}$/)
  .brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionIdSchema>;
/** A node's name: a DNS label (RFC 1123) of at most 32 characters that starts with a letter. */
export const nodeNameSchema = z.string().regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/);
/** A terminal's id; made by the manager, unique over all sessions. */
export const terminalIdSchema = z.string().regex(/^t[a-z2-7]{15}$/);
/** One viewer's attachment to one terminal; lives as long as that browser connection's interest. */
export const viewerIdSchema = z.string().regex(/^v[a-z2-7]{15}$/);
/** One client that types; chosen by the page for the life of a tab. */
export const writerIdSchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);
/** A byte stream between manager and agent (a published port, a file); unguessable. */
export const streamIdSchema = z.string().regex(/^s[a-z2-7]{31}$/);
/** A link's id (public) as opposed to its token (secret). */
export const linkIdSchema = z.string().regex(/^l[a-z2-7]{11}$/);
/** A link's token: 256 bits, URL-safe base64. */
export const tokenSchema = z.string().regex(/^[A-Za-z0-9_-]{40,64}$/);
/** A host's name as its agent gives it. */
export const hostNameSchema = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/);
/** A TCP or UDP port number. */
export const portNumberSchema = z.number().int().min(1).max(65535);

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Random bytes as our id letters (5 bits a byte, evenly spread); the caller brings the randomness of its platform. */
export function idLetters(random: Uint8Array): string {
  return Array.from(random, (byte) => ALPHABET[byte & 31]).join('');
}

/** Whether a text has the form of a session's id. */
export function isSessionId(text: unknown): text is SessionId {
  return sessionIdSchema.safeParse(text).success;
}

/** A new session id of 8 random bytes; whoever takes it makes sure that no other session has it. */
export function newSessionId(random: Uint8Array): SessionId {
  return sessionIdSchema.parse(idLetters(random));
}

/** The node's address in its session: node k (from 1) is 192.168.0.(10+k). */
export function nodeAddress(index: number): string {
  return `192.168.0.${10 + index}`;
}
