/** The agent's connection to one manager: dials out, says hello, brings facts up and commands down, returns after every break. */
import {
  AGENT_NAMESPACE,
  AGENT_SOCKET_PATH,
  type AgentExit,
  type AgentFact,
  type AgentHello,
  type AgentToManagerEvents,
  errorBodySchema,
  helloAnswerSchema,
  type ManagerToAgentEvents,
  PROTOCOL_VERSION,
  type SessionId,
  type ViewerOutput,
  type ViewerSize,
  viewerAckSchema,
  type viewerScreenSchema,
  withoutEnd,
} from '@drydock/protocol';
import { batchFrames, type Clock, createBackoff, type Logger, type Timer } from '@drydock/service-kit';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import type { Dispatcher } from './dispatch.ts';

export interface ManagerLinkDeps {
  url: string;
  name: string;
  /** Reads the host's key; asked at each dial, so that a key can be replaced. */
  readKey: () => Promise<string>;
  dispatcher: Dispatcher;
  /** All that the host has, taken at the moment of the call. */
  describe: () => Promise<() => AgentHello>;
  /** The manager's sessions on this host, after each hello; only of what that hello listed does the answer say anything. */
  onSessions: (sessionIds: readonly SessionId[], hello: AgentHello) => void;
  /** The link broke: the manager will attach its viewers anew. */
  onDisconnected: () => void;
  onViewerAck: (ack: z.infer<typeof viewerAckSchema>) => void;
  logger: Logger;
  clock: Clock;
}

/** Each `send` drops its message while there is no connection: the next hello stands for all of them. */
export interface ManagerLink {
  start(): void;
  stop(): void;
  isConnected(): boolean;
  /** Breaks the connection on purpose, so that a new hello tells of what no fact can. */
  renew(): void;
  sendFact(fact: AgentFact): void;
  sendOutput(output: ViewerOutput): void;
  sendScreen(screen: z.infer<typeof viewerScreenSchema>): void;
  sendSize(size: ViewerSize): void;
  sendExit(exit: AgentExit): void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** After a refusal that only an operator can mend (key, version). */
const REFUSED_RETRY_MS = 30_000;
/** The manager answers once its store is in order. */
const HELLO_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Builds the link; nothing is dialled before `start`. */
export function createManagerLink(deps: ManagerLinkDeps): ManagerLink {
  const { logger, clock } = deps;
  const backoff = createBackoff({ minMs: FIRST_RETRY_MS, maxMs: LONGEST_RETRY_MS });
  let seq = 0;
  let greeted = false;
  let stopped = true;
  let retry: Timer | undefined;
  let lastComplaint = '';

  const address = withoutEnd(deps.url, '/') + AGENT_NAMESPACE;
  const socket: Socket<ManagerToAgentEvents, AgentToManagerEvents> = io(address, {
    path: AGENT_SOCKET_PATH,
    transports: ['websocket'],
    autoConnect: false,
    // Its own retries do not cover refusals and rejected hellos; one place decides for all.
    reconnection: false,
    timeout: CONNECT_TIMEOUT_MS,
    auth: (give) => {
      deps.readKey().then(
        (key) => give({ name: deps.name, key, protocol: PROTOCOL_VERSION }),
        (err: unknown) => {
          logger.error({ err }, 'cannot read the agent key');
          socket.disconnect();
          retryLater(REFUSED_RETRY_MS);
        },
      );
    },
  });

  function retryLater(ms = backoff.next()): void {
    greeted = false;
    retry?.cancel();
    if (!stopped) retry = clock.after(ms, () => socket.connect());
  }

  /** One log line per cause, not per attempt. */
  function complain(cause: string, fields: Record<string, unknown>): void {
    if (cause === lastComplaint) return;
    lastComplaint = cause;
    logger.warn({ ...fields, manager: deps.url }, cause);
  }

  async function greet(): Promise<void> {
    const snapshot = await deps.describe();
    if (!socket.connected) return;
    seq = 0;
    const hello = snapshot();
    const answered = socket.timeout(HELLO_TIMEOUT_MS).emitWithAck('hello', hello);
    // Facts may follow at once: the connection keeps their order.
    greeted = true;
    const answer: unknown = await answered;
    const refusal = errorBodySchema.safeParse(answer);
    if (refusal.success) throw new Error(`${refusal.data.error.code}: ${refusal.data.error.message}`);
    const { sessions } = helloAnswerSchema.parse(answer);
    backoff.reset();
    lastComplaint = '';
    logger.info({ manager: deps.url, sessions: sessions.length }, 'connected to the manager');
    deps.onSessions(sessions, hello);
  }

  socket.io.on('open', () => batchFrames(socket.io.engine));
  socket.on('connect', () => {
    greet().catch((err: unknown) => {
      complain('the manager did not accept our hello', { err });
      // Leads to 'disconnect' below, and so to another attempt.
      socket.disconnect();
    });
  });
  socket.on('disconnect', (reason) => {
    if (!stopped) complain('lost the manager', { reason });
    retryLater();
    deps.onDisconnected();
  });
  socket.on('connect_error', (error) => {
    const refusal = errorBodySchema.shape.error.safeParse((error as Error & { data?: unknown }).data);
    if (refusal.success) {
      const { code, message, retry: when } = refusal.data;
      complain('the manager refuses this agent', { code, reason: message });
      retryLater(when === 'never' ? REFUSED_RETRY_MS : undefined);
    } else {
      complain('cannot reach the manager', { reason: error.message });
      retryLater();
    }
  });
  socket.on('command', (message, ack) => {
    void deps.dispatcher.handle(message).then((answer) => {
      if (typeof ack === 'function') ack(answer);
    });
  });
  socket.on('ack', (ack) => {
    const parsed = viewerAckSchema.safeParse(ack);
    if (parsed.success) deps.onViewerAck(parsed.data);
  });

  const ready = () => greeted && socket.connected;
  return {
    start() {
      stopped = false;
      socket.connect();
    },
    stop() {
      stopped = true;
      retry?.cancel();
      socket.disconnect();
    },
    isConnected: ready,
    renew: () => void (socket.connected && socket.disconnect()),
    sendFact(fact) {
      if (!ready()) return;
      seq += 1;
      socket.emit('fact', { seq, fact });
    },
    sendOutput: (output) => void (ready() && socket.emit('output', output)),
    sendScreen: (screen) => void (ready() && socket.emit('screen', screen)),
    sendSize: (size) => void (ready() && socket.emit('size', size)),
    sendExit: (exit) => void (ready() && socket.emit('exit', exit)),
  };
}
