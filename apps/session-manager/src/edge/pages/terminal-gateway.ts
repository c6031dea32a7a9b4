/** `/terminal-socket`: plain WebSocket frames for a page's terminals, admitted, bounded and revoked like its socket.io connection (T-20 on). */
import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  DrydockError,
  decodeTerminalFrame,
  encodeTerminalFrame,
  MAX_SOCKET_MESSAGE_BYTES,
  type SessionId,
  sessionAuthSchema,
  TERMINAL_SOCKET_CLOSE,
  TERMINAL_SOCKET_PATH,
  type TerminalFrame,
  type TerminalSocketText,
  terminalCallSchema,
} from '@drydock/protocol';
import { batchWrites, type Clock, type Logger } from '@drydock/service-kit';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { newId } from '../../model/links.ts';
import type { TerminalRelay, TerminalSink } from '../../relay/terminal-relay-types.ts';
import { createAddressCounter } from '../../scheduling/address-counter.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { SessionService } from '../../sessions/session-service.ts';
import { parseCookies, sessionCookieName } from '../base/cookies.ts';
import { httpError } from '../base/error-mapping.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';
import type { Tokens } from '../base/tokens.ts';
import { refuseUpgrade } from '../ports/pages.ts';
import { createEchoTimer } from './echo-timer.ts';
import { createSessionCaller, createSocketRates } from './session-caller.ts';

/** A socket that does not say whose it is within this (ms) is closed. */
const ADMISSION_MS = 10_000;
/** Sockets that are not admitted yet, of all pages together. */
const MAX_UNADMITTED = 1000;
/** The same of one address: a class with two tabs each, all of which come back in one moment, twice. */
const MAX_UNADMITTED_PER_ADDRESS = 200;
/** Messages that come together with the admission; what is more comes from no page of ours. */
const MAX_EARLY = 256;
/** Between two pings (ms); who has sent nothing since the last but one is gone. */
const PING_EVERY_MS = 15_000;
/** Bytes that wait to be sent to one page: the windows of all terminals of a full session. Beyond, it does not read. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;
/** Sockets of one session: a class room with two tabs each. */
const MAX_SOCKETS_PER_SESSION = 400;

export interface TerminalGatewayDeps {
  tokens: Tokens;
  sessions: { service: SessionService; directory: SessionDirectory };
  relay: TerminalRelay;
  base: {
    origins: Origins;
    metrics: Metrics;
    /** Addresses that are not counted. */
    uncounted: BlockList;
  };
  clock: Clock;
  logger: Logger;
}

export interface TerminalGateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sockets that are admitted. */
  sockets(): number;
  close(): void;
}

interface Client {
  socket: WebSocket;
  linkId: string;
}

/** Whether a path is this gateway's. */
export function isTerminalSocketPath(path: string): boolean {
  return path === TERMINAL_SOCKET_PATH;
}

