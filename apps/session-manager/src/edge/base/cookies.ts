/** Cookies of ours: which names are ours, how they are set, and how they are kept away from nodes. */
import type { SessionId } from '@drydock/protocol';

/** Every cookie of ours has such a name; what a node sets or gets under it is dropped. A cookie without a name can pose as any. */
const OURS = /^(=|(__Host-)?(dd_[a-z2-7]{8}|dd_user|dd_operator|dd_sign_in|ddp|ddw)\s*(=|;|$))/i;

/** Name of the cookie that holds a link's token. Under TLS the prefix makes browsers refuse it from any other host. */
export function sessionCookieName(sessionId: SessionId, secure: boolean): string {
  return `${secure ? '__Host-' : ''}dd_${sessionId}`;
}

/** Name of the cookie that opens a private port, on the port's own host name. */
export function portCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}ddp`;
}

/** Name of the cookie that says who signed in. */
export function userCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}dd_user`;
}

/** Name of the cookie that opens the operator's page. */
export function operatorCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}dd_operator`;
}

/** Name of the cookie that a browser has on its way to the issuer and back. */
export function signInCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}dd_sign_in`;
}

/** Parses a Cookie header; the first of a name wins, as browsers send the most specific first. */
export function parseCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    const name = part.slice(0, equals).trim();
    if (!cookies.has(name)) cookies.set(name, part.slice(equals + 1).trim());
  }
  return cookies;
}

/** A Set-Cookie value: HttpOnly, SameSite=Lax unless it says Strict, host-only (no Domain). */
export function serializeCookie(
  name: string,
  value: string,
  options: { secure: boolean; maxAgeSeconds: number; path?: string; sameSite?: 'Lax' | 'Strict' },
): string {
  const { secure, maxAgeSeconds, path = '/', sameSite = 'Lax' } = options;
  const parts = [`${name}=${value}`, `Path=${path}`, `Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}`];
  return [...parts, 'HttpOnly', `SameSite=${sameSite}`, ...(secure ? ['Secure'] : [])].join('; ');
}

/** A Cookie header without our own cookies, or undefined when nothing is left. */
export function withoutOurCookies(header: string | undefined): string | undefined {
  const kept = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !OURS.test(part));
  return kept.length === 0 ? undefined : kept.join('; ');
}

/** A node's Set-Cookie values as they may reach a browser: none under our names, none for a wider domain than its own host. */
export function foreignSetCookies(values: readonly string[]): string[] {
  return values.filter((value) => !OURS.test(value.trim())).map((value) => value.replace(/;\s*domain\s*=[^;]*/gi, ''));
}
