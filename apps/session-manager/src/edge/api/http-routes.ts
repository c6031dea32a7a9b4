/** The API's server: every route, one error mapping, bounds and ids; built here, listened to elsewhere. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DrydockError, MAX_JSON_BODY_BYTES } from '@drydock/protocol';
import { type Logger, logContext } from '@drydock/service-kit';
import Fastify, { type FastifyInstance } from 'fastify';
import { newId } from '../../model/links.ts';
import type { Orders } from '../../operator/orders.ts';
import type { RateLimit } from '../../scheduling/rate-limit.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { SessionService } from '../../sessions/session-service.ts';
import { createErrorMapping } from '../base/error-mapping.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';
import type { Tokens } from '../base/tokens.ts';
import { type ApiRegistry, createApiRegistry } from './api-route.ts';

export interface HttpRoutesDeps {
  metrics: Metrics;
  /** Calls per address. */
  calls: RateLimit;
  origins: Origins;
  orders: Pick<Orders, 'admit'>;
  tokens: Tokens;
  sessions: { directory: Pick<SessionDirectory, 'synced'>; service: Pick<SessionService, 'touch'> };
  logger: Logger;
}

/** Declares calls. */
export type RouteDeclarations = (api: ApiRegistry, app: FastifyInstance) => void;

export interface HttpRoutes {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** Builds the server and waits until it can answer. */
export async function createHttpRoutes(deps: HttpRoutesDeps, declare: RouteDeclarations): Promise<HttpRoutes> {
  const { metrics, calls, origins, orders, tokens, logger } = deps;
  const { directory, service } = deps.sessions;
  const mapError = createErrorMapping({ logger, metrics });
  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: MAX_JSON_BODY_BYTES,
    genReqId: () => newId('r', 12),
    // A path that cannot be read, or a part of it that is too long for any name, is where nothing is.
    frameworkErrors: (_error, request, reply) => mapError(new DrydockError('NOT_FOUND'), request, reply),
    routerOptions: { maxParamLength: 256 },
  });
  acceptJsonOnly(app);
  app.setErrorHandler(mapError);
  app.setNotFoundHandler((request) => {
    throw new DrydockError('NOT_FOUND', undefined, { method: request.method });
  });
  // Whatever is logged on behalf of a request carries its id.
  app.addHook('onRequest', (request, _reply, done) => logContext.run({ requestId: request.id }, done));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cross-origin-resource-policy', 'same-origin');
    const address = origins.clientAddress(request.raw);
    if (request.url.startsWith('/api/')) orders.admit({ address });
    const waitMs = calls.take(address);
    if (waitMs > 0) throw new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: waitMs });
  });
  app.addHook('onResponse', async (request, reply) => {
    const labels = { route: `${request.method} ${request.routeOptions.url ?? '?'}`, status: String(reply.statusCode) };
    metrics.requestSeconds.observe(labels, reply.elapsedTime / 1000);
    const { id: sessionId, node } = (request.params ?? {}) as { id?: string; node?: string };
    logger.debug({ ...labels, sessionId, node, requestId: request.id, ms: reply.elapsedTime }, 'request');
  });

  const { uploads } = await createUploads(app);
  declare(createApiRegistry(app, uploads, tokens, service.touch), app);
  app.get('/healthz', async () => ({ ok: true }));
  app.get('/readyz', async () => {
    if (!directory.synced()) throw new DrydockError('STORE_UNAVAILABLE');
    return { ok: true };
  });
  await app.ready();
  return {
    handle: (request, response) => app.routing(request, response),
    close: () => app.close(),
  };
}

/** Bodies are JSON; an empty one is none. Other types are refused, since a foreign page's form could send them without asking. */
function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, String(body), done);
  });
}

/** A part of the server whose bodies are streams, of any type and size: their bounds are the node's own. */
async function createUploads(app: FastifyInstance): Promise<{ uploads: FastifyInstance }> {
  let uploads = app;
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    uploads = scope;
    done();
  });
  // In an object, since an instance is a thenable that resolves to its parent.
  return { uploads };
}
