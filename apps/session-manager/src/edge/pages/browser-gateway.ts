/** Where workbenches connect: admits them by link, sends snapshot and changes, runs their calls with the right checked each time. */
import {
  DrydockError,
  SESSION_NAMESPACE,
  type SessionCall,
  type SessionId,
  type SessionServerEvents,
  sessionAuthSchema,
  sessionCalls,
} from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { Server, Socket } from 'socket.io';
import type { Labs } from '../../labs/labs.ts';
import type { SessionFeed } from '../../live/feed.ts';
import type { People } from '../../live/people.ts';
import { retentionView } from '../../model/session.ts';
import type { RelayClient, TerminalRelay, TerminalSink } from '../../relay/terminal-relay-types.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { SessionService } from '../../sessions/session-service.ts';
import { connectError } from '../agents/agent-gateway.ts';
import { parseCookies, sessionCookieName } from '../base/cookies.ts';
import { httpError } from '../base/error-mapping.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';
import type { Tokens } from '../base/tokens.ts';
import { createEchoTimer } from './echo-timer.ts';
import { createSessionCaller, createSocketRates } from './session-caller.ts';

/** Packets that wait to be sent to one browser; terminal output is bounded by its windows long before this. */
const MAX_UNSENT_PACKETS = 5000;
/** Sockets of one session: a class room with two tabs each. */
const MAX_SOCKETS_PER_SESSION = 400;

type SessionSocket = Socket<Record<string, (...args: unknown[]) => void>, SessionServerEvents>;

export interface BrowserGatewayDeps {
  io: Server;
  tokens: Tokens;
  sessions: { service: SessionService; directory: SessionDirectory };
  live: { feed: SessionFeed; people: People; labs: Labs; relay: TerminalRelay };
  base: { origins: Origins; metrics: Metrics };
  clock: Clock;
  logger: Logger;
}

interface Client {
  socket: SessionSocket;
  linkId: string;
}

/** Begins to accept browsers on the namespace; returns what the rest may ask of it. */
export function createBrowserGateway(deps: BrowserGatewayDeps): { sockets(): number } {
  const { io, tokens, sessions, clock, logger } = deps;
  const { service, directory } = sessions;
  const { feed, people, labs, relay } = deps.live;
  const { origins, metrics } = deps.base;
  const namespace = io.of(SESSION_NAMESPACE);
  const clients = new Map<string, Set<Client>>();
  const rates = createSocketRates(clock);

  async function admit(socket: SessionSocket): Promise<void> {
    const { request } = socket;
    if (!origins.isSameOrigin(request)) throw new DrydockError('FORBIDDEN', 'A page of another site may not connect.');
    const auth = sessionAuthSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw new DrydockError('SESSION_NOT_FOUND');
    const { sessionId } = auth.data;
    const cookie = parseCookies(request.headers.cookie).get(sessionCookieName(sessionId, origins.secure));
    const token = auth.data.token ?? cookie;
    const access = await tokens.authorizeToken(origins.clientAddress(request), sessionId, token, 'viewer');
    if ((clients.get(sessionId)?.size ?? 0) >= MAX_SOCKETS_PER_SESSION) throw new DrydockError('RATE_LIMITED');
    socket.data = { sessionId, linkId: access.linkId };
  }

  namespace.use((socket, next) => {
    admit(socket as SessionSocket).then(
      () => next(),
      (thrown: unknown) => {
        const error = httpError(thrown);
        metrics.countError(error, { where: 'connect' });
        next(connectError(error));
      },
    );
  });

  namespace.on('connection', (socket) => {
    const { sessionId, linkId } = socket.data as { sessionId: SessionId; linkId: string };
    serve(socket as unknown as SessionSocket, sessionId, linkId);
  });

  // A revoked link closes its sockets at once; the check on every call alone would leave the output flowing.
  directory.onChange(({ next }) => {
    for (const { socket, linkId } of [...(clients.get(next.id) ?? [])]) {
      if (next.state !== 'active' || next.links.some(({ id }) => id === linkId)) continue;
      socket.emit('session:ended', { reason: 'revoked' });
      socket.disconnect(true);
    }
  });

  function serve(socket: SessionSocket, sessionId: SessionId, linkId: string): void {
    const log = logger.child({ sessionId, socketId: socket.id });
    const right = service.rightOf(sessionId, linkId);
    const subscription = feed.subscribe(sessionId, {
      change: (event) => {
        if (isTooSlow()) return;
        socket.emit('session:change', event);
      },
      ended: (reason, session) => {
        const retention = right === 'owner' ? retentionView(session, clock.now()) : undefined;
        const text = session.state === 'active' ? undefined : session.endText;
        const why = { reason, ...(text === undefined ? {} : { text }) };
        socket.emit('session:ended', { ...why, ...(retention === undefined ? {} : { retention }) });
        socket.disconnect(true);
      },
    });
    if (right === undefined || subscription === undefined) {
      subscription?.unsubscribe();
      socket.disconnect(true);
      return;
    }

    function isTooSlow(): boolean {
      const unsent = (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
      if (unsent <= MAX_UNSENT_PACKETS) return false;
      log.warn({ unsent }, 'socket reads too slowly');
      socket.disconnect(true);
      return true;
    }

    const echo = createEchoTimer((seconds) => metrics.echoSeconds.observe(seconds));
    const sink: TerminalSink = {
      output: (output) => {
        socket.emit('terminal:output', output);
        echo.shown(output.terminalId);
      },
      screen: (screen) => void socket.emit('terminal:screen', screen),
      size: (size) => void socket.emit('terminal:size', size),
      exit: (exit) => void socket.emit('terminal:exit', exit),
    };
    const relayClient: RelayClient = relay.addClient(sessionId, sink);
    const person = people.join(sessionId, right);
    const leaveLab = labs.join(sessionId);
    const client: Client = { socket, linkId };
    const peers = clients.get(sessionId) ?? new Set();
    clients.set(sessionId, peers.add(client));
    const caller = createSessionCaller({
      sessions,
      metrics,
      rates,
      logger: log,
      page: { socketId: socket.id, sessionId, linkId, relay: relayClient, person, labs, echo },
      onHostile(why) {
        log.warn({ why }, 'socket closed');
        socket.disconnect(true);
      },
    });

    socket.use(([event], next) => {
      if (caller.admits(event === 'terminal:ack' ? 'ack' : 'message')) next();
    });
    for (const name of Object.keys(sessionCalls) as SessionCall[]) {
      socket.on(name, (message: unknown, ack: unknown) => {
        if (typeof ack !== 'function') return caller.malformed(name);
        void caller.call(name, message).then(ack as (answer: unknown) => void);
      });
    }
    socket.on('terminal:ack', caller.ack);
    // socket.io's own parser lets a number be the name of an event.
    socket.onAny((event: string | number) => {
      if (event !== 'terminal:ack' && !Object.hasOwn(sessionCalls, event)) caller.malformed(String(event).slice(0, 64));
    });
    socket.on('disconnect', () => {
      subscription.unsubscribe();
      relayClient.dispose();
      person.leave();
      leaveLab();
      peers.delete(client);
      if (peers.size === 0 && clients.get(sessionId) === peers) clients.delete(sessionId);
    });

    socket.emit('session:snapshot', { right, ...subscription.snapshot, people: people.of(sessionId) });
    log.info({ linkId, right }, 'page connected');
  }

  return { sockets: () => [...clients.values()].reduce((sum, set) => sum + set.size, 0) };
}
