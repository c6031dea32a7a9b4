/** The page between a stranger and a public port, where the operator wants one: whose page it is, before it is shown. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseCookies } from '../base/cookies.ts';
import { escapeHtml, htmlResponse, NO_CODE_OF_STRINGS, pageFrame } from '../base/pages.ts';

/** The cookie that remembers the answer, on the port's own name. */
const COOKIE = 'ddw';
/** How long it is remembered (s). */
const REMEMBER_S = 24 * 60 * 60;
/** Where the page's form is sent to, on the port's own name. */
export const WARNING_PATH = '/_drydock/continue';

/** Whether the visitor has read the warning of this port's name. */
export function hasReadWarning(request: IncomingMessage): boolean {
  return parseCookies(request.headers.cookie).get(COOKIE) === '1';
}

/** Shows the warning; it leads back to the same path. */
export function showWarning(response: ServerResponse, host: string, path: string): void {
  const name = escapeHtml(host);
  const form = `<form method="post" action="${WARNING_PATH}?to=${encodeURIComponent(path)}"><button>Show the page</button></form>`;
  const text = `<p>What <b>${name}</b> shows was made by somebody in a playground session, for practice. It is not a page of this site. Do not enter passwords or anything else that matters to you.</p>`;
  const body = pageFrame('This page is somebody’s experiment', `${text}${form}`);
  htmlResponse(response, 200, body, { 'content-security-policy': POLICY });
}

/** Framing it would let a foreign page take the click. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; ${NO_CODE_OF_STRINGS}`;

/** Whether a request is the form of that page itself, sent by hand: another site's form must not answer for the visitor. */
export function isWarningAnswer(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (request.method !== 'POST') return false;
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = request.headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

/** The cookie that says it was read. */
export function warningCookie(secure: boolean): string {
  return `${COOKIE}=1; Path=/; Max-Age=${REMEMBER_S}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}
