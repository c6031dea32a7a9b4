/** The listener that is not public: figures for Prometheus, and what an operator asks and orders, by a key of this place's own. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DrydockError, hostNameSchema } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { z } from 'zod';
import type { HostBook } from '../scheduling/host-book.ts';
import { httpError } from './error-mapping.ts';
import type { Metrics } from './metrics.ts';
import { bearerToken } from './tokens.ts';

/** A body here is a few words (bytes). */
const MAX_BODY_BYTES = 4096;
/** How long a token for a host is good unless the operator says otherwise (h). */
const DEFAULT_TOKEN_HOURS = 1;
const HOUR_MS = 3_600_000;

const tokenRequestSchema = z.strictObject({ hours: z.number().positive().max(168).default(DEFAULT_TOKEN_HOURS) });

export interface OperatorListenerDeps {
  metrics: Metrics;
  book: HostBook;
  /** What `GET /operator/status` answers. */
  status(): unknown;
  /** Ends the connection of a host that was removed. */
  drop(host: string): void;
  secret: string;
  logger: Logger;
}

/** The key of `/operator/…`, from the manager's secret: infra/common/operator.mjs makes the same. */
export function operatorKey(secret: string): string {
  return createHmac('sha256', secret).update('drydock/operator').digest('base64url');
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new DrydockError('BODY_TOO_LARGE');
  }
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new DrydockError('BAD_REQUEST');
  }
}

/** Builds it and resolves when it listens. */
export async function serveOperator(deps: OperatorListenerDeps, host: string, port: number): Promise<Server> {
  const { metrics, book, status, drop, secret, logger } = deps;
  const key = Buffer.from(operatorKey(secret));

  function demandKey(request: IncomingMessage): void {
    const given = Buffer.from(bearerToken(request.headers.authorization) ?? '');
    if (given.length !== key.length || !timingSafeEqual(given, key)) {
      throw new DrydockError('UNAUTHORIZED', 'This needs the operator’s key.');
    }
  }

  async function answer(request: IncomingMessage, path: string): Promise<unknown> {
    const call = `${request.method} ${path}`;
    if (call === 'GET /operator/status') return status();
    if (call === 'POST /operator/host-tokens') {
      const { hours } = tokenRequestSchema.parse(await bodyOf(request));
      return { token: await book.newToken(hours * HOUR_MS), hours };
    }
    const [, name = '', order = ''] = /^\/operator\/hosts\/([^/]+)(?:\/(drain|undrain))?$/.exec(path) ?? [];
    if (!hostNameSchema.safeParse(name).success) throw new DrydockError('NOT_FOUND');
    if (request.method === 'POST' && order !== '') await book.drain(name, order === 'drain');
    else if (request.method === 'DELETE' && order === '') {
      await book.remove(name);
      drop(name);
    } else throw new DrydockError('NOT_FOUND');
    return {};
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '/';
    if (request.method === 'GET' && path === '/metrics') {
      const text = await metrics.registry.metrics();
      response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
      return;
    }
    demandKey(request);
    const body = await answer(request, path);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      const error = httpError(thrown);
      if (error.status >= 500) logger.error({ err: error.cause ?? thrown, url: request.url }, 'operator call failed');
      if (response.headersSent) return void response.destroy();
      response.writeHead(error.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: error.toBody() }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
