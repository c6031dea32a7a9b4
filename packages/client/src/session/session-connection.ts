/** The connection to a session: snapshot and changes, calls, and coming back after a break (docs/PROTOCOL.md, C). */
import {
  type EndReason,
  type ErrorBody,
  type ErrorCode,
  endReasonSchema,
  type RetentionView,
  retentionViewSchema,
  SESSION_NAMESPACE,
  type SessionCall,
  type SessionCallAnswer,
  type SessionCallRequest,
  type SessionChangeEvent,
  type SessionId,
  type SessionSnapshot,
  sessionCalls,
  sessionChangeEventSchema,
  sessionEndedSchema,
  sessionSnapshotSchema,
} from '@drydock/protocol';
import { reconnectDelay } from '../backoff.ts';
import { ApiError, errorBodyOf, errorOf, refusalOf } from '../http/errors.ts';
import { type ClientTexts, ENGLISH } from '../http/texts.ts';
import type { ConnectSession, SessionSocket } from './socket.ts';

/** A call that got no answer in this time (ms) has failed; the server's own longest wait for an agent is shorter. */
const CALL_TIMEOUT_MS = 20_000;
/** Between two measurements of the way there and back (ms). */
const PING_EVERY_MS = 4000;
/** A ping without an answer for this long (ms) means a dead connection, long before TCP would say so. */
const PING_DEAD_MS = 10_000;
/** The longest wait (ms) that a server's refusal may ask for: beyond, a page would look dead. */
const LONGEST_TOLD_MS = 60_000;

/** Codes after which another attempt with the same link cannot succeed. */
const FINAL_CODES: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'SESSION_NOT_FOUND', 'SESSION_ENDED']);

export type Connection =
  | { kind: 'connecting' }
  | { kind: 'online'; since: number }
  /** `since` and `retryAt` in this machine's clock (ms). `refusal`: why the server lets nobody in now, where it said so. */
  | { kind: 'offline'; since: number; retryAt: number; refusal?: { code: ErrorCode; message: string } }
  | { kind: 'refused'; code: ErrorCode | 'UNREADABLE'; message: string }
  /** `text`: the operator's own words. */
  | { kind: 'ended'; reason: EndReason | 'revoked'; text?: string; retention?: RetentionView };

/** Who hears of the session. */
export interface SessionSink {
  connection(connection: Connection): void;
  /** The whole state, at each new connection. */
  snapshot(snapshot: SessionSnapshot): void;
  /** The next change, without a gap: where one was missed, a new connection brings a new snapshot (C2). */
  change(event: SessionChangeEvent): void;
  /** The way there and back (ms). */
  latency?(ms: number): void;
}

export interface SessionConnectionDeps {
  sink: SessionSink;
  /** Where the server is, with the path below which it lies. */
  server: string;
  sessionId: SessionId;
  /** The link's token; without one the browser's cookie speaks. */
  token: string | null;
  connect: ConnectSession;
  texts?: ClientTexts;
}

export interface SessionConnection {
  readonly socket: SessionSocket;
  start(): void;
  /** Skips the wait: the network came back, or somebody looks again. */
  wake(): void;
  /**
   * Asks the server and waits for its answer.
   * @throws ApiError with the server's code, or `NETWORK` when no answer came.
   */
  call<C extends SessionCall>(name: C, request: SessionCallRequest<C>): Promise<SessionCallAnswer<C>>;
  /** Leaves for good; the session lives on. */
  dispose(): void;
}

function refusalIn(error: Error): ErrorBody | null {
  const { data } = error as Error & { data?: unknown };
  return errorBodyOf(data) ?? refusalOf(data);
}

/** How long (ms) a refusal asks to wait; 0 when it does not say. */
function toldWait(refusal: ErrorBody | null): number {
  const told = refusal?.details?.retryAfterMs;
  return typeof told === 'number' && told > 0 ? told : 0;
}

