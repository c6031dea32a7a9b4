/** The listener that is not public: figures for Prometheus, and what an operator asks and orders, by a key of this place's own. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { DrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import Fastify, { type FastifyRequest } from 'fastify';
import type { OperatorRoute } from '../../operator/operator-calls.ts';
import { createErrorMapping } from '../base/error-mapping.ts';
import { hostNameOf } from '../base/host-names.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';
import { bearerToken } from '../base/tokens.ts';
import { mountOperatorCalls, type OperatorAdmission } from './operator-api.ts';

/** The longest body is a site with all of its origins and labs (bytes). */
const MAX_BODY_BYTES = 64 * 1024;
/** Where a program says for whom it asks; it is written down, and proves nothing. */
const BY_HEADER = 'x-drydock-operator';
/** Longest such name that is written down (characters). */
const MAX_BY = 64;

export interface OperatorListenerDeps {
  metrics: Metrics;
  calls: readonly OperatorRoute[];
  secret: string;
  /** Names of this place. */
  origins: Pick<Origins, 'knowsHost'>;
  logger: Logger;
}

/** The key of `/operator/…`, from the manager's secret: infra/common/operator.mjs makes the same. */
export function operatorKey(secret: string): string {
  return createHmac('sha256', secret).update('drydock/operator').digest('base64url');
}

/** Builds it and resolves when it listens. */
export async function serveOperator(deps: OperatorListenerDeps, host: string, port: number): Promise<Server> {
  const { metrics, calls, secret, origins, logger } = deps;
  const key = Buffer.from(operatorKey(secret));

  function hasKey({ headers }: FastifyRequest): boolean {
    const given = Buffer.from(bearerToken(headers.authorization) ?? '');
    return given.length === key.length && timingSafeEqual(given, key);
  }

  /** Figures are for whoever is on this host, and not for a page that leads its own name here. No such name is without a dot. */
  function demandOwnName(request: FastifyRequest): void {
    const { host } = request.headers;
    if (origins.knowsHost(host) || !hostNameOf(host).includes('.') || hasKey(request)) return;
    throw new DrydockError('UNKNOWN_HOST');
  }

  const admit: OperatorAdmission = (request) => {
    if (!hasKey(request)) throw new DrydockError('UNAUTHORIZED', 'This needs the operator’s key.');
    const { headers } = request;
    const by = String(headers[BY_HEADER] ?? '').replace(/[^\w.@-]/g, '');
    return by.slice(0, MAX_BY) || 'key';
  };

  const app = Fastify({ logger: false, bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  app.setErrorHandler(createErrorMapping({ logger, metrics }));
  app.setNotFoundHandler((request) => {
    admit(request);
    throw new DrydockError('NOT_FOUND');
  });
  // Who has the key needs no preflight: the body is JSON whatever it is called.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, String(body), done);
  });
  app.get('/metrics', async (request, reply) => {
    demandOwnName(request);
    const text = await metrics.registry.metrics();
    return reply.header('content-type', metrics.registry.contentType).send(text);
  });
  mountOperatorCalls(app, '/operator', calls, admit);
  await app.listen({ host, port });
  app.server.on('close', () => void app.close());
  return app.server;
}
