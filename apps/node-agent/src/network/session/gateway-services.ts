/** What runs on a session's gateway address: the name server, and the image mirror unless egress is `none`. */
import http from 'node:http';
import { type Clock, createTokenBucket, type Logger } from '@drydock/service-kit';
import type { NetnsSockets } from '../../system/netns-sockets.ts';
import { GATEWAY_ADDRESS, MIRROR_PORT, sessionNetnsPath } from '../addresses.ts';
import { openDnsServer } from '../dns/dns-server.ts';
import type { DnsUpstream } from '../dns/dns-upstream.ts';
import { GATEWAY_RATES } from '../egress.ts';
import type { EgressLists } from '../egress-lists.ts';
import { createNameRules } from '../name-rules.ts';
import { createNamedAddresses } from './named-addresses.ts';
import type { GatewayServices } from './session-networks.ts';

export interface GatewayServicesDeps {
  sockets: NetnsSockets;
  upstream: DnsUpstream;
  /** Speaks the registry protocol; see mirror/. */
  mirror: http.RequestListener;
  lists: EgressLists;
  clock: Clock;
  logger: Logger;
}

/** Connections to the mirror of one session: eight nodes that pull with Docker's own parallelism, many times over. */
const MAX_MIRROR_CONNECTIONS = 512;
/** Time for a request's headers (ms); blobs may take as long as they need. */
const HEADERS_TIMEOUT_MS = 15_000;

/** Builds what session networks open for each session. */
export function createGatewayServices(deps: GatewayServicesDeps): GatewayServices {
  const { sockets, lists, clock, logger } = deps;

  async function openMirror(path: string): Promise<() => Promise<void>> {
    const mayRequest = createTokenBucket(GATEWAY_RATES.requests, clock);
    const listen: http.RequestListener = (request, response) => {
      if (mayRequest()) deps.mirror(request, response);
      else tooMany(response);
    };
    const server = http.createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 }, listen);
    server.maxConnections = MAX_MIRROR_CONNECTIONS;
    // BuildKit tries TLS first and comes back in the clear only when it is answered in HTTP.
    server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      else socket.destroy();
    });
    await sockets.listenTcp({ path }, GATEWAY_ADDRESS, MIRROR_PORT, server);
    return () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
  }

  return {
    async open(sessionId, egress, peers) {
      const path = sessionNetnsPath(sessionId);
      const dns = await openDnsServer({
        netns: { path },
        sockets,
        logger,
        peers,
        upstream: deps.upstream,
        names: createNameRules(egress, lists),
        open: createNamedAddresses(path, clock, logger),
        mayAsk: createTokenBucket(GATEWAY_RATES.queries, clock),
      });
      if (egress === 'none') return dns;
      try {
        const closeMirror = await openMirror(path);
        return { close: async () => void (await Promise.all([dns.close(), closeMirror()])) };
      } catch (error) {
        await dns.close();
        throw error;
      }
    },
  };
}

/** As the distribution specification has it; the connection goes too, since what follows on it would be as many. */
function tooMany(response: http.ServerResponse): void {
  const message = 'This session asks the mirror more than it may; try again in some seconds.';
  const body = `${JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message }] })}\n`;
  response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '5', connection: 'close' }).end(body);
}
