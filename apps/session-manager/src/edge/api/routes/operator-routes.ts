/** The operator's calls for the operator's page: the same as on the listener that is not public, let in by a cookie of its own. */
import { operatorSignInSchema } from '@drydock/protocol';
import type { FastifyInstance } from 'fastify';
import type { OperatorRoute } from '../../../operator/operator-calls.ts';
import { mountOperatorCalls } from '../../operator/operator-api.ts';
import type { OperatorSignIn } from '../../operator/operator-sign-in.ts';
import { API_PREFIX } from '../api-route.ts';

const PREFIX = `${API_PREFIX}/operator`;

/** Registers them. They are not in the public description of the API: docs/PROTOCOL.md has them. */
export function operatorRoutes(
  app: FastifyInstance,
  { operatorSignIn, operatorCalls, claims }: OperatorRoutesDeps,
): void {
  app.post(`${PREFIX}/sign-in`, async (request, reply) => {
    const { token } = operatorSignInSchema.parse(request.body);
    reply.header('set-cookie', await operatorSignIn.take(request.raw, token));
    return {};
  });
  app.post(`${PREFIX}/sign-out`, async (request, reply) => {
    operatorSignIn.admit(request.raw);
    reply.header('set-cookie', operatorSignIn.end());
    return {};
  });
  app.get(`${PREFIX}/me`, async (request) => ({ by: operatorSignIn.admit(request.raw), signIn: claims }));
  const forPages = operatorCalls.filter(({ keyOnly }) => keyOnly !== true);
  mountOperatorCalls(app, PREFIX, forPages, (request) => operatorSignIn.admit(request.raw));
}

export interface OperatorRoutesDeps {
  operatorSignIn: OperatorSignIn;
  operatorCalls: readonly OperatorRoute[];
  /** Whether a claim of who signed in opens the page. */
  claims: boolean;
}
