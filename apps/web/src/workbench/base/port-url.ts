/** The address of a port that nobody has opened yet. */

import type { SessionId } from '@drydock/protocol';
import { basePath } from '../../env.ts';

/** Matches the beginning of a port's host name: `<port>-<node>-<session>` (PROTOCOL B1). */
const LABEL = /^\d+-/;

/**
 * Takes the form of a known port's URL of the same node, if there is one; otherwise the page's own host as the domain; and
 * on a bare IP address, which has no subdomains, the path form on the page's own origin.
 */
export function portUrl(
  port: number,
  node: string,
  sessionId: SessionId,
  known: string | undefined,
  page: URL,
): string {
  if (known !== undefined) {
    const url = new URL(known);
    if (LABEL.test(url.hostname)) {
      url.hostname = url.hostname.replace(LABEL, `${port}-`);
      return url.href;
    }
  }
  const { protocol, host, hostname, origin } = page;
  if (/^[\d.]+$/.test(hostname) || hostname.startsWith('['))
    return `${origin}${basePath}/p/${sessionId}/${node}/${port}/`;
  return `${protocol}//${port}-${node}-${sessionId}.${host}/`;
}
