/** What a connected page may do, over whichever socket: its calls with the right checked each time, within the bounds of one socket (C3, C4). */
import {
  allows,
  DrydockError,
  type Right,
  type SessionCall,
  type SessionCallRequest,
  type SessionId,
  sessionCalls,
  terminalAckSchema,
} from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { Labs } from '../../labs/labs.ts';
import type { PersonHandle } from '../../live/people.ts';
import { requireNode, requireThawed } from '../../model/session.ts';
import type { RelayClient } from '../../relay/terminal-relay-types.ts';
import { createRateLimit, type RateLimit } from '../../scheduling/rate-limit.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { SessionService } from '../../sessions/session-service.ts';
import { httpError } from '../base/error-mapping.ts';
import type { Metrics } from '../base/metrics.ts';
import type { EchoTimer } from './echo-timer.ts';
import { sessionCallTable } from './session-calls.ts';

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

/** The buckets of all sockets of a gateway. */
export interface SocketRates {
  messages: RateLimit;
  acks: RateLimit;
}

export function createSocketRates(clock: Clock): SocketRates {
  return {
    messages: createRateLimit({ clock, burst: MESSAGE_BURST, perSecond: MESSAGES_PER_SECOND }),
    acks: createRateLimit({ clock, burst: ACK_BURST, perSecond: ACKS_PER_SECOND }),
  };
}

export interface SessionCallerDeps {
  sessions: { service: Pick<SessionService, 'rightOf' | 'touch'>; directory: Pick<SessionDirectory, 'get'> };
  metrics: Metrics;
  rates: SocketRates;
  logger: Logger;
  page: {
    /** The socket's own id, for its buckets. */
    socketId: string;
    sessionId: SessionId;
    linkId: string;
    relay: RelayClient;
    /** The page's entry among the people of its session; a socket that carries terminals alone has none. */
    person?: PersonHandle;
    /** What it may ask of the session's lab. */
    labs?: Labs;
    echo: EchoTimer;
  };
  /** The socket is to be closed; `why` is for the log. */
  onHostile(why: string): void;
}

export interface SessionCaller {
  /** Whether one more message is within the rate; if not, the socket is being closed. */
  admits(kind: 'message' | 'ack'): boolean;
  /** Runs a call; its answer, or `{error}`. Never rejects. */
  call(name: SessionCall, message: unknown): Promise<unknown>;
  ack(message: unknown): void;
  /** Counts a message of no known form. */
  malformed(event: string): void;
}

/** Builds the caller of one socket. */
export function createSessionCaller(deps: SessionCallerDeps): SessionCaller {
  const { metrics, rates, logger, onHostile } = deps;
  const { service, directory } = deps.sessions;
  const { socketId, sessionId, linkId, relay, echo } = deps.page;
  let pending = 0;
  let malformedCount = 0;

  function malformed(event: string): void {
    malformedCount += 1;
    if (malformedCount > MAX_MALFORMED) onHostile(`malformed messages: ${event}`);
  }

  /** @throws DrydockError when the link no longer gives the right. */
  function demand(needed: Right): void {
    const held = service.rightOf(sessionId, linkId);
    if (held === undefined) throw new DrydockError('SESSION_ENDED');
    if (!allows(held, needed)) throw new DrydockError('FORBIDDEN');
  }

  function hostOf(name: string): string {
    const session = directory.get(sessionId);
    if (session === undefined) throw new DrydockError('SESSION_ENDED');
    const node = requireNode(session, name);
    requireThawed(session);
    if (node.state !== 'running') throw new DrydockError('NODE_NOT_READY');
    return node.host;
  }

  async function run(name: SessionCall, message: unknown): Promise<unknown> {
    const { right: needed, run: handle } = sessionCallTable[name];
    demand(needed);
    if (needed !== 'viewer' && name !== 'terminal:resize') service.touch(sessionId);
    const parsed = sessionCalls[name].request.safeParse(message);
    if (!parsed.success) {
      malformed(name);
      throw parsed.error;
    }
    if (name === 'terminal:input') echo.typed((parsed.data as SessionCallRequest<'terminal:input'>).terminalId);
    const began = performance.now();
    const { person, labs } = deps.page;
    const context = {
      relay,
      hostOf,
      ...(person === undefined ? {} : { person }),
      ...(labs === undefined ? {} : { lab: { labs, sessionId } }),
    };
    const result = await handle(context, parsed.data as never);
    if (name === 'terminal:attach') metrics.attachSeconds.observe((performance.now() - began) / 1000);
    return result;
  }

  return {
    admits(kind) {
      if ((kind === 'ack' ? rates.acks : rates.messages).take(socketId) === 0) return true;
      onHostile('a flood');
      return false;
    },
    async call(name, message) {
      pending += 1;
      try {
        if (pending > MAX_PENDING_CALLS) throw new DrydockError('RATE_LIMITED');
        return await run(name, message);
      } catch (thrown) {
        const error = httpError(thrown);
        metrics.countError(error, { where: name, sessionId });
        if (error.code === 'INTERNAL') logger.error({ err: error.cause, call: name }, 'call failed');
        return { error: error.toBody() };
      } finally {
        pending -= 1;
      }
    },
    ack(message) {
      const parsed = terminalAckSchema.safeParse(message);
      if (parsed.success) relay.ack(parsed.data);
      else malformed('terminal:ack');
    },
    malformed,
  };
}
