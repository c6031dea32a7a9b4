/**
 * The one public port. What the first bytes of a connection are says what it speaks: TLS (then ALPN says which HTTP), HTTP/2 at once
 * (h2c, prior knowledge), or HTTP/1.1. Requests of all three come out in one form.
 */
import {
  createServer as createHttp1,
  type Server as Http1Server,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTls } from 'node:tls';
import type { UncaughtErrors } from '@drydock/service-kit';
import type { ConnectionBounds } from './connection-bounds.ts';
import { createHttp2Door } from './http2-door.ts';
import type { TlsFiles } from './tls-files.ts';

/** Headers must be there this soon after the connection (ms): a slow-loris holds a socket no longer. */
const HEADERS_TIMEOUT_MS = 15_000;
/** How often unfinished connections are looked at (ms). */
const CHECK_INTERVAL_MS = 3000;
/** Idle keep-alive connections are closed after this long (ms); longer than the usual 60 s of proxies in front. */
const KEEP_ALIVE_MS = 75_000;
/** All headers of one request (bytes); Node's own default, stated because we promise it. */
const MAX_HEADER_BYTES = 16 * 1024;
/** An answer that stands still this long (ms) after its client ended its half is given up: most who do that are gone. */
const HALF_CLOSED_IDLE_MS = 10_000;
/** First byte of a TLS greeting: the record type of a handshake. */
const TLS_HANDSHAKE = 0x16;
/** How a client begins that knows that HTTP/2 is spoken; no request line of HTTP/1.1 has the method PRI. */
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n';

export interface Door {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** A request that is none. */
  malformed(error: NodeJS.ErrnoException, socket: Duplex): void;
}

export interface Listener {
  readonly server: Server;
  /** Ends everything that is open. */
  close(): void;
}

/** What a connection speaks, by its first bytes; undefined while they leave it open. */
function protocolOf(first: Buffer): 'tls' | 'http2' | 'http1' | undefined {
  if (first[0] === TLS_HANDSHAKE) return 'tls';
  if (!HTTP2_PREFACE.startsWith(first.toString('latin1', 0, HTTP2_PREFACE.length))) return 'http1';
  return first.length < HTTP2_PREFACE.length ? undefined : 'http2';
}

/** The same door, which says of each connection that it has asked for something. */
function hearing(door: Door, bounds: ConnectionBounds): Door {
  return {
    request(request, response) {
      bounds.heard(request.socket);
      door.request(request, response);
    },
    upgrade(request, socket, head) {
      bounds.heard(request.socket);
      door.upgrade(request, socket, head);
    },
    malformed: door.malformed,
  };
}

/** An answer of ours that says only that the mistake is ours; a request that has its answer half is cut. */
function giveUpRequest(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'content-length': 0, connection: 'close' }).end();
}

/**
 * The net at the edge: what a handler throws ends its own request, never the process. What fails later, in a callback or a promise, comes to
 * the process's own (service-kit uncaught-errors.ts).
 */
function caught(door: Door, errors: UncaughtErrors): Door {
  return {
    request(request, response) {
      errors.guard(
        'request',
        () => door.request(request, response),
        () => giveUpRequest(response),
      );
    },
    upgrade(request, socket, head) {
      errors.guard(
        'upgrade',
        () => door.upgrade(request, socket, head),
        () => socket.destroy(),
      );
    },
    malformed(error, socket) {
      errors.guard(
        'malformed',
        () => door.malformed(error, socket),
        () => socket.destroy(),
      );
    },
  };
}

