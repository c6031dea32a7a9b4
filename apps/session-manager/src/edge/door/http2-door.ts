/** HTTP/2 for the front door: bounds on a connection, and requests that look like those of HTTP/1.1 to everything behind it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  constants,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { UncaughtErrors } from '@drydock/service-kit';

/** Requests under way on one connection. */
const MAX_STREAMS = 100;
/** What a client may send ahead of us, on one request and on the whole connection (bytes). */
const STREAM_WINDOW = 256 * 1024;
const CONNECTION_WINDOW = 1024 * 1024;
/** Frames that fit nowhere, and requests beyond the bound, until a connection is ended. */
const MAX_BAD_FRAMES = 100;

export interface Http2Bounds {
  /** A connection without a first request after this long is closed (ms). */
  firstRequestMs: number;
  /** The same between requests (ms). */
  idleMs: number;
  maxHeaderBytes: number;
}

export interface Http2Door {
  /** Takes a connection that speaks HTTP/2. */
  take(socket: Socket): void;
  close(): void;
}

/** Closes a connection that carries no request for too long, whatever else it says. */
function boundIdleness(session: ServerHttp2Session, { firstRequestMs, idleMs }: Http2Bounds): void {
  let open = 0;
  let timer = setTimeout(() => session.destroy(), firstRequestMs);
  session.on('stream', (stream) => {
    clearTimeout(timer);
    open += 1;
    stream.once('close', () => {
      open -= 1;
      if (open > 0 || session.destroyed) return;
      timer = setTimeout(() => session.destroy(), idleMs);
    });
  });
  session.once('close', () => clearTimeout(timer));
}

/**
 * Gives a request the form of HTTP/1.1: `Host`, no pseudo-headers, and a body of unknown length named as chunked, so that whoever passes it
 * on frames it. False when it is not in order.
 */
function toHttp1(request: Http2ServerRequest): boolean {
  const { headers, stream } = request;
  const { ':authority': authority, host } = headers;
  if (authority !== undefined && host !== undefined && authority !== host) return false;
  const name = authority ?? host;
  if (name === undefined) return false;
  // They are read from the pseudo-headers, which nobody behind us shall take for headers.
  const { method, url } = request;
  Object.defineProperties(request, {
    method: { value: method, writable: true },
    url: { value: url, writable: true },
  });
  for (const header of Object.keys(headers)) if (header.startsWith(':')) delete headers[header];
  headers.host = name;
  // Without this a GET with a body would reach the node's program as a GET and whatever its body says.
  if (!stream.endAfterHeaders && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
  return true;
}

/** Speak of a connection; Node.js throws at them when an answer begins, which would end the process. */
const OF_CONNECTIONS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'http2-settings',
]);

/** Lets whoever answers do so as in HTTP/1.1: what only that knows is left out. */
function fromHttp1(response: Http2ServerResponse): void {
  const setHeader = response.setHeader.bind(response);
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => Http2ServerResponse;
  response.setHeader = (name, value) => {
    if (!OF_CONNECTIONS.has(name.toLowerCase())) setHeader(name, value);
  };
  response.writeHead = ((...args: unknown[]) => {
    const headers = args.at(-1);
    if (typeof headers === 'object' && headers !== null) {
      for (const name of Object.keys(headers)) {
        if (OF_CONNECTIONS.has(name.toLowerCase())) delete (headers as Record<string, unknown>)[name];
      }
    }
    return writeHead(...args);
  }) as typeof response.writeHead;
  // An answer that is cut short must not look like one that ended.
  response.destroy = () => {
    response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return response as never;
  };
}

/** Builds it. */
export function createHttp2Door(
  door: { request(request: IncomingMessage, response: ServerResponse): void },
  errors: UncaughtErrors,
  bounds: Http2Bounds,
): Http2Door {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({
    maxSessionInvalidFrames: MAX_BAD_FRAMES,
    maxSessionRejectedStreams: MAX_BAD_FRAMES,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: bounds.maxHeaderBytes,
      initialWindowSize: STREAM_WINDOW,
      // WebSockets come over HTTP/1.1: browsers ask for it by themselves where this is off (RFC 8441).
      enableConnectProtocol: false,
    },
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.setLocalWindowSize(CONNECTION_WINDOW);
    boundIdleness(session, bounds);
  });
  server.on('sessionError', () => undefined);
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    errors.guard(
      'request',
      () => {
        fromHttp1(response);
        if (toHttp1(request))
          door.request(request as unknown as IncomingMessage, response as unknown as ServerResponse);
        else response.writeHead(400, { 'content-length': 0 }).end();
      },
      () => request.stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    );
  });

  return {
    take(socket) {
      // HTTP/1.1 lives with half-closed connections, HTTP/2 has no use for them.
      socket.allowHalfOpen = false;
      socket.once('end', () => socket.destroy());
      server.emit('connection', socket);
    },
    close() {
      for (const session of sessions) session.destroy();
    },
  };
}
