/** Calls for signing in and out, where the operator has an issuer: two redirects, one question, one end. */

import { DrydockError, meResponseSchema } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { FastifyInstance } from 'fastify';
import type { SessionService } from '../../../sessions/session-service.ts';
import { httpError } from '../../base/error-mapping.ts';
import type { Origins } from '../../base/origins.ts';
import { pageResponse } from '../../base/pages.ts';
import { API_PREFIX, type ApiRegistry } from '../api-route.ts';
import type { SignIn } from '../sign-in.ts';

/** Declares the calls; without `signIn` they say that there is none. */
export function signInRoutes(
  app: FastifyInstance,
  api: ApiRegistry,
  deps: {
    signIn: SignIn | undefined;
    service: Pick<SessionService, 'sessionsOf'>;
    origins: Origins;
    logger: Logger;
    sessionsPerUser: number;
  },
): void {
  const { signIn, service, origins, logger, sessionsPerUser } = deps;

  api.open(
    {
      method: 'GET',
      path: '/me',
      summary: 'Whether one signs in here, and who the caller is.',
      answer: meResponseSchema,
      status: 200,
    },
    async ({ request }) => {
      const user = signIn?.userOf(request.raw);
      return {
        signIn: signIn === undefined ? 'off' : signIn.required ? 'required' : 'optional',
        user:
          user === undefined
            ? null
            : { name: user.name, sessions: service.sessionsOf(user.id), maxSessions: sessionsPerUser },
      };
    },
  );

  api.open(
    { method: 'POST', path: '/sign-out', summary: 'Forget who this browser is.', status: 204 },
    async ({ request, reply }) => {
      if (!origins.isSameOrigin(request.raw)) throw new DrydockError('FORBIDDEN');
      if (signIn !== undefined) reply.header('set-cookie', signIn.end());
    },
  );

  if (signIn === undefined) return;
  // These two are gone to, not called: their answers are redirects and pages.
  app.get(`${API_PREFIX}/sign-in`, async (request, reply) => {
    const { page } = request.query as { page?: unknown };
    const { location, cookie } = await signIn.begin(page === 'operator' ? page : 'start');
    return reply.header('set-cookie', cookie).redirect(location, 302);
  });
  app.get(`${API_PREFIX}/sign-in/callback`, async (request, reply) => {
    try {
      const { cookies, page } = await signIn.finish(request.raw);
      const path = page === 'operator' ? 'operator' : '';
      return await reply.header('set-cookie', cookies).redirect(`${origins.basePath}/${path}`, 302);
    } catch (thrown) {
      const error = httpError(thrown);
      logger.warn({ code: error.code, requestId: request.id, err: error.cause }, 'sign-in failed');
      reply.hijack();
      pageResponse(reply.raw, error.status, 'You were not signed in', error.message);
      return reply;
    }
  });
}