/** Builds the listener; nothing listens yet. `errors` gets what a handler of `behind` throws. */
export function createListener(
  behind: Door,
  errors: UncaughtErrors,
  tls: TlsFiles | undefined = undefined,
  bounds: ConnectionBounds | undefined = undefined,
): Listener {
  const door = caught(bounds === undefined ? behind : hearing(behind, bounds), errors);
  const sockets = new Set<Socket>();

  const http1: Http1Server = createHttp1({
    headersTimeout: HEADERS_TIMEOUT_MS,
    // A large upload to a node may take an hour; idleness is bounded where bodies are read.
    requestTimeout: 0,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  });
  allowHalfClose(http1);
  http1.on('request', door.request);
  http1.on('upgrade', (request, socket, head) => door.upgrade(request, socket as Socket, head));
  http1.on('clientError', door.malformed);
  // It is given connections and never listens by itself; its checks of slow ones begin with this event.
  http1.emit('listening');

  const http2 = createHttp2Door(door, errors, {
    firstRequestMs: HEADERS_TIMEOUT_MS,
    idleMs: KEEP_ALIVE_MS,
    maxHeaderBytes: MAX_HEADER_BYTES,
  });

  const secure =
    tls === undefined
      ? undefined
      : createTls({ ...tls.read(), handshakeTimeout: HEADERS_TIMEOUT_MS, ALPNProtocols: ['h2', 'http/1.1'] });
  secure?.on('secureConnection', (socket) => {
    if (socket.alpnProtocol === 'h2') http2.take(socket);
    else http1.emit('connection', socket);
  });
  secure?.on('tlsClientError', (_error, socket) => socket.destroy());
  const unwatch = secure === undefined ? undefined : tls?.watch((context) => secure.setSecureContext(context));

  function route(socket: Socket, protocol: 'tls' | 'http2' | 'http1'): void {
    if (protocol === 'http2') http2.take(socket);
    else if (protocol === 'tls' && secure !== undefined) secure.emit('connection', socket);
    else {
      http1.emit('connection', socket);
      // A body that nobody takes yet pauses the connection while it is being resumed; Node.js would then go on reading, and keep all of it.
      socket.on('resume', () => socket.readableFlowing === false && socket.emit('pause'));
      // Data that was put back flows when nobody consumes the handle in its place.
      socket.resume();
    }
  }

  /** Reads as much as it takes to know, puts it back, and hands the connection on. */
  function look(socket: Socket): void {
    const ignore = () => undefined;
    const timer = setTimeout(() => socket.destroy(), HEADERS_TIMEOUT_MS);
    const stop = () => clearTimeout(timer);
    const giveUp = () => void socket.destroy();
    let first: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
      const protocol = protocolOf(first);
      if (protocol === undefined) return;
      clearTimeout(timer);
      socket.off('data', onData).off('close', stop).off('end', giveUp);
      socket.pause();
      socket.unshift(first);
      route(socket, protocol);
      socket.off('error', ignore);
    };
    socket.on('error', ignore).on('close', stop).on('end', giveUp).on('data', onData);
  }

  const server = createTcp({ noDelay: true, allowHalfOpen: true }, (socket) => {
    if (bounds?.admit(socket) === false) return void socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    look(socket);
  });

  return {
    server,
    close() {
      unwatch?.();
      server.close();
      http1.close();
      http2.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Ends a connection as soon as it has carried nothing for a while. */
function endWhenStill(socket: Socket): void {
  let written = socket.bytesWritten;
  const timer = setInterval(() => {
    if (socket.bytesWritten === written) socket.destroy();
    written = socket.bytesWritten;
  }, HALF_CLOSED_IDLE_MS);
  socket.once('close', () => clearInterval(timer));
}

/**
 * A client that ends its half is gone, for all that can be known, and what it asked for is given up; but one that said `Connection: close`
 * has just said all (as `nc -N` does), and gets its answer. Node.js would give up both.
 */
function allowHalfClose(server: Http1Server & { httpAllowHalfOpen?: boolean }): void {
  const connections = new WeakMap<Duplex, { requests: Map<IncomingMessage, { isLast: boolean }>; onEnd(): void }>();
  server.httpAllowHalfOpen = true;
  server.on('connection', (socket) => {
    const requests = new Map<IncomingMessage, { isLast: boolean }>();
    const onEnd = () => {
      if ([...requests.values()].some(({ isLast }) => isLast)) return void endWhenStill(socket);
      for (const request of requests.keys()) request.destroy();
      socket.end();
    };
    connections.set(socket, { requests, onEnd });
    socket.once('end', onEnd);
  });
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    // Now: on its way to a program a request's headers change.
    connection?.requests.set(request, { isLast: !response.shouldKeepAlive });
    response.once('close', () => connection?.requests.delete(request));
  });
  // Whoever takes an upgraded connection knows what an end means there.
  server.on('upgrade', (_request, socket) => {
    const connection = connections.get(socket);
    if (connection !== undefined) socket.off('end', connection.onEnd);
  });
}
