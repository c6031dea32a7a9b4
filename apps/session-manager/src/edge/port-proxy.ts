/** Carries HTTP and WebSocket between browsers and ports of nodes; httpxy speaks the protocol, this file sets the terms. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { createProxyServer } from 'httpxy';
import type { AgentStreams } from './agent-streams.ts';
import { boundBody } from './body-bounds.ts';
import type { Metrics } from './metrics.ts';
import type { Origins } from './origins.ts';
import { createPortAgent, upstreamHost } from './port-agent.ts';
import { prepareAnswer, prepareRequest } from './port-headers.ts';
import type { PortTable, PortTarget } from './port-labels.ts';
import { portError, portFailure, refuseUpgrade } from './port-pages.ts';

/** A program that has sent no headers after this long (ms) does not answer. */
const ANSWER_TIMEOUT_MS = 120_000;
/** Requests and sockets of one session at a time, over all its ports. */
const MAX_CONNECTIONS_PER_SESSION = 1024;
/** Requests that may be sent again when a kept connection turns out to be closed. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface PortVisit {
  target: PortTarget;
  stripAuthorization: boolean;
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

/** Builds the proxy. */
export function createPortProxy(deps: {
  streams: AgentStreams;
  table: PortTable;
  origins: Origins;
  metrics: Metrics;
  logger: Logger;
}): PortProxy {
  const { origins, metrics, logger } = deps;
  const kept = createPortAgent(deps, true);
  const single = createPortAgent(deps, false);
  const proxy = createProxyServer({});
  const passages = new WeakMap<IncomingMessage, Passage>();
  const connections = new Map<string, number>();

  /** Counts one connection of a session until `release`; undefined when there are too many. */
  function acquire(sessionId: string): (() => void) | undefined {
    const count = connections.get(sessionId) ?? 0;
    if (count >= MAX_CONNECTIONS_PER_SESSION) return undefined;
    connections.set(sessionId, count + 1);
    return () => {
      const now = (connections.get(sessionId) ?? 1) - 1;
      if (now === 0) connections.delete(sessionId);
      else connections.set(sessionId, now);
    };
  }

  const targetOf = ({ target }: Passage) => ({ protocol: 'http:', host: upstreamHost(target), port: target.port });

  proxy.on('proxyReq', (upstream, request, response) => {
    const passage = passages.get(request);
    if (passage === undefined) return;
    passage.upstream = upstream;
    const timer = setTimeout(() => upstream.destroy(new DrydockError('PORT_TIMEOUT')), ANSWER_TIMEOUT_MS);
    const stop = () => clearTimeout(timer);
    upstream.once('response', stop);
    upstream.once('close', stop);
    response.once('close', stop);
  });
  proxy.on('proxyRes', (answer, request, response) => {
    // An event stream may be silent after its headers; without this they would wait for the first event.
    setImmediate(() => {
      if (!response.headersSent && !response.destroyed) response.flushHeaders();
    });
    prepareAnswer(answer.headers, passages.get(request)?.prefix);
    metrics.portRequests.inc({ outcome: 'answered' });
  });
  proxy.on('proxyReqWs', (upstream, request) => {
    upstream.once('upgrade', (answer) => prepareUpgradeAnswer(answer, passages.get(request)?.prefix));
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
    if (mayRepeat(thrown, request, response, passage)) {
      passage.repeated = true;
      proxy.web(request, response, { target: targetOf(passage), agent: single }).catch(() => response.destroy());
      return;
    }
    metrics.portRequests.inc({ outcome: error.code });
    const { sessionId, node, port } = passage.target;
    logger.debug({ sessionId, node, port, code: error.code, err: thrown }, 'port did not answer');
    portFailure(request, response, error, passage.target);
  });

  /** The program closed a kept connection in the moment in which we used it: nothing was lost but that connection. */
  function mayRepeat(thrown: Error, request: IncomingMessage, response: ServerResponse, passage: Passage): boolean {
    const { code } = thrown as NodeJS.ErrnoException;
    return (
      (code === 'ECONNRESET' || code === 'EPIPE') &&
      passage.upstream?.reusedSocket === true &&
      !passage.repeated &&
      REPEATABLE.has(request.method ?? '') &&
      !response.headersSent &&
      !response.destroyed
    );
  }

  function begin(request: IncomingMessage, visit: PortVisit, upgrade: boolean): Passage {
    const passage: Passage = { ...visit, repeated: false };
    passages.set(request, passage);
    const { stripAuthorization, prefix } = visit;
    const common = { origins, stripAuthorization, upgrade, sameOrigin: prefix !== undefined };
    prepareRequest(request, prefix === undefined ? common : { ...common, prefix });
    return passage;
  }

  return {
    request(request, response, visit) {
      const release = acquire(visit.target.sessionId);
      if (release === undefined) return portFailure(request, response, new DrydockError('RATE_LIMITED'), visit.target);
      response.once('close', release);
      boundBody(request, true);
      const passage = begin(request, visit, false);
      proxy.web(request, response, { target: targetOf(passage), agent: kept }).catch(() => response.destroy());
    },
    upgrade(request, socket, head, visit) {
      const release = acquire(visit.target.sessionId);
      if (release === undefined) return refuseUpgrade(socket, '429 Too Many Requests');
      socket.once('close', release);
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

/** An upgrade's answer keeps its Connection header; everything else is treated as any answer. */
function prepareUpgradeAnswer(answer: IncomingMessage, prefix: string | undefined): void {
  prepareAnswer(answer.headers, prefix);
  answer.headers.connection = 'Upgrade';
}
