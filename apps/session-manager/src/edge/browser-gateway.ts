/** Where lab pages connect: admits them by link, sends snapshot and changes, runs their calls with the right checked each time. */
import {
  allows,
  DrydockError,
  LAB_NAMESPACE,
  type LabCall,
  type LabRequest,
  type LabServerEvents,
  labAuthSchema,
  labCalls,
  type Right,
  terminalAckSchema,
} from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { Server, Socket } from 'socket.io';
import type { RelayClient, TerminalRelay, TerminalSink } from '../relay/terminal-relay-types.ts';
import { createRateLimit } from '../scheduling/rate-limit.ts';
import type { LabFeed } from '../sessions/lab-feed.ts';
import type { People } from '../sessions/people.ts';
import { graceView, requireNode } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { SessionService } from '../sessions/session-service.ts';
import { connectError } from './agent-gateway.ts';
import { parseCookies, sessionCookieName } from './cookies.ts';
import { createEchoTimer } from './echo-timer.ts';
import { httpError } from './error-mapping.ts';
import { labCallTable } from './lab-calls.ts';
import type { Metrics } from './metrics.ts';
import type { Origins } from './origins.ts';
import type { Tokens } from './tokens.ts';

/** Calls of one socket that wait for their answers; a page types faster than this only by a script. */
const MAX_PENDING_CALLS = 256;
/** Messages of one socket: a large paste is a burst, a held key a stream; more is a flood. */
const MESSAGE_BURST = 2000;
const MESSAGES_PER_SECOND = 500;
/** Acknowledgements are as many as the pieces of output that a page draws, so a flood of output is no flood of the page’s. */
const ACK_BURST = 20_000;
const ACKS_PER_SECOND = 5000;
/** Malformed messages of one socket before it is closed: a page of another release makes a few, a hostile one many. */
const MAX_MALFORMED = 20;
/** Packets that wait to be sent to one browser; terminal output is bounded by its windows long before this. */
const MAX_UNSENT_PACKETS = 5000;
/** Sockets of one session: a class room with two tabs each. */
const MAX_SOCKETS_PER_SESSION = 400;

type LabSocket = Socket<Record<string, (...args: unknown[]) => void>, LabServerEvents>;

export interface BrowserGatewayDeps {
  io: Server;
  tokens: Tokens;
  service: SessionService;
  directory: SessionDirectory;
  feed: LabFeed;
  people: People;
  relay: TerminalRelay;
  origins: Origins;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
}

interface Client {
  socket: LabSocket;
  linkId: string;
}

