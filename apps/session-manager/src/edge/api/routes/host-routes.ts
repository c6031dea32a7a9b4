/** The call by which a new host joins: a one-time token against the hash of a key that the host made for itself. */

import type { IncomingMessage } from 'node:http';
import {
  DrydockError,
  joinHostRequestSchema,
  joinHostResponseSchema,
  rotateHostKeyRequestSchema,
  rotateHostKeyResponseSchema,
  toDrydockError,
} from '@drydock/protocol';
import type { HostBook } from '../../../scheduling/host-book.ts';
import type { RateLimit } from '../../../scheduling/rate-limit.ts';
import type { Origins } from '../../base/origins.ts';
import type { ApiRegistry } from '../api-route.ts';

/** Declares the call; `wrongTokens` is the limit of those who guess links too. */
export function hostRoutes(
  api: ApiRegistry,
  deps: { hostBook: HostBook; wrongTokens: RateLimit; origins: Origins },
): void {
  const { hostBook, wrongTokens, origins } = deps;

  /** Whoever guesses tokens or keys is slowed down as one who guesses links. */
  async function slowing<T>(request: IncomingMessage, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      if (!['JOIN_TOKEN_REJECTED', 'AGENT_KEY_REJECTED'].includes(toDrydockError(thrown).code)) throw thrown;
      const waitMs = wrongTokens.take(origins.clientAddress(request));
      if (waitMs > 0) throw new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: waitMs });
      throw thrown;
    }
  }

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
      await slowing(request.raw, hostBook.join(body));
      return { name: body.name };
    },
  );

  api.open(
    {
      method: 'POST',
      path: '/hosts/rotate',
      summary: 'Change the key of a host that joined, by its newest one; the one before is let in for an hour more.',
      body: rotateHostKeyRequestSchema,
      answer: rotateHostKeyResponseSchema,
      status: 200,
    },
    ({ request, body }) => slowing(request.raw, hostBook.rotate(body)),
  );
}
