/** What may pass between browsers and nodes: our own cookies and tokens go neither way, hop-by-hop headers end here. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { foreignSetCookies, withoutOurCookies } from '../base/cookies.ts';
import type { Origins } from '../base/origins.ts';
import { allowPreview, MAX_POLICY } from './frame-policy.ts';
import { keepPathHeaders } from './path-headers.ts';

/** RFC 9110, 7.6.1; Transfer-Encoding stays, since the body is passed on as it comes. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
];
/**
 * Would speak for our whole origin or domain, not for the node alone; or would report what the visitor's browser does later under that
 * name, with full addresses, among them our own redirects with their tickets.
 */
const NOT_FOR_BROWSERS = [
  'accept-ch',
  'alt-svc',
  'clear-site-data',
  'critical-ch',
  'nel',
  'report-to',
  'reporting-endpoints',
  'secure-session-registration',
  'sec-session-registration',
  'service-worker-allowed',
  'set-login',
  'strict-transport-security',
  'use-as-dictionary',
  'x-robots-tag',
];
/** A policy that only reports, to somewhere. */
const REPORTS = /\breport-(uri|to)\b/i;

function dropHopByHop(headers: IncomingHttpHeaders): void {
  for (const name of String(headers.connection ?? '').split(',')) {
    const token = name.trim().toLowerCase();
    // A client that names Content-Length or its like as hop-by-hop tries to smuggle.
    if (!['', 'upgrade', 'content-length', 'transfer-encoding', 'host'].includes(token)) delete headers[token];
  }
  for (const name of HOP_BY_HOP) delete headers[name];
}

/** Told by us alone: who comes, from where, by which name. */
const OURS = /^(x-forwarded-|x-drydock-|x-real-ip$|forwarded$)/;
/** Headers that decide something here; programs behind CGI and WSGI take `_` in a name for `-`. */
const DECIDING =
  /^(host|connection|content-length|transfer-encoding|authorization|cookie|upgrade|te|expect|http2-settings)$/;

/** Takes away what a client says in our name, also in spellings that programs read as ours. */
function dropSpoofed(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    const read = name.replaceAll('_', '-');
    if (OURS.test(read) || (read !== name && DECIDING.test(read)) || name === 'http2-settings') delete headers[name];
  }
}

/** Makes a request's headers fit for the node. `sameOrigin`: it came to our own origin, whose cookies are all ours. */
export function prepareRequest(
  request: IncomingMessage,
  options: {
    origins: Origins;
    stripAuthorization: boolean;
    sameOrigin: boolean;
    upgrade: boolean;
    prefix?: string;
    host?: string | undefined;
  },
): void {
  const { origins, stripAuthorization, sameOrigin, upgrade, prefix, host } = options;
  const { headers } = request;
  dropHopByHop(headers);
  if (upgrade) headers.connection = 'Upgrade';
  else delete headers.upgrade;
  const clientAddress = origins.clientAddress(request);
  dropSpoofed(headers);
  delete headers.expect; // Node has answered 100-continue by itself.
  if (stripAuthorization) delete headers.authorization;
  const cookie = sameOrigin ? undefined : withoutOurCookies(headers.cookie);
  if (cookie === undefined) delete headers.cookie;
  else headers.cookie = cookie;
  headers['x-forwarded-for'] = clientAddress;
  headers['x-forwarded-proto'] = origins.secure ? 'https' : 'http';
  headers['x-forwarded-host'] = headers.host ?? '';
  headers['x-forwarded-port'] = /:(\d+)$/.exec(headers.host ?? '')?.[1] ?? (origins.secure ? '443' : '80');
  // Development servers refuse names that they do not know; they know this one.
  if (host !== undefined) headers.host = host;
  if (prefix !== undefined) headers['x-forwarded-prefix'] = prefix;
}

/**
 * Lets a document on our own origin run as if it were on none: it can call nothing of ours with the visitor's cookies. Forms, scripts
 * and downloads work; cookies and storage of its own do not (docs/PROTOCOL.md says so).
 */
const SANDBOX = 'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads';

/** Makes an answer's headers fit for browsers; `prefix` is set on our own origin. */
export function prepareAnswer(
  headers: IncomingHttpHeaders,
  { prefix, publicOrigin }: { prefix: string | undefined; publicOrigin: string },
): void {
  dropHopByHop(headers);
  for (const name of NOT_FOR_BROWSERS) delete headers[name];
  const reporting = String(headers['content-security-policy-report-only'] ?? '');
  // It protects nobody: a long one is not worth reading.
  if (reporting.length > MAX_POLICY || REPORTS.test(reporting)) {
    delete headers['content-security-policy-report-only'];
  }
  const cookies = prefix === undefined ? foreignSetCookies(headers['set-cookie'] ?? []) : [];
  if (cookies.length === 0) delete headers['set-cookie'];
  else headers['set-cookie'] = cookies;
  headers['x-robots-tag'] = 'noindex, nofollow';
  if (prefix === undefined) {
    allowPreview(headers, publicOrigin);
    return;
  }
  keepPathHeaders(headers);
  const policy = headers['content-security-policy'];
  headers['content-security-policy'] = policy === undefined ? SANDBOX : `${String(policy)}, ${SANDBOX}`;
  const { location } = headers;
  if (location?.startsWith('/') && !location.startsWith('//')) headers.location = `${prefix}${location}`;
}