const textOf = (data: RawData) => (data as Buffer).toString('utf8');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Builds the gateway; the front door hands it upgrades. */
export function createTerminalGateway(deps: TerminalGatewayDeps): TerminalGateway {
  const { tokens, sessions, relay, clock, logger } = deps;
  const { service, directory } = sessions;
  const { origins, metrics, uncounted } = deps.base;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression of terminal bytes costs more than it saves (decision 0008).
    perMessageDeflate: false,
    maxPayload: MAX_SOCKET_MESSAGE_BYTES,
  });
  const rates = createSocketRates(clock);
  const clients = new Map<string, Set<Client>>();
  const alive = new Map<WebSocket, boolean>();
  let unadmitted = 0;
  const newcomers = createAddressCounter({ max: MAX_UNADMITTED_PER_ADDRESS, uncounted: [uncounted] });

  async function admit(request: IncomingMessage, first: RawData, isBinary: boolean) {
    const auth = sessionAuthSchema.safeParse(isBinary ? undefined : parseJson(textOf(first)));
    if (!auth.success) throw new DrydockError('SESSION_NOT_FOUND');
    const { sessionId } = auth.data;
    const cookie = parseCookies(request.headers.cookie).get(sessionCookieName(sessionId, origins.secure));
    const token = auth.data.token ?? cookie;
    const { linkId } = await tokens.authorizeToken(origins.clientAddress(request), sessionId, token, 'viewer');
    if ((clients.get(sessionId)?.size ?? 0) >= MAX_SOCKETS_PER_SESSION) throw new DrydockError('RATE_LIMITED');
    return { sessionId, linkId };
  }

  function onConnection(socket: WebSocket, request: IncomingMessage, carrier: Duplex, release: () => void): void {
    unadmitted += 1;
    let waits = true;
    const settle = () => {
      clearTimeout(deadline);
      if (waits) unadmitted -= 1;
      waits = false;
      release();
    };
    const deadline = setTimeout(() => socket.terminate(), ADMISSION_MS);
    socket.once('close', settle);
    // Its own errors close it; nobody else needs to hear.
    socket.on('error', () => undefined);
    /** A page need not wait for its admission: what came with it waits here, what comes later in the kernel. */
    const early: [data: RawData, isBinary: boolean][] = [];
    const hold = (data: RawData, isBinary: boolean) => {
      early.push([data, isBinary]);
      if (early.length > MAX_EARLY) socket.terminate();
      if (early.length > 1) return;
      socket.pause();
      admit(request, data, isBinary).then(
        ({ sessionId, linkId }) => {
          settle();
          if (socket.readyState !== socket.OPEN) return;
          socket.off('message', hold);
          const onMessage = serve(socket, carrier, sessionId, linkId);
          for (const [later, binary] of early.slice(1)) onMessage(later, binary);
          socket.resume();
        },
        (thrown: unknown) => {
          const error = httpError(thrown);
          metrics.countError(error, { where: 'connect' });
          socket.close(TERMINAL_SOCKET_CLOSE.refused, error.code);
          socket.resume();
        },
      );
    };
    socket.on('message', hold);
  }

  /** Begins to serve an admitted socket; returns what takes its messages. */
  function serve(socket: WebSocket, carrier: Duplex, sessionId: SessionId, linkId: string) {
    const socketId = newId('', 15);
    const log = logger.child({ sessionId, socketId });
    const batch = batchWrites(carrier);

    function send(frame: Uint8Array | string): void {
      if (socket.readyState !== socket.OPEN) return;
      batch();
      socket.send(frame);
      if (socket.bufferedAmount <= MAX_UNSENT_BYTES) return;
      log.warn('socket reads too slowly');
      socket.terminate();
    }
    const sendText = (message: TerminalSocketText) => send(JSON.stringify(message));

    const echo = createEchoTimer((seconds) => metrics.echoSeconds.observe(seconds));
    const sink: TerminalSink = {
      output(output) {
        send(encodeTerminalFrame({ kind: 'output', output }));
        echo.shown(output.terminalId);
      },
      screen: (message) => sendText({ event: 'terminal:screen', message }),
      size: (message) => sendText({ event: 'terminal:size', message }),
      exit: (message) => sendText({ event: 'terminal:exit', message }),
    };
    const relayClient = relay.addClient(sessionId, sink);
    const caller = createSessionCaller({
      sessions,
      metrics,
      rates,
      logger: log,
      page: { socketId, sessionId, linkId, relay: relayClient, echo },
      onHostile(why) {
        log.warn({ why }, 'terminal socket closed');
        socket.close(TERMINAL_SOCKET_CLOSE.hostile);
        // It may not even read that.
        setImmediate(() => socket.terminate());
      },
    });

    function onText(text: string): void {
      const parsed = terminalCallSchema.safeParse(parseJson(text));
      if (!parsed.success) {
        caller.malformed('text');
        return;
      }
      const { call, name, request } = parsed.data;
      void caller.call(name, request).then((answer) => {
        const error = (answer as { error?: unknown }).error;
        if (error === undefined) sendText({ call, answer });
        else sendText({ call, ...(answer as { error: never }) });
      });
    }

    function onFrame(frame: TerminalFrame | undefined): void {
      if (frame?.kind === 'ack') {
        if (caller.admits('ack')) caller.ack(frame.ack);
        return;
      }
      if (!caller.admits('message')) return;
      if (frame?.kind !== 'input') {
        caller.malformed('frame');
        return;
      }
      const { call } = frame;
      void caller.call('terminal:input', frame.input).then((answer) => {
        if ((answer as { error?: unknown }).error === undefined) send(encodeTerminalFrame({ kind: 'taken', call }));
        else sendText({ call, ...(answer as { error: never }) });
      });
    }

    const client: Client = { socket, linkId };
    const peers = clients.get(sessionId) ?? new Set();
    clients.set(sessionId, peers.add(client));
    alive.set(socket, true);
    const onMessage = (data: RawData, isBinary: boolean) => {
      alive.set(socket, true);
      if (isBinary) onFrame(decodeTerminalFrame(data as Buffer));
      else if (caller.admits('message')) onText(textOf(data));
    };
    socket.on('message', onMessage);
    socket.on('pong', () => alive.set(socket, true));
    socket.on('close', () => {
      relayClient.dispose();
      alive.delete(socket);
      peers.delete(client);
      if (peers.size === 0 && clients.get(sessionId) === peers) clients.delete(sessionId);
    });
    // The link may have ended while it was looked up.
    if (service.rightOf(sessionId, linkId) === undefined) socket.close(TERMINAL_SOCKET_CLOSE.over);
    return onMessage;
  }

  const stopWatching = directory.onChange(({ next }) => {
    for (const { socket, linkId } of [...(clients.get(next.id) ?? [])]) {
      if (next.state === 'active' && next.links.some(({ id }) => id === linkId)) continue;
      socket.close(TERMINAL_SOCKET_CLOSE.over);
      // Its output must not go on while it takes its time to close.
      setImmediate(() => socket.terminate());
    }
  });

  const heartbeat = setInterval(() => {
    for (const [socket, lives] of [...alive]) {
      if (!lives) socket.terminate();
      else {
        alive.set(socket, false);
        socket.ping();
      }
    }
  }, PING_EVERY_MS);

  return {
    upgrade(request, carrier, head) {
      if (!origins.isSameOrigin(request)) return refuseUpgrade(carrier, '403 Forbidden');
      if (unadmitted >= MAX_UNADMITTED) return refuseUpgrade(carrier, '503 Busy');
      const release = newcomers.acquire(origins.clientAddress(request));
      if (release === undefined) {
        metrics.refusedConnections.inc({ kind: 'terminal-socket' });
        return refuseUpgrade(carrier, '429 Too Many Requests');
      }
      // A handshake that is none ends here, and is nobody's connection.
      carrier.once('close', release);
      server.handleUpgrade(request, carrier, head, (socket) => onConnection(socket, request, carrier, release));
    },
    sockets: () => alive.size,
    close() {
      clearInterval(heartbeat);
      stopWatching();
      for (const socket of alive.keys()) socket.terminate();
    },
  };
}