/** Begins to accept browsers on the namespace; returns what the rest may ask of it. */
export function createBrowserGateway(deps: BrowserGatewayDeps): { sockets(): number } {
  const { io, tokens, service, directory, feed, people, relay, origins, clock, metrics, logger } = deps;
  const namespace = io.of(LAB_NAMESPACE);
  const clients = new Map<string, Set<Client>>();
  const messages = createRateLimit({ clock, burst: MESSAGE_BURST, perSecond: MESSAGES_PER_SECOND });
  const acks = createRateLimit({ clock, burst: ACK_BURST, perSecond: ACKS_PER_SECOND });

  async function admit(socket: LabSocket): Promise<void> {
    const { request } = socket;
    if (!origins.isSameOrigin(request)) throw new DrydockError('FORBIDDEN', 'A page of another site may not connect.');
    const auth = labAuthSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw new DrydockError('SESSION_NOT_FOUND');
    const { sessionId } = auth.data;
    const cookie = parseCookies(request.headers.cookie).get(sessionCookieName(sessionId, origins.secure));
    const token = auth.data.token ?? cookie;
    const access = await tokens.authorizeToken(origins.clientAddress(request), sessionId, token, 'viewer');
    if ((clients.get(sessionId)?.size ?? 0) >= MAX_SOCKETS_PER_SESSION) throw new DrydockError('RATE_LIMITED');
    socket.data = { sessionId, linkId: access.linkId };
  }

  namespace.use((socket, next) => {
    admit(socket as LabSocket).then(
      () => next(),
      (thrown: unknown) => {
        const error = httpError(thrown);
        metrics.countError(error, { where: 'connect' });
        next(connectError(error));
      },
    );
  });

  namespace.on('connection', (socket) => {
    const { sessionId, linkId } = socket.data as { sessionId: string; linkId: string };
    serve(socket as unknown as LabSocket, sessionId, linkId);
  });

  // A revoked link closes its sockets at once; the check on every call alone would leave the output flowing.
  directory.onChange(({ next }) => {
    for (const { socket, linkId } of [...(clients.get(next.id) ?? [])]) {
      if (next.state !== 'active' || next.links.some(({ id }) => id === linkId)) continue;
      socket.emit('lab:ended', { reason: 'revoked' });
      socket.disconnect(true);
    }
  });

  function serve(socket: LabSocket, sessionId: string, linkId: string): void {
    const log = logger.child({ sessionId, socketId: socket.id });
    const rightNow = (): Right | undefined => service.rightOf(sessionId, linkId);
    const right = rightNow();
    const subscription = feed.subscribe(sessionId, {
      change: (event) => {
        if (isTooSlow()) return;
        socket.emit('lab:change', event);
      },
      ended: (reason, session) => {
        const grace = right === 'owner' ? graceView(session, clock.now()) : undefined;
        socket.emit('lab:ended', { reason, ...(grace === undefined ? {} : { grace }) });
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
    const client: Client = { socket, linkId };
    const peers = clients.get(sessionId) ?? new Set();
    clients.set(sessionId, peers.add(client));
    let pending = 0;
    let malformed = 0;

    function refuseMalformed(event: string): void {
      malformed += 1;
      if (malformed <= MAX_MALFORMED) return;
      log.warn({ event }, 'socket closed for malformed messages');
      socket.disconnect(true);
    }

    /** @throws DrydockError when the link no longer gives the right. */
    function demand(needed: Right): void {
      const held = rightNow();
      if (held === undefined) throw new DrydockError('SESSION_ENDED');
      if (!allows(held, needed)) throw new DrydockError('FORBIDDEN');
    }

    function hostOf(name: string): string {
      const session = directory.get(sessionId);
      if (session === undefined) throw new DrydockError('SESSION_ENDED');
      const node = requireNode(session, name);
      if (node.state !== 'running') throw new DrydockError('NODE_NOT_READY');
      return node.host;
    }

    async function run<C extends LabCall>(name: C, message: unknown): Promise<unknown> {
      const { right: needed, run: handle } = labCallTable[name];
      demand(needed);
      if (needed !== 'viewer' && name !== 'terminal:resize') service.touch(sessionId);
      const parsed = labCalls[name].request.safeParse(message);
      if (!parsed.success) {
        refuseMalformed(name);
        throw parsed.error;
      }
      const request = parsed.data as Parameters<typeof handle>[1];
      if (name === 'terminal:input') echo.typed((request as LabRequest<'terminal:input'>).terminalId);
      const began = performance.now();
      const result = await handle({ relay: relayClient, person, hostOf }, request);
      if (name === 'terminal:attach') metrics.attachSeconds.observe((performance.now() - began) / 1000);
      return result;
    }

    async function answer(name: LabCall, message: unknown, ack: (answer: unknown) => void): Promise<void> {
      pending += 1;
      try {
        if (pending > MAX_PENDING_CALLS) throw new DrydockError('RATE_LIMITED');
        ack(await run(name, message));
      } catch (thrown) {
        const error = httpError(thrown);
        metrics.countError(error, { where: name, sessionId });
        if (error.code === 'INTERNAL') log.error({ err: error.cause, call: name }, 'call failed');
        ack({ error: error.toBody() });
      } finally {
        pending -= 1;
      }
    }

    socket.use(([event], next) => {
      if ((event === 'terminal:ack' ? acks : messages).take(socket.id) === 0) return next();
      log.warn('socket floods');
      socket.disconnect(true);
    });
    for (const name of Object.keys(labCalls) as LabCall[]) {
      socket.on(name, (message: unknown, ack: unknown) => {
        if (typeof ack !== 'function') return refuseMalformed(name);
        void answer(name, message, ack as (answer: unknown) => void);
      });
    }
    socket.on('terminal:ack', (message: unknown) => {
      const parsed = terminalAckSchema.safeParse(message);
      if (parsed.success) relayClient.ack(parsed.data);
      else refuseMalformed('terminal:ack');
    });
    socket.onAny((event: string) => {
      if (event !== 'terminal:ack' && !Object.hasOwn(labCalls, event)) refuseMalformed(event.slice(0, 64));
    });
    socket.on('disconnect', () => {
      subscription.unsubscribe();
      relayClient.dispose();
      person.leave();
      peers.delete(client);
      if (peers.size === 0 && clients.get(sessionId) === peers) clients.delete(sessionId);
    });

    socket.emit('lab:snapshot', { right, ...subscription.snapshot, people: people.of(sessionId) });
    log.info({ linkId, right }, 'page connected');
  }

  return { sockets: () => [...clients.values()].reduce((sum, set) => sum + set.size, 0) };
}
