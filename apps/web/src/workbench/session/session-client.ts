/** The page's connection to its session: socket, snapshot and changes, calls, and coming back after a break. */
import {
  type ErrorBody,
  endReasonSchema,
  graceViewSchema,
  SESSION_NAMESPACE,
  type SessionCall,
  type SessionCallAnswer,
  type SessionCallRequest,
  type SessionClientEvents,
  type SessionServerEvents,
  sessionChangeEventSchema,
  sessionSnapshotSchema,
} from '@drydock/protocol';
import { io, type Socket } from 'socket.io-client';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { ApiError } from '../base/api.ts';
import { reconnectDelay } from '../base/backoff.ts';
import type { WorkbenchStore } from './workbench-store.ts';

/** A call that got no answer in this time (ms) has failed; the server's own longest wait for an agent is shorter. */
const CALL_TIMEOUT_MS = 20_000;
/** Between two measurements of the way there and back (ms). */
const PING_EVERY_MS = 4000;
/** A ping without an answer for this long (ms) means a dead connection, long before TCP would say so. */
const PING_DEAD_MS = 10_000;

/** Codes after which another attempt with the same link cannot succeed. */
const FINAL_CODES: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'SESSION_NOT_FOUND', 'SESSION_ENDED']);

export type SessionSocket = Socket<SessionServerEvents, SessionClientEvents>;

export interface SessionClientDeps {
  store: WorkbenchStore;
  /** Where the socket is: the page's own origin. */
  origin: string;
  sessionId: string;
  /** The link's token of this tab; without one the cookie speaks. */
  token: string | null;
  /** Extra headers for tests outside browsers. */
  headers?: Record<string, string>;
}

export type SessionClient = ReturnType<typeof createSessionClient>;

function refusalOf(error: Error): ErrorBody | null {
  const data = (error as Error & { data?: unknown }).data;
  if (typeof data !== 'object' || data === null) return null;
  const body = 'error' in data ? data.error : data;
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body ? (body as ErrorBody) : null;
}

/** Connects at once and stays connected until `dispose`, or until the session ends or refuses the link. */
export function createSessionClient({ store, origin, sessionId, token, headers }: SessionClientDeps) {
  const socket: SessionSocket = io(`${origin}${SESSION_NAMESPACE}`, {
    path: `${basePath}/socket.io`,
    auth: { sessionId, ...(token === null ? {} : { token }) },
    // Polling cannot keep a terminal's pace, and an upgrade half-way would reorder nothing but delay everything.
    transports: ['websocket'],
    reconnection: false,
    autoConnect: false,
    forceNew: true,
    ...(headers === undefined ? {} : { extraHeaders: headers }),
  });
  let attempt = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let pingTimer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  function connectNow(): void {
    if (over || socket.connected) return;
    clearTimeout(retryTimer);
    retryTimer = undefined;
    socket.connect();
  }

  function scheduleRetry(): void {
    if (over || retryTimer !== undefined) return;
    const now = Date.now();
    const delay = reconnectDelay(attempt);
    attempt += 1;
    const { connection } = store.getState();
    const since = connection.kind === 'offline' ? connection.since : now;
    store.connection({ kind: 'offline', since, retryAt: now + delay });
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
      store.latency(performance.now() - started);
    });
    pingTimer = setTimeout(measure, PING_EVERY_MS);
    socket.once('disconnect', () => clearTimeout(dead));
  }

  socket.on('session:snapshot', (raw) => {
    const { data: snapshot } = sessionSnapshotSchema.safeParse(raw);
    if (snapshot === undefined) {
      finish();
      store.connection({ kind: 'refused', code: 'UNREADABLE', message: strings.errors.unreadable });
      return;
    }
    attempt = 0;
    store.snapshot(snapshot);
    store.connection({ kind: 'online', since: Date.now() });
    clearTimeout(pingTimer);
    measure();
  });
  socket.on('session:change', (raw) => {
    // A change that was missed or cannot be read cannot be asked for again: a new connection brings a new snapshot.
    const { data: event } = sessionChangeEventSchema.safeParse(raw);
    if (event === undefined || store.change(event) === 'gap') socket.io.engine?.close();
  });
  socket.on('session:ended', ({ reason, text, grace }) => {
    finish();
    const known = endReasonSchema.safeParse(reason).data ?? (reason === 'revoked' ? reason : 'closed');
    store.connection({
      kind: 'ended',
      reason: known,
      ...(text === undefined ? {} : { text }),
      ...(grace === undefined ? {} : { grace }),
    });
  });
  socket.on('disconnect', () => {
    clearTimeout(pingTimer);
    scheduleRetry();
  });
  socket.on('connect_error', (error) => {
    const refusal = refusalOf(error);
    if (refusal !== null && FINAL_CODES.has(refusal.code)) {
      finish();
      const ended = endReasonSchema.safeParse(refusal.details?.ended);
      const grace = graceViewSchema.safeParse(refusal.details);
      if (ended.success && grace.success) {
        store.connection({ kind: 'ended', reason: ended.data, grace: grace.data });
        return;
      }
      const { endText: text } = refusal.details ?? {};
      if (ended.data === 'operator' && typeof text === 'string') {
        store.connection({ kind: 'ended', reason: 'operator', text });
        return;
      }
      store.connection({ kind: 'refused', code: refusal.code, message: refusal.message });
      return;
    }
    scheduleRetry();
  });

  return {
    socket,
    start: () => void socket.connect(),
    /** Skips the wait: the network came back, or somebody looks at the page again. */
    wake(): void {
      if (retryTimer === undefined) return;
      attempt = 0;
      connectNow();
    },
    /**
     * Asks the server and waits for its answer.
     * @throws ApiError with the server's code, or `NETWORK` when no answer came.
     */
    async call<C extends SessionCall>(name: C, request: SessionCallRequest<C>): Promise<SessionCallAnswer<C>> {
      if (!socket.connected) throw new ApiError('NETWORK', 'There is no connection at the moment.');
      let answer: unknown;
      try {
        // The event map ties C to its request; socket.io's own types cannot follow a generic key.
        const timed = socket.timeout(CALL_TIMEOUT_MS) as unknown as {
          emitWithAck(name: string, request: unknown): Promise<unknown>;
        };
        answer = await timed.emitWithAck(name, request);
      } catch {
        throw new ApiError('NETWORK', 'The server did not answer. Your processes keep running; try again.');
      }
      const error = (answer as { error?: ErrorBody } | null)?.error;
      if (error !== undefined) throw new ApiError(error.code, error.message, error.details);
      return answer as SessionCallAnswer<C>;
    },
    dispose: finish,
  };
}
