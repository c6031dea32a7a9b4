/** The one place where errors become answers of the HTTP API. */
import { DrydockError, toDrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import type { Metrics } from './metrics.ts';

/** Sent with every error that says `retry: later` and knows nothing better (s). */
const DEFAULT_RETRY_AFTER_SECONDS = 2;
/** Problems of a body that are told; a hostile body can have thousands. */
const MAX_ISSUES = 10;

/** Errors of Fastify itself, before a route was reached. */
function ofFramework(thrown: Error & { statusCode?: number; code?: string }): DrydockError | undefined {
  if (thrown.statusCode === 413 || thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new DrydockError('BODY_TOO_LARGE');
  if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return new DrydockError('BAD_REQUEST', undefined, { reason: thrown.message });
  }
  return undefined;
}

/** Any thrown value as the error that is told. */
export function httpError(thrown: unknown): DrydockError {
  if (thrown instanceof DrydockError) return thrown;
  if (thrown instanceof ZodError) {
    const issues = thrown.issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path: path.join('.'), message }));
    return new DrydockError('BAD_REQUEST', undefined, { issues });
  }
  return (thrown instanceof Error ? ofFramework(thrown) : undefined) ?? toDrydockError(thrown);
}

/** Seconds for a Retry-After header, or undefined when a retry makes no sense. */
export function retryAfterSeconds(error: DrydockError): number | undefined {
  if (error.retry === 'never') return undefined;
  const ms = error.details?.retryAfterMs;
  if (typeof ms === 'number') return Math.max(1, Math.ceil(ms / 1000));
  return error.retry === 'now' ? 1 : DEFAULT_RETRY_AFTER_SECONDS;
}

/** Builds Fastify's error handler. */
export function createErrorMapping({ logger, metrics }: { logger: Logger; metrics: Metrics }) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = httpError(thrown);
    const where = `${request.method} ${request.routeOptions.url ?? '?'}`;
    const { id } = (request.params ?? {}) as { id?: string };
    const session = id === undefined ? {} : { sessionId: id.slice(0, 64) };
    metrics.countError(error, { where, requestId: request.id, ...session });
    const fields = { requestId: request.id, code: error.code, url: request.routeOptions.url, ...session };
    if (error.status >= 500) logger.error({ ...fields, err: error.cause ?? thrown }, 'request failed');
    else logger.info(fields, 'request refused');
    const retryAfter = retryAfterSeconds(error);
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
    void reply.status(error.status).send({ error: error.toBody() });
  };
}
