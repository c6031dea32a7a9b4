/** Origins of sites: how an operator writes them, and whether one that a browser says is among them. */
import { MAX_ORIGIN_LENGTH } from '@drydock/protocol';

/** Scheme, an open first label, name, port. No path, no user; brackets of IPv6 neither: no policy can name it. */
const WRITTEN = /^(https?):\/\/(\*\.)?([^/:?#@[\]\s*]+)(:\d{1,5})?\/?$/i;
/** What may stand in a policy's list of ancestors without being read as something else. */
const PLAIN_NAME = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/**
 * An origin as browsers write it (lower case, punycode, no default port), with `*.` in front where its first label is open. Undefined for
 * anything else, and for an open label right below a top domain: that would be everybody's.
 */
export function parseSiteOrigin(text: string): string | undefined {
  const [, scheme = '', wildcard = '', name = '', port = ''] = WRITTEN.exec(text.trim()) ?? [];
  const address = `${scheme}://${name}${port}`;
  if (name === '' || text.length > MAX_ORIGIN_LENGTH || !URL.canParse(address)) return undefined;
  const { protocol, hostname, host } = new URL(address);
  if (!PLAIN_NAME.test(hostname)) return undefined;
  if (wildcard !== '' && (IPV4.test(hostname) || !hostname.includes('.'))) return undefined;
  return `${protocol}//${wildcard}${host}`;
}

/** Whether a browser's `origin` is the written one, or has one label in its open place. `null`, the origin of no site, is none. */
export function matchesSiteOrigin(written: string, origin: string): boolean {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) return false;
  const [scheme = '', base] = written.split('*');
  if (base === undefined) return written === origin;
  if (!origin.startsWith(scheme) || !origin.endsWith(base)) return false;
  const label = origin.slice(scheme.length, origin.length - base.length);
  return /^[a-z0-9_-]+$/.test(label);
}
