/** The two socket.io servers: one for browsers, one for agents, each with the bounds of its side. */
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import {
  AGENT_NAMESPACE,
  AGENT_SOCKET_PATH,
  MAX_AGENT_MESSAGE_BYTES,
  MAX_SOCKET_MESSAGE_BYTES,
  SESSION_NAMESPACE,
} from '@drydock/protocol';
import { batchFrames } from '@drydock/service-kit';
import { Server } from 'socket.io';
import { createAddressCounter } from '../../scheduling/address-counter.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';

/** A browser's dead connection is noticed after interval and timeout (ms); a flooded page must not miss its turn to answer. */
const BROWSER_PING = { pingInterval: 15_000, pingTimeout: 20_000 };
/** An agent's dead connection blocks its name, so it is noticed sooner (ms). */
const AGENT_PING = { pingInterval: 5_000, pingTimeout: 7_000 };
/** A connection that joins no namespace within this (ms) is closed. */
const JOIN_TIMEOUT_MS = 10_000;
/** Connections of one address that have joined no namespace: as many as for terminals' sockets. */
const MAX_UNJOINED_PER_ADDRESS = 200;

/** Bytes of a host that has not shown its key: the handshake and a name. Its first report, which may be large, comes after that. */
const MAX_UNKNOWN_AGENT_BYTES = 64 * 1024;

export interface SocketServer {
  io: Server;
  /** Never listens; the front door hands it requests and upgrades. */
  http: HttpServer;
}

function create(options: ConstructorParameters<typeof Server>[1]): SocketServer {
  const http = createServer();
  const io = new Server(http, {
    serveClient: false,
    // Other upgrades on the port are the front door's business.
    destroyUpgrade: false,
    // Compression of terminal bytes costs more than it saves (measured: terminal-notes).
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: JOIN_TIMEOUT_MS,
    ...options,
  });
  io.engine.on('connection', batchFrames);
  io.use((_socket, next) => next(new Error('There is nothing in this namespace.')));
  return { io, http };
}

/** What an engine's connection is here, beyond what its types say. */
interface EngineSocket {
  request: IncomingMessage;
  close(discard?: boolean): void;
  once(event: 'close', listener: () => void): void;
}

/** Bounds the connections of one address that say nothing of a session; those that do are the browser gateway's. */
function boundUnjoined({ io }: SocketServer, { origins, uncounted, metrics }: SocketServersDeps): void {
  const counter = createAddressCounter({ max: MAX_UNJOINED_PER_ADDRESS, uncounted: [uncounted] });
  const unjoined = new WeakMap<object, () => void>();
  io.engine.on('connection', (raw: EngineSocket) => {
    const release = counter.acquire(origins.clientAddress(raw.request));
    if (release === undefined) {
      metrics.refusedConnections.inc({ kind: 'socket.io' });
      raw.close(true);
      return;
    }
    unjoined.set(raw, release);
    raw.once('close', release);
  });
  io.of(SESSION_NAMESPACE).on('connection', ({ conn }) => unjoined.get(conn)?.());
}

/** Ends a connection that sends much before its key was taken; socket.io itself would keep whole messages of the size of reports. */
function boundUnknownAgents({ io }: SocketServer): void {
  const known = new WeakMap<object, () => void>();
  io.engine.on('connection', (raw: EngineSocket) => {
    const { socket } = raw.request;
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_UNKNOWN_AGENT_BYTES) socket.destroy();
    };
    socket.on('data', count);
    known.set(raw, () => socket.off('data', count));
  });
  io.of(AGENT_NAMESPACE).on('connection', ({ conn }) => known.get(conn)?.());
}

export interface SocketServersDeps {
  origins: Origins;
  /** Addresses that are not counted. */
  uncounted: BlockList;
  metrics: Metrics;
}

/** Builds both. Requests of foreign pages do not get as far as a socket. */
export function createSocketServers(deps: SocketServersDeps): { browsers: SocketServer; agents: SocketServer } {
  const { origins } = deps;
  const servers = {
    browsers: create({
      ...BROWSER_PING,
      path: '/socket.io',
      maxHttpBufferSize: MAX_SOCKET_MESSAGE_BYTES,
      allowRequest: (request: IncomingMessage, decide) => decide(null, origins.isSameOrigin(request)),
    }),
    agents: create({
      ...AGENT_PING,
      path: AGENT_SOCKET_PATH,
      maxHttpBufferSize: MAX_AGENT_MESSAGE_BYTES,
      transports: ['websocket'],
      allowRequest: (request: IncomingMessage, decide) => decide(null, request.headers.origin === undefined),
    }),
  };
  boundUnjoined(servers.browsers, deps);
  boundUnknownAgents(servers.agents);
  return servers;
}
