/** The one public listener's inside: looks at host name and path, and hands each request to the part that it is for. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AGENT_SOCKET_PATH, AGENT_STREAM_PATH, DrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { type AgentStreams, isStreamPath } from '../agents/agent-streams.ts';
import { API_PREFIX } from '../api/api-route.ts';
import type { HttpRoutes } from '../api/http-routes.ts';
import { boundBody } from '../base/body-bounds.ts';
import type { Origins } from '../base/origins.ts';
import { pageResponse } from '../base/pages.ts';
import { isPath, pathOf } from '../base/target.ts';
import type { EmbedDoor } from '../embed/embed-door.ts';
import { isTerminalSocketPath, type TerminalGateway } from '../pages/terminal-gateway.ts';
import type { PortGateway } from '../ports/gateway.ts';
import { refuseUpgrade } from '../ports/pages.ts';
import type { TcpGateway } from '../ports/tcp-gateway.ts';
import type { Door } from './listener.ts';
import type { WebProxy } from './web-proxy.ts';

export interface FrontDoorDeps {
  origins: Origins;
  /** The parts to which requests are handed. */
  to: {
    routes: HttpRoutes;
    ports: PortGateway;
    streams: AgentStreams;
    tcp: TcpGateway;
    web: WebProxy;
    embed: EmbedDoor;
    terminals: TerminalGateway;
  };
  /** socket.io servers sit behind servers of their own that never listen. */
  sockets: { browsers: Server; agents: Server };
  /** Whether the operator has blocked who asks. */
  isBlocked(request: IncomingMessage): boolean;
  /** Whether the listener speaks TLS itself. */
  tls: boolean;
  logger: Logger;
}

/** Takes the path below which everything lies off a request. A proxy in front may have done so already: both forms are the same. */
function takeBasePath(request: IncomingMessage, basePath: string): void {
  const { url = '/' } = request;
  if (basePath === '' || !isBelow(pathOf(url), basePath)) return;
  const rest = url.slice(basePath.length);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}

