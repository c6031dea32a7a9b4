/** Carries HTTP and WebSocket between browsers and ports of nodes; httpxy speaks the protocol, this file sets the terms. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DrydockError } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { createProxyServer } from 'httpxy';
import { rewritesHost } from '../../model/session-sharing.ts';
import type { AgentStreams } from '../agents/agent-streams.ts';
import { boundBody } from '../base/body-bounds.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';
import { createPortAgent, upstreamHost } from './agent.ts';
import { answerFrozen, refuseFrozen } from './frozen.ts';
import { prepareAnswer, prepareRequest } from './headers.ts';
import { createPortHealth } from './health.ts';
import type { PortTable, PortTarget } from './labels.ts';
import type { PortLimits } from './limits.ts';
import { portError, portFailure, refuseUpgrade } from './pages.ts';
import { createPortSchemes } from './schemes.ts';

/** A program that has sent no headers after this long (ms) does not answer. */
const ANSWER_TIMEOUT_MS = 120_000;
/** Requests that may be sent again when a kept connection turns out to be closed. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface PortVisit {
  target: PortTarget;
  stripAuthorization: boolean;
  /** The visitor holds nothing of the session: its port is open to everybody. */
  stranger: boolean;
  /** Set when the port is visited below a path of our own origin. */
  prefix?: string;
}

export interface PortProxy {
  request(request: IncomingMessage, response: ServerResponse, visit: PortVisit): void;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, visit: PortVisit): void;
  close(): void;
}

interface Passage extends PortVisit {
  upstream?: ClientRequest;
  repeated: boolean;
}

const targetOf = ({ target }: Passage) => ({ protocol: 'http:', host: upstreamHost(target), port: target.port });

/**
 * Takes an answer of the node into a form that Node.js can write, by every protocol, and says whether it is one. A program may write any
 * three digits and any reason; at others than these `writeHead` throws, inside an event, where nobody could catch it.
 * Final statuses are 200 to 599 (RFC 9110, 15); 1xx come as events of their own. A reason tells nothing (15.1, HTTP/2 has none).
 */
function isFinal(answer: IncomingMessage): boolean {
  answer.statusMessage = '';
  const { statusCode = 0 } = answer;
  return statusCode >= 200 && statusCode <= 599;
}

/** An answer that is none. */
const noAnswer = (what: string) => Object.assign(new Error(what), { code: 'EPROTO' });

/** Prepares a handshake's refusal, an answer like others, before the proxy writes it; false where it is none, and the client has ours. */
function mayRefuse(answer: IncomingMessage, client: Socket, terms: Parameters<typeof prepareAnswer>[1]): boolean {
  prepareAnswer(answer.headers, terms);
  if (isFinal(answer)) return true;
  refuseUpgrade(client, '502 Bad Gateway');
  answer.destroy();
  return false;
}

/** Bounds the wait for an answer, and ends a request whose answer would be another protocol: its visitor would wait for ever. */
function awaitAnswer(upstream: ClientRequest, response: ServerResponse): void {
  const timer = setTimeout(() => upstream.destroy(new DrydockError('PORT_TIMEOUT')), ANSWER_TIMEOUT_MS);
  const stop = () => clearTimeout(timer);
  upstream.once('response', stop);
  upstream.once('close', stop);
  response.once('close', stop);
  upstream.once('upgrade', (_answer, socket) => {
    socket.destroy();
    upstream.emit('error', noAnswer('an upgrade that nobody asked for'));
  });
}

/** Nothing was answered, nothing of the request is lost by sending it again, and it was sent once only. */
function mayRepeat(request: IncomingMessage, response: ServerResponse, passage: Passage): boolean {
  const isFree = !passage.repeated && !response.headersSent && !response.destroyed;
  return isFree && REPEATABLE.has(request.method ?? '');
}

export interface PortProxyDeps {
  streams: AgentStreams;
  table: PortTable;
  limits: PortLimits;
  origins: Origins;
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}

