/** How a call of the API is declared: once, with its schemas; from that come parsing, rights, answers and the OpenAPI document. */
import { DrydockError, isSessionId, nodeNameSchema, type Right, type SessionId } from '@drydock/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Access } from '../../sessions/session-service.ts';
import type { Tokens } from '../base/tokens.ts';

/** What a handler gets: everything parsed, the right already there. */
export interface ApiCall<B, Q> {
  request: FastifyRequest;
  reply: FastifyReply;
  body: B;
  query: Q;
  /** The named parts of the path; `id` and `node` have their form, the rest is text. */
  params: Record<string, string>;
}

export interface ApiRoute<B extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, in Fastify's form: `/sessions/:id`. */
  path: string;
  summary: string;
  body?: B;
  query?: Q;
  /** The schema of the answer; undefined for answers without a body, or with raw bytes (`raw`). */
  answer?: z.ZodType;
  /** Content type of a raw answer or request. */
  raw?: { request?: string; answer?: string };
  status: number;
}

export interface SessionRoute<B extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType> extends ApiRoute<B, Q> {
  right: Right;
  /** Whether the owner may make this call while the session's files are retained, too. */
  alsoRetained?: boolean;
}

/** A declared call; one without `right` is open to anybody. */
export type AnyRoute = ApiRoute & Partial<Pick<SessionRoute, 'right' | 'alsoRetained'>>;

export interface ApiRegistry {
  /** A call that anybody may make. */
  open<B extends z.ZodType, Q extends z.ZodType>(
    route: ApiRoute<B, Q>,
    run: (call: ApiCall<z.output<B>, z.output<Q>>) => Promise<unknown>,
  ): void;
  /** A call on a session, for those whose link gives `right`. */
  session<B extends z.ZodType, Q extends z.ZodType>(
    route: SessionRoute<B, Q>,
    run: (call: ApiCall<z.output<B>, z.output<Q>> & { access: Access }) => Promise<unknown>,
  ): void;
  /** All that was declared, for the OpenAPI document. */
  readonly routes: readonly AnyRoute[];
}

export const API_PREFIX = '/api/v1';

/** How long the end of a session waits until the hosts have nothing left of it (ms); after that they go on by themselves. */
export const DELETE_PATIENCE_MS = 15_000;

/** A port in a path. @throws DrydockError BAD_PORT. */
export function portParam(text: string | undefined): number {
  const port = /^[1-9]\d{0,4}$/.test(text ?? '') ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new DrydockError('BAD_PORT');
  return port;
}

/** The session that a path names: what has not even the form of an id is as unknown as any other. @throws DrydockError SESSION_NOT_FOUND. */
export function sessionParam({ id }: Record<string, string>): SessionId {
  if (!isSessionId(id)) throw new DrydockError('SESSION_NOT_FOUND');
  return id;
}

function parseNode(params: Record<string, string>): void {
  if (params.node !== undefined && !nodeNameSchema.safeParse(params.node).success)
    throw new DrydockError('NODE_NOT_FOUND');
}

/** Builds the registry; `uploads` is the part of the server that leaves bodies as they come. */
export function createApiRegistry(
  app: FastifyInstance,
  uploads: FastifyInstance,
  tokens: Tokens,
  onUse: (sessionId: SessionId) => void,
): ApiRegistry {
  const routes: AnyRoute[] = [];

  function register(
    route: AnyRoute,
    run: (call: ApiCall<unknown, unknown> & { access: Access | undefined }) => Promise<unknown>,
  ): void {
    routes.push(route);
    (route.raw?.request === undefined ? app : uploads).route({
      method: route.method,
      url: `${API_PREFIX}${route.path}`,
      handler: async (request, reply) => {
        const params = request.params as Record<string, string>;
        if (params.id !== undefined) sessionParam(params);
        const access =
          route.right === undefined
            ? undefined
            : await tokens.authorize(request.raw, sessionParam(params), route.right, {
                alsoRetained: route.alsoRetained ?? false,
              });
        // Looking is what a forgotten page does too; every other call is somebody's doing.
        if (access !== undefined && request.method !== 'GET') onUse(access.session.id);
        parseNode(params);
        // A missing body is an empty one: every field may be optional.
        const body = route.body === undefined ? undefined : route.body.parse(request.body ?? {});
        const query = route.query === undefined ? undefined : route.query.parse(request.query);
        const answer = await run({ request, reply, body, query, params, access });
        if (reply.sent) return reply;
        // A handler that chose a status of its own (304, 416) keeps it.
        if (reply.statusCode === 200) reply.status(route.status);
        return answer === undefined ? reply.send() : reply.send(answer);
      },
    });
  }

  return {
    routes,
    open: (route, run) => register(route as ApiRoute, run as never),
    session: (route, run) => register(route as SessionRoute, run as never),
  };
}

/** A query that takes nothing we know of; unknown names are ignored, as on the web. */
export const noQuery = z.object({});