const isBelow = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`);

/** Whether a connection comes from this very machine: its own processes (agent, supervisor) need no TLS to reach us. */
function isLocal({ remoteAddress, localAddress }: Socket): boolean {
  return remoteAddress !== undefined && (remoteAddress === localAddress || LOOPBACK.test(remoteAddress));
}

const LOOPBACK = /^(::1|(::ffff:)?127\.)/;

/** What Node.js lets through and another parser reads in another way: two Hosts, and a request line without a version. */
function isAmbiguous({ httpVersionMajor, rawHeaders }: IncomingMessage): boolean {
  if (httpVersionMajor < 1) return true;
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') hosts += 1;
  return hosts > 1;
}

/** With the slash: socket.io leaves its own name without one unanswered for ever. */
const [BROWSER_SOCKETS, AGENT_SOCKETS] = ['/socket.io/', `${AGENT_SOCKET_PATH}/`] as const;

/** By which hosts join and change their keys. */
const HOST_CALLS = [`${API_PREFIX}/hosts/join`, `${API_PREFIX}/hosts/rotate`];

/**
 * Asked by programs of the operator's that know us by an address or a name of their own network: balancers, which learn nothing but
 * whether we are well, and hosts, whom their keys and tokens let in. A page of another site has neither.
 */
function isForMachines({ method }: IncomingMessage, path: string): boolean {
  if (path === '/healthz' || path === '/readyz') return method === 'GET' || method === 'HEAD';
  return isBelow(path, AGENT_SOCKET_PATH) || isStreamPath(path) || HOST_CALLS.includes(path);
}

/** Builds the door; a listener leads to it. */
export function createFrontDoor(deps: FrontDoorDeps): Door {
  const { origins, tls, logger } = deps;
  const { routes, ports, streams, tcp, web, embed, terminals } = deps.to;
  const { browsers: browserSockets, agents: agentSockets } = deps.sockets;

  /** Whether a request is for one of these places, whether or not its path still has the base path. */
  function isBelowAny({ url }: IncomingMessage, places: readonly string[]): boolean {
    const path = pathOf(url);
    const own = origins.basePath !== '' && isBelow(path, origins.basePath) ? path.slice(origins.basePath.length) : path;
    return places.some((place) => isBelow(own, place));
  }

  /** Where we have TLS, plain requests are led to it; this machine's own processes, which use its address and not our name, are not. */
  function needsTls({ socket, headers }: IncomingMessage): boolean {
    if (!tls || (socket as Partial<TLSSocket>).encrypted === true) return false;
    return !isLocal(socket) || origins.isOurs(headers.host);
  }

  return {
    request(request, response) {
      if (isAmbiguous(request)) {
        response.writeHead(400, { 'content-length': 0, connection: 'close' }).end();
        return;
      }
      if (needsTls(request)) return leadToTls(request, response);
      const label = origins.portLabel(request.headers.host);
      // The API says it in its own form (http-routes.ts); hosts are let in by their keys.
      const isForOthers =
        label === undefined && isBelowAny(request, ['/api', AGENT_SOCKET_PATH, '/healthz', '/readyz']);
      if (!isForOthers && deps.isBlocked(request)) {
        return pageResponse(response, 403, 'Not for you', new DrydockError('BLOCKED').message);
      }
      if (label !== undefined) return ports.request(request, response, label);
      if (!isPath(request.url)) return void response.writeHead(400, { 'content-length': 0 }).end();
      takeBasePath(request, origins.basePath);
      const path = pathOf(request.url);
      if (!origins.knowsHost(request.headers.host) && !isForMachines(request, path))
        return misdirected(request, response);
      if (path.startsWith(BROWSER_SOCKETS)) return void browserSockets.emit('request', request, response);
      if (path.startsWith(AGENT_SOCKETS)) return void agentSockets.emit('request', request, response);
      if (isBelow(path, '/api') || path === '/healthz' || path === '/readyz') {
        boundBody(request, path.endsWith('/files'));
        return routes.handle(request, response);
      }
      if (ports.mainRequest(request, response)) return;
      boundBody(request, false);
      if (embed.request(request, response)) return;
      web.request(request, response);
    },

    upgrade(request, socket, head) {
      if (isAmbiguous(request)) return refuseUpgrade(socket, '400 Bad Request');
      if (needsTls(request)) return refuseUpgrade(socket, '426 Upgrade Required');
      const isAgent = isBelowAny(request, [AGENT_SOCKET_PATH, AGENT_STREAM_PATH]);
      if (!isAgent && deps.isBlocked(request)) return refuseUpgrade(socket, '403 Forbidden');
      const label = origins.portLabel(request.headers.host);
      if (label !== undefined) return ports.upgrade(request, socket, head, label);
      if (!isPath(request.url)) return refuseUpgrade(socket, '400 Bad Request');
      takeBasePath(request, origins.basePath);
      const path = pathOf(request.url);
      if (!origins.knowsHost(request.headers.host) && !isForMachines(request, path)) {
        return refuseUpgrade(socket, '421 Misdirected Request');
      }
      if (isTerminalSocketPath(path)) return terminals.upgrade(request, socket, head);
      if (isStreamPath(path)) return streams.upgrade(request, socket, head);
      if (path.startsWith(BROWSER_SOCKETS)) return void browserSockets.emit('upgrade', request, socket, head);
      if (path.startsWith(AGENT_SOCKETS)) return void agentSockets.emit('upgrade', request, socket, head);
      if (tcp.upgrade(request, socket, head) || ports.mainUpgrade(request, socket, head)) return;
      web.upgrade(request, socket, head);
    },

    malformed(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
      logger.debug({ code: error.code }, 'malformed request');
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    },
  };

  /** A name that is not ours is said by a page that leads it here, or by an operator's place that was not told its name. */
  function misdirected(request: IncomingMessage, response: ServerResponse): void {
    const error = new DrydockError('UNKNOWN_HOST');
    logger.debug({ host: request.headers.host?.slice(0, 255) }, 'unknown host name');
    if (/\btext\/html\b/.test(request.headers.accept ?? '')) {
      pageResponse(response, error.status, 'Not the name of this place', error.message);
      return;
    }
    response
      .writeHead(error.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(JSON.stringify({ error: error.toBody() }));
  }

  /** To the same path under the same name, where that name is ours. */
  function leadToTls(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').startsWith('/') ? request.url : '/';
    const location = `${origins.secureOrigin(request.headers.host)}${path}`;
    response.writeHead(308, { location, 'content-length': 0, connection: 'close' }).end();
  }
}
