/** Puts the calls of operators (operator/operator-calls.ts) on a server: parsed, let in by who asks, answered in one form. */
import { DrydockError } from '@drydock/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperatorRoute } from '../../operator/operator-calls.ts';

/** Says who calls, for the audit trail. @throws DrydockError UNAUTHORIZED, FORBIDDEN. */
export type OperatorAdmission = (request: FastifyRequest) => string;

/** Registers `routes` below `prefix`. */
export function mountOperatorCalls(
  app: FastifyInstance,
  prefix: string,
  routes: readonly OperatorRoute[],
  admit: OperatorAdmission,
): void {
  for (const { method, path, body: schema, answer, run } of routes) {
    app.route({
      method,
      url: `${prefix}${path}`,
      handler: async (request, reply) => {
        const by = admit(request);
        const body = schema?.parse(request.body ?? {});
        const result = await run({ by, body, params: request.params as Record<string, string> });
        // An answer that is not what was declared is our mistake, and no answer.
        const parsed = answer.safeParse(result);
        if (!parsed.success) throw new DrydockError('INTERNAL', undefined, undefined, { cause: parsed.error });
        return reply.send(parsed.data);
      },
    });
  }
}