/** Builds it; `start` connects, and it stays connected until `dispose`, or until the session ends or refuses the link. */
export function createSessionConnection(deps: SessionConnectionDeps): SessionConnection {
  const { sink, sessionId, token, texts = ENGLISH } = deps;
  const { origin, pathname } = new URL(deps.server);
  const socket = deps.connect(`${origin}${SESSION_NAMESPACE}`, {
    path: `${pathname.replace(/\/$/, '')}/socket.io`,
    auth: { sessionId, ...(token === null ? {} : { token }) },
    // Polling cannot keep a terminal's pace, and an upgrade half-way would reorder nothing but delay everything.
    transports: ['websocket'],
    reconnection: false,
    autoConnect: false,
    forceNew: true,
  });
  let attempt = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let pingTimer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  let offlineSince: number | undefined;
  /** Of the last change that was passed on, or of the snapshot. */
  let seq = 0;

  function connectNow(): void {
    if (over || socket.connected) return;
    clearTimeout(retryTimer);
    retryTimer = undefined;
    socket.connect();
  }

  function scheduleRetry(refusal: ErrorBody | null = null): void {
    if (over || retryTimer !== undefined) return;
    const now = Date.now();
    const delay = Math.max(reconnectDelay(attempt), Math.min(toldWait(refusal), LONGEST_TOLD_MS));
    attempt += 1;
    offlineSince ??= now;
    sink.connection({
      kind: 'offline',
      since: offlineSince,
      retryAt: now + delay,
      ...(refusal === null ? {} : { refusal: { code: refusal.code, message: refusal.message } }),
    });
    retryTimer = setTimeout(connectNow, delay);
  }

  function finish(): void {
    over = true;
    clearTimeout(retryTimer);
    clearTimeout(pingTimer);
    socket.disconnect();
  }

  function measure(): void {
    const started = performance.now();
    const dead = setTimeout(() => socket.io.engine?.close(), PING_DEAD_MS);
    socket.emit('session:ping', {}, () => {
      clearTimeout(dead);
      sink.latency?.(performance.now() - started);
    });
    pingTimer = setTimeout(measure, PING_EVERY_MS);
    socket.once('disconnect', () => clearTimeout(dead));
  }

  socket.on('session:snapshot', (raw) => {
    const { data: snapshot } = sessionSnapshotSchema.safeParse(raw);
    if (snapshot === undefined) {
      finish();
      sink.connection({ kind: 'refused', code: 'UNREADABLE', message: texts.unreadable });
      return;
    }
    attempt = 0;
    offlineSince = undefined;
    seq = snapshot.seq;
    sink.snapshot(snapshot);
    sink.connection({ kind: 'online', since: Date.now() });
    clearTimeout(pingTimer);
    measure();
  });
  socket.on('session:change', (raw) => {
    // A change that was missed or cannot be read cannot be asked for again: a new connection brings a new snapshot.
    const { data: event } = sessionChangeEventSchema.safeParse(raw);
    if (event === undefined || event.seq > seq + 1) socket.io.engine?.close();
    else if (event.seq > seq) {
      seq = event.seq;
      sink.change(event);
    }
  });
  socket.on('session:ended', (raw) => {
    finish();
    const { reason, text, retention } = sessionEndedSchema.parse(raw);
    sink.connection({
      kind: 'ended',
      reason,
      ...(text === undefined ? {} : { text }),
      ...(retention === undefined ? {} : { retention }),
    });
  });
  socket.on('disconnect', () => {
    clearTimeout(pingTimer);
    scheduleRetry();
  });
  socket.on('connect_error', (error) => {
    const refusal = refusalIn(error);
    if (refusal !== null && FINAL_CODES.has(refusal.code)) {
      finish();
      const ended = endReasonSchema.safeParse(refusal.details?.ended);
      const retention = retentionViewSchema.safeParse(refusal.details);
      if (ended.success && retention.success) {
        sink.connection({ kind: 'ended', reason: ended.data, retention: retention.data });
        return;
      }
      const { endText: text } = refusal.details ?? {};
      if (ended.data === 'operator' && typeof text === 'string') {
        sink.connection({ kind: 'ended', reason: 'operator', text });
        return;
      }
      sink.connection({ kind: 'refused', code: refusal.code, message: refusal.message });
      return;
    }
    scheduleRetry(refusal);
  });

  return {
    socket,
    start: () => void socket.connect(),
    wake() {
      if (retryTimer === undefined) return;
      attempt = 0;
      connectNow();
    },
    async call<C extends SessionCall>(name: C, request: SessionCallRequest<C>): Promise<SessionCallAnswer<C>> {
      if (!socket.connected) throw new ApiError('NETWORK', texts.noConnection);
      let answer: unknown;
      try {
        answer = await socket.timeout(CALL_TIMEOUT_MS).emitWithAck(name, request);
      } catch {
        throw new ApiError('NETWORK', texts.noAnswer);
      }
      const error = errorBodyOf(answer);
      if (error !== null) throw errorOf(error);
      const read = sessionCalls[name].answer.safeParse(answer);
      if (!read.success) throw new ApiError('UNREADABLE', texts.unreadable);
      return read.data as SessionCallAnswer<C>;
    },
    dispose: finish,
  };
}