/** Builds the proxy. */
export function createPortProxy(deps: PortProxyDeps): PortProxy {
  const { limits, origins, metrics, clock, logger } = deps;
  const health = createPortHealth(clock);
  const schemes = createPortSchemes(deps);
  const kept = createPortAgent({ ...deps, schemes }, true);
  const single = createPortAgent({ ...deps, schemes }, false);
  const proxy = createProxyServer({});
  const passages = new WeakMap<IncomingMessage, Passage>();

  proxy.on('proxyReq', (upstream, request, response) => {
    const passage = passages.get(request);
    if (passage === undefined) return;
    passage.upstream = upstream;
    limits.slow(passage.target.sessionId, upstream);
    awaitAnswer(upstream, response);
  });
  proxy.on('proxyRes', (answer, request, response) => {
    const passage = passages.get(request);
    if (!isFinal(answer)) {
      // The proxy passes on nothing of an answer once there is ours.
      if (passage !== undefined) fail(noAnswer('a status that is none'), request, response, passage);
      return void answer.destroy();
    }
    // An event stream may be silent after its headers; without this they would wait for the first event.
    setImmediate(() => {
      if (!response.headersSent && !response.destroyed) response.flushHeaders();
    });
    if (passage !== undefined) health.answered(passage.target);
    prepareAnswer(answer.headers, { prefix: passage?.prefix, publicOrigin: origins.publicOrigin });
    // What the client wants of its own connection; the proxy would say keep-alive for want of the header that ended here.
    if (!response.shouldKeepAlive) answer.headers.connection = 'close';
    // nginx and Go answer plain HTTP on a TLS port by 400; the next request then finds the right way.
    if (answer.statusCode === 400 && passage !== undefined) {
      schemes.discover(passage.target, () => dial(passage.target)).catch(() => undefined);
    }
    metrics.portRequests.inc({ outcome: 'answered' });
  });
  proxy.on('proxyReqWs', (upstream, request, client) => {
    const passage = passages.get(request);
    const terms = { prefix: passage?.prefix, publicOrigin: origins.publicOrigin };
    upstream.once('response', (answer) => {
      if (!mayRefuse(answer, client, terms)) metrics.portRequests.inc({ outcome: 'PORT_REFUSED' });
    });
    upstream.once('upgrade', (answer, socket) => {
      if (passage !== undefined) limits.slow(passage.target.sessionId, socket);
      prepareAnswer(answer.headers, terms);
      answer.headers.connection = 'Upgrade'; // An upgrade's answer keeps it.
    });
  });
  proxy.on('error', (thrown, request, response) => {
    const passage = request === undefined ? undefined : passages.get(request);
    if (request === undefined || response === undefined || passage === undefined) return;
    const error = portError(thrown);
    if (!('writeHead' in response)) {
      metrics.portRequests.inc({ outcome: error.code });
      if (response.writable) refuseUpgrade(response, `${error.status} Bad Gateway`);
      return;
    }
    if (mayRepeat(request, response, passage)) {
      passage.repeated = true;
      void repeat(thrown, request, response, passage, error);
      return;
    }
    fail(thrown, request, response, passage, error);
  });

  function fail(
    thrown: Error,
    request: IncomingMessage,
    response: ServerResponse,
    passage: Passage,
    error = portError(thrown),
  ): void {
    metrics.portRequests.inc({ outcome: error.code });
    const { sessionId, node, port } = passage.target;
    logger.debug({ sessionId, node, port, code: error.code, err: thrown }, 'port did not answer');
    portFailure(request, response, error, passage.target, health.failed(passage.target));
  }

  /** Another try where it can help: on a new connection after a kept one was closed, over TLS after an answer that was no HTTP. */
  async function repeat(
    thrown: Error,
    request: IncomingMessage,
    response: ServerResponse,
    passage: Passage,
    error: DrydockError,
  ): Promise<void> {
    const again = passage.upstream?.reusedSocket === true || (await turnsOutTls(thrown, passage.target));
    if (response.destroyed) return;
    if (!again) return fail(thrown, request, response, passage, error);
    await proxy.web(request, response, { target: targetOf(passage), agent: single }).catch(() => response.destroy());
  }

  async function turnsOutTls(thrown: Error, target: PortTarget): Promise<boolean> {
    const { code = '' } = thrown as NodeJS.ErrnoException;
    if (code !== 'ECONNRESET' && !code.startsWith('HPE_')) return false;
    return schemes.discover(target, () => dial(target)).catch(() => false);
  }

  const dial = ({ host, sessionId, node, port }: PortTarget) =>
    deps.streams.open(host, sessionId, node, { kind: 'tcp', port });

  function begin(request: IncomingMessage, visit: PortVisit, upgrade: boolean): Passage {
    const passage: Passage = { ...visit, repeated: false };
    passages.set(request, passage);
    const { stripAuthorization, prefix, target } = visit;
    const host = rewritesHost(target.session, target.node, target.port) ? `localhost:${target.port}` : undefined;
    const common = { origins, stripAuthorization, upgrade, sameOrigin: prefix !== undefined, host };
    prepareRequest(request, prefix === undefined ? common : { ...common, prefix });
    return passage;
  }

  return {
    request(request, response, visit) {
      if (answerFrozen(request, response, visit)) return;
      const release = limits.acquire(visit.target.sessionId);
      if (release === undefined) {
        const now = { since: clock.now(), lastAnswered: undefined };
        return portFailure(request, response, new DrydockError('RATE_LIMITED'), visit.target, now);
      }
      response.once('close', release);
      limits.slow(visit.target.sessionId, response);
      boundBody(request, true);
      const passage = begin(request, visit, false);
      proxy.web(request, response, { target: targetOf(passage), agent: kept }).catch(() => response.destroy());
    },
    upgrade(request, socket, head, visit) {
      if (refuseFrozen(socket, visit)) return;
      const release = limits.acquire(visit.target.sessionId);
      if (release === undefined) return refuseUpgrade(socket, '429 Too Many Requests');
      socket.once('close', release);
      limits.slow(visit.target.sessionId, socket);
      const passage = begin(request, visit, true);
      const options = { target: targetOf(passage), agent: single, upgradeTimeout: ANSWER_TIMEOUT_MS };
      proxy.ws(request, socket, options, head).catch(() => socket.destroy());
    },
    close() {
      kept.destroy();
      single.destroy();
    },
  };
}
