/** Which addresses are ours: the public origin, the names of ports, and whether a request comes from our own pages. */

import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { isIP } from 'node:net';
import { type SessionId, withoutEnd } from '@drydock/protocol';
import { isInNetworks } from '../../scheduling/address-key.ts';
import { createHostNames, hostNameOf, isAddress } from './host-names.ts';

export interface Origins {
  /** The origin that browsers see, without a slash at its end. */
  readonly publicOrigin: string;
  readonly secure: boolean;
  /** The path below which everything lies on that origin, without a slash at its end; empty where it has the origin for itself. */
  readonly basePath: string;
  /** Where the pages are: origin and path. */
  readonly publicBase: string;
  /** The public address of a node's port. */
  portUrl(sessionId: SessionId, node: string, port: number | string): string;
  /** Whether ports have a domain of their own: then they certainly have names, and nothing of a node is shown on our origin. */
  readonly hasPortsDomain: boolean;
  /**
   * What a page that is visited under that name may show in frames, as sources of a Content-Security-Policy: ports by their names, whose way
   * to a cookie leads by our `/open-port`; and below `/p/` where the page is visited by an address, which has no names below it.
   */
  frameSources(hostHeader: string | undefined): string[];
  /** The label of a host name below the ports' domain; undefined for the main host and everything else. */
  portLabel(hostHeader: string | undefined): string | undefined;
  /** Whether a host name is the main one, or one of a port. */
  isOurs(hostHeader: string | undefined): boolean;
  /** Whether we answer to a host name at all (host-names.ts). */
  knowsHost(hostHeader: string | undefined): boolean;
  /** The https origin of a name of ours; the main one for any other. */
  secureOrigin(hostHeader: string | undefined): string;
  /** Whether a browser sent this from a page of our own origin; requests of programs (no Origin, no Sec-Fetch-Site) are. */
  isSameOrigin(request: IncomingMessage): boolean;
  /** The client's address, as far as it can be believed. */
  clientAddress(request: IncomingMessage): string;
}

export interface OriginOptions {
  domain: string;
  /** The domain below which ports have their names; undefined: the same. */
  portsDomain?: string | undefined;
  /** Overrides the origin that is made of domain and port. */
  publicUrl: string | undefined;
  /** Whether the listener speaks TLS itself. */
  tls?: boolean;
  /** The listening port; asked for when it is needed, since port 0 is settled by listening. */
  port(): number;
  trustedProxies: BlockList | undefined;
  /** Further names of this place. */
  hostNames?: readonly string[] | undefined;
}

/** Where the main origin gives tickets for ports to holders of its cookie. */
export const OPEN_PATH = '/open-port';

/** Builds the answers from the configuration and the port that is really listened on. */
export function createOrigins({
  domain,
  portsDomain,
  publicUrl,
  tls = false,
  port: listeningPort,
  trustedProxies,
  hostNames = [],
}: OriginOptions): Origins {
  const base = () => new URL(publicUrl ?? `${tls ? 'https' : 'http'}://${domain}:${listeningPort()}`);
  const secure = publicUrl?.startsWith('https:') ?? tls;
  const mainHost = base().hostname;
  const basePath = withoutEnd(base().pathname, '/');
  const suffix = `.${portsDomain ?? domain}`;
  const names = createHostNames([mainHost, domain, ...hostNames], suffix);

  const trusted = (address: string) => isInNetworks(trustedProxies, address);

  return {
    get publicOrigin() {
      return base().origin;
    },
    secure,
    basePath,
    hasPortsDomain: portsDomain !== undefined && portsDomain !== domain,
    get publicBase() {
      return base().origin + basePath;
    },
    frameSources(hostHeader) {
      const { protocol, origin, port: publicPort } = base();
      const ports = `${protocol}//*${suffix}${publicPort === '' ? '' : `:${publicPort}`}`;
      const sources = [ports, `${origin}${basePath}${OPEN_PATH}`];
      const hasPaths = portsDomain === undefined || portsDomain === domain;
      if (!hasPaths || hostHeader === undefined || !isAddress(hostNameOf(hostHeader))) return sources;
      // No source of a policy can name an IPv6 address.
      return [...sources, hostHeader.startsWith('[') ? "'self'" : `${protocol}//${hostHeader}${basePath}/p/`];
    },
    portUrl(sessionId, node, port) {
      const { protocol, port: publicPort } = base();
      return `${protocol}//${port}-${node}-${sessionId}${suffix}${publicPort === '' ? '' : `:${publicPort}`}/`;
    },
    knowsHost: names.knows,
    isOurs(hostHeader) {
      const name = hostNameOf(hostHeader);
      return name === mainHost || name.endsWith(suffix);
    },
    secureOrigin(hostHeader) {
      const name = hostNameOf(hostHeader);
      const { origin, port: publicPort } = base();
      const isPort = name.endsWith(suffix) && /^[a-z0-9.-]+$/.test(name);
      return isPort ? `https://${name}${publicPort === '' ? '' : `:${publicPort}`}` : origin;
    },
    portLabel(hostHeader) {
      const name = hostNameOf(hostHeader);
      if (name === mainHost || !name.endsWith(suffix)) return undefined;
      return name.slice(0, -suffix.length);
    },
    isSameOrigin({ headers }) {
      const { origin, host } = headers;
      if (origin !== undefined) {
        if (origin === base().origin) return true;
        return URL.canParse(origin) && new URL(origin).host === (host ?? '').toLowerCase();
      }
      const site = headers['sec-fetch-site'];
      return site === undefined || site === 'same-origin' || site === 'none';
    },
    clientAddress(request) {
      const peer = request.socket.remoteAddress ?? '';
      if (!trusted(peer)) return peer;
      const forwarded = String(request.headers['x-forwarded-for'] ?? '')
        .split(',')
        .map((part) => part.trim());
      // From the nearest hop outwards: the first that is no proxy of ours is the client.
      for (const hop of forwarded.reverse()) if (isIP(hop) !== 0 && !trusted(hop)) return hop;
      return peer;
    },
  };
}
