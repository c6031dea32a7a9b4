/** The call by which a new host joins: a one-time token against the hash of a key that the host made for itself. */
import { DrydockError, joinHostRequestSchema, joinHostResponseSchema, toDrydockError } from '@drydock/protocol';
import type { HostBook } from '../../scheduling/host-book.ts';
import type { RateLimit } from '../../scheduling/rate-limit.ts';
import type { ApiRegistry } from '../api-route.ts';
import type { RouteDeps } from './route-deps.ts';

/** Declares the call; `wrongTokens` is the limit of those who guess links too. */
export function hostRoutes(api: ApiRegistry, deps: RouteDeps & { hostBook: HostBook; wrongTokens: RateLimit }): void {
  const { hostBook, wrongTokens, origins } = deps;

  api.open(
    {
      method: 'POST',
      path: '/hosts/join',
      summary: 'Join a host by a one-time token; from then on its own key lets it in.',
      body: joinHostRequestSchema,
      answer: joinHostResponseSchema,
      status: 201,
    },
    async ({ request, body }) => {
      try {
        await hostBook.join(body);
      } catch (thrown) {
        if (toDrydockError(thrown).code !== 'JOIN_TOKEN_REJECTED') throw thrown;
        const waitMs = wrongTokens.take(origins.clientAddress(request.raw));
        if (waitMs > 0) throw new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: waitMs });
        throw thrown;
      }
      return { name: body.name };
    },
  );
}
