/**
 * What an answer of a node may say below `/p/` of our own origin. Browsers take more and more headers for the word of a whole origin
 * (Network Error Logging, sign-in status, client hints, dictionaries...), so those are listed that speak of one answer alone.
 */
import type { IncomingHttpHeaders } from 'node:http';

const OF_ONE_ANSWER = new Set([
  // RFC 9110, 9111, 9112: the answer itself.
  ...['accept-ranges', 'age', 'allow', 'cache-control', 'content-disposition', 'content-encoding', 'content-language'],
  ...['content-length', 'content-location', 'content-range', 'content-type', 'date', 'etag', 'expires'],
  ...['last-modified', 'location', 'pragma', 'retry-after', 'server', 'transfer-encoding', 'vary', 'warning'],
  // A document's own rules: they bind nobody but it. CSP is kept to, and joined by the sandbox (headers.ts).
  ...['content-security-policy', 'cross-origin-resource-policy', 'link', 'permissions-policy', 'referrer-policy'],
  ...['refresh', 'server-timing', 'sourcemap', 'timing-allow-origin'],
  // Who else may read this answer; never with credentials, which are ours on this origin.
  ...['access-control-allow-headers', 'access-control-allow-methods', 'access-control-allow-origin'],
  ...['access-control-expose-headers', 'access-control-max-age'],
  // A socket's handshake.
  ...['upgrade', 'sec-websocket-accept', 'sec-websocket-extensions', 'sec-websocket-protocol'],
]);

/** Takes every other header away. Names with `X-` are programs' own: browsers know a few old ones, which speak of one document. */
export function keepPathHeaders(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    if (!OF_ONE_ANSWER.has(name) && !name.startsWith('x-')) delete headers[name];
  }
}
