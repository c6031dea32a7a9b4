/** The one public listener: looks at host name and path, and hands each request to the part that it is for. */
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { AGENT_SOCKET_PATH } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { type AgentStreams, isStreamPath } from './agent-streams.ts';
import { boundBody } from './body-bounds.ts';
import type { HttpRoutes } from './http-routes.ts';
import type { Origins } from './origins.ts';
import type { PortGateway } from './port-gateway.ts';
import type { WebProxy } from './web-proxy.ts';

/** Headers must be there this soon after the connection (ms): a slow-loris holds a socket no longer. */
const HEADERS_TIMEOUT_MS = 15_000;
/** How often unfinished connections are looked at (ms). */
const CHECK_INTERVAL_MS = 3000;
/** Idle keep-alive connections are closed after this long (ms); longer than the usual 60 s of proxies in front. */
const KEEP_ALIVE_MS = 75_000;
/** All headers of one request (bytes); Node's own default, stated because we promise it. */
const MAX_HEADER_BYTES = 16 * 1024;

export interface FrontDoorDeps {
  origins: Origins;
  routes: HttpRoutes;
  ports: PortGateway;
  streams: AgentStreams;
  web: WebProxy;
  /** socket.io servers sit behind servers of their own that never listen. */
  browserSockets: Server;
  agentSockets: Server;
  logger: Logger;
}

const pathOf = (url: string | undefined) => (url ?? '/').split('?', 1)[0] ?? '/';
const isBelow = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`);

/** Builds the listener; nothing listens yet. */
export function createFrontDoor(deps: FrontDoorDeps): Server {
  const { origins, ports, streams, browserSockets, agentSockets, logger } = deps;
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    // A large upload to a node may take an hour; idleness is bounded where bodies are read.
    requestTimeout: 0,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  });

  server.on('request', (request, response) => {
    const label = origins.portLabel(request.headers.host);
    if (label !== undefined) return ports.request(request, response, label);
    const path = pathOf(request.url);
    if (isBelow(path, '/socket.io')) return void browserSockets.emit('request', request, response);
    if (isBelow(path, AGENT_SOCKET_PATH)) return void agentSockets.emit('request', request, response);
    if (isBelow(path, '/api') || path === '/healthz' || path === '/readyz') {
      boundBody(request, path.endsWith('/files'));
      return deps.routes.handle(request, response);
    }
    if (ports.mainRequest(request, response)) return;
    boundBody(request, false);
    deps.web.request(request, response);
  });

  server.on('upgrade', (request, duplex, head) => {
    const socket = duplex as Socket;
    const label = origins.portLabel(request.headers.host);
    if (label !== undefined) return ports.upgrade(request, socket, head, label);
    const path = pathOf(request.url);
    if (isStreamPath(path)) return streams.upgrade(request, socket, head);
    if (isBelow(path, '/socket.io')) return void browserSockets.emit('upgrade', request, socket, head);
    if (isBelow(path, AGENT_SOCKET_PATH)) return void agentSockets.emit('upgrade', request, socket, head);
    if (ports.mainUpgrade(request, socket, head)) return;
    deps.web.upgrade(request, socket, head);
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    logger.debug({ code: error.code }, 'malformed request');
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });

  return server;
}
