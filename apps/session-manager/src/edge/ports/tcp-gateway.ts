/** Ports that speak no HTTP: a node's TCP port as a WebSocket of the API, for programs that hold a token (`drydock forward`). */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CLOSED_PORTS, DrydockError, type SessionId, sessionIdSchema, toDrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { requireThawed } from '../../model/session.ts';
import type { AgentStreams } from '../agents/agent-streams.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';
import { bearerToken, type Tokens } from '../base/tokens.ts';
import type { PortTable } from './labels.ts';
import type { PortLimits } from './limits.ts';

const PATH = /^\/api\/v1\/sessions\/([a-z2-7]{8})\/nodes\/([a-z][a-z0-9-]{0,31})\/ports\/([1-9]\d{0,4})\/tcp$/;
/** One message of a client (bytes). */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A client that answers no ping for this long (ms) is gone. */
const PING_MS = 30_000;
/** The program reset the connection: what came before is not the whole (RFC 6455: internal error). */
const RESET_CODE = 1011;

export interface TcpGateway {
  /** Takes an upgrade; false when the path is not one of these. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): boolean;
  close(): void;
}

export interface TcpGatewayDeps {
  tokens: Pick<Tokens, 'authorizeToken'>;
  table: PortTable;
  streams: AgentStreams;
  limits: PortLimits;
  origins: Origins;
  metrics: Metrics;
  logger: Logger;
}

function refuse(socket: Socket, error: DrydockError): void {
  const body = JSON.stringify({ error: error.toBody() });
  const headers = `Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}`;
  socket.end(`HTTP/1.1 ${error.status} Refused\r\n${headers}\r\n\r\n${body}`);
}

/** Ends a client that vanished without a word, so that its connection in the node ends too. */
function watchLife(client: WebSocket): void {
  let alive = true;
  client.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) return client.terminate();
    alive = false;
    client.ping();
  }, PING_MS);
  client.once('close', () => clearInterval(timer));
}

/** Joins the two: bytes both ways at the pace of the slower side. A WebSocket knows no half of an end: the first end ends both. */
function join(client: WebSocket, target: Socket, limits: PortLimits, sessionId: SessionId): void {
  const stream = createWebSocketStream(client);
  limits.slow(sessionId, target);
  limits.slow(sessionId, stream);
  stream.on('error', () => target.destroy());
  stream.once('close', () => target.end());
  target.on('error', () => client.close(RESET_CODE));
  target.once('close', () => {
    if (!target.readableEnded) client.close(RESET_CODE);
  });
  stream.pipe(target).pipe(stream);
}

/** Builds it. */
export function createTcpGateway(deps: TcpGatewayDeps): TcpGateway {
  const { tokens, table, streams, limits, origins, metrics, logger } = deps;
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });

  async function take(request: IncomingMessage, socket: Socket, head: Buffer, path: RegExpExecArray): Promise<void> {
    const [, id, node = '', portText] = path;
    const sessionId = sessionIdSchema.parse(id);
    const port = Number(portText);
    // A token in a header is what no foreign page can send: cookies count for nothing here.
    const token = bearerToken(request.headers.authorization);
    await tokens.authorizeToken(origins.clientAddress(request), sessionId, token, 'collaborator');
    if (port > 65_535) throw new DrydockError('BAD_PORT');
    if (CLOSED_PORTS.includes(port)) throw new DrydockError('PORT_CLOSED');
    const target = table({ sessionId, node, port });
    if (target === undefined) throw new DrydockError('NODE_NOT_FOUND');
    requireThawed(target.session);
    const release = limits.acquire(sessionId);
    if (release === undefined) throw new DrydockError('RATE_LIMITED');
    socket.once('close', release);
    const stream = await streams.open(target.host, sessionId, node, { kind: 'tcp', port });
    if (socket.destroyed) return void stream.destroy();
    // A handshake that is none is answered by the library, and leaves nobody else to end the stream.
    const giveUp = () => stream.destroy();
    socket.once('close', giveUp);
    server.handleUpgrade(request, socket, head, (client) => {
      socket.off('close', giveUp);
      metrics.portRequests.inc({ outcome: 'tcp' });
      watchLife(client);
      join(client, stream, limits, sessionId);
    });
  }

  return {
    upgrade(request, socket, head) {
      const path = PATH.exec((request.url ?? '').split('?', 1)[0] ?? '');
      if (path === null) return false;
      socket.on('error', () => undefined);
      take(request, socket, head, path).catch((thrown: unknown) => {
        const error = toDrydockError(thrown);
        logger.debug({ code: error.code, sessionId: path[1], node: path[2] }, 'port was not opened');
        refuse(socket, error);
      });
      return true;
    },
    close() {
      for (const client of server.clients) client.terminate();
    },
  };
}
