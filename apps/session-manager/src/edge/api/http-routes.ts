/** The API's server: every route, one error mapping, bounds and ids; built here, listened to elsewhere. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DrydockError, MAX_JSON_BODY_BYTES } from '@drydock/protocol';
import { logContext } from '@drydock/service-kit';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Timeline } from '../../live/timeline.ts';
import { newId } from '../../model/links.ts';
import type { HostBook } from '../../scheduling/host-book.ts';
import type { RateLimit } from '../../scheduling/rate-limit.ts';
import type { WorkGate } from '../../scheduling/work-gate.ts';
import type { SwarmReader } from '../../swarm/swarm-reader.ts';
import type { TemplateRunner } from '../../templates/template-runner.ts';
import type { AgentStreams } from '../agents/agent-streams.ts';
import { createErrorMapping } from '../base/error-mapping.ts';
import type { Metrics } from '../base/metrics.ts';
import type { PortGateway } from '../ports/gateway.ts';
import { createApiRegistry } from './api-route.ts';
import { fileRoutes } from './routes/file-routes.ts';
import { hostRoutes } from './routes/host-routes.ts';
import { type LabRoutesDeps, labRoutes } from './routes/lab-routes.ts';
import { nodeRoutes } from './routes/node-routes.ts';
import { type OperatorRoutesDeps, operatorRoutes } from './routes/operator-routes.ts';
import { portRoutes } from './routes/port-routes.ts';
import { publicRoutes } from './routes/public-routes.ts';
import type { RouteDeps } from './routes/route-deps.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { signInRoutes } from './routes/sign-in-routes.ts';
import type { SignIn } from './sign-in.ts';

export interface HttpRoutesDeps extends RouteDeps, OperatorRoutesDeps, LabRoutesDeps {
  templates: TemplateRunner;
  portGateway: PortGateway;
  streams: AgentStreams;
  swarm: SwarmReader;
  timeline: Timeline;
  metrics: Metrics;
  /** Calls per address. */
  calls: RateLimit;
  version: string;
  libraryFile: string | undefined;
  signIn: SignIn | undefined;
  workGate: WorkGate | undefined;
  sessionsPerUser: number;
  hostBook: HostBook;
  /** Wrong tokens per address. */
  wrongTokens: RateLimit;
}

export interface HttpRoutes {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** Builds the server and waits until it can answer. */
export async function createHttpRoutes(deps: HttpRoutesDeps): Promise<HttpRoutes> {
  const { metrics, calls, origins, directory, logger } = deps;
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
    if (request.url.startsWith('/api/')) deps.orders.admit({ address });
    const waitMs = calls.take(address);
    if (waitMs > 0) throw new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: waitMs });
  });
  app.addHook('onResponse', async (request, reply) => {
    const labels = { route: `${request.method} ${request.routeOptions.url ?? '?'}`, status: String(reply.statusCode) };
    metrics.requestSeconds.observe(labels, reply.elapsedTime / 1000);
    const { id: sessionId, node } = (request.params ?? {}) as { id?: string; node?: string };
    logger.debug({ ...labels, sessionId, node, requestId: request.id, ms: reply.elapsedTime }, 'request');
  });

  const api = createApiRegistry(app, (await createUploads(app)).uploads, deps.tokens, (sessionId) =>
    deps.service.touch(sessionId),
  );
  publicRoutes(api, deps);
  sessionRoutes(api, deps);
  labRoutes(app, api, deps);
  nodeRoutes(api, deps);
  portRoutes(api, deps);
  fileRoutes(api, deps);
  signInRoutes(app, api, deps);
  hostRoutes(api, deps);
  operatorRoutes(app, deps);
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
