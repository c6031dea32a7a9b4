/** Finds the token of a request, and turns it into a right; counts those who guess. */
import type { IncomingMessage } from 'node:http';
import { DrydockError, type Right, type SessionId, toDrydockError } from '@drydock/protocol';
import type { RateLimit } from '../../scheduling/rate-limit.ts';
import type { Access, SessionService } from '../../sessions/session-service.ts';
import { parseCookies, sessionCookieName } from './cookies.ts';
import type { Origins } from './origins.ts';

export interface Tokens {
  /**
   * The caller's access to a session by `Authorization: Bearer` or cookie.
   * @throws DrydockError SESSION_NOT_FOUND, FORBIDDEN, RATE_LIMITED after many wrong tokens; FORBIDDEN for a cookie that a foreign
   * page made the browser send along with a change.
   */
  authorize(request: IncomingMessage, sessionId: SessionId, needed: Right, options?: AuthorizeOptions): Promise<Access>;
  /** The same for a token that came in a body or a handshake. */
  authorizeToken(
    address: string,
    sessionId: SessionId,
    token: string | undefined,
    needed: Right,
    options?: AuthorizeOptions,
  ): Promise<Access>;
}

/** `alsoRetained`: the owner is let in after the session's end too, while its files can still be fetched. */
export interface AuthorizeOptions {
  alsoRetained?: boolean;
}

/** The token of an Authorization header, if it has that form. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([^\s]+)$/i.exec(header ?? '')?.[1];
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Builds the check. */
export function createTokens(deps: {
  service: Pick<SessionService, 'authorize'>;
  origins: Origins;
  wrongTokens: RateLimit;
}): Tokens {
  const { service, origins, wrongTokens } = deps;

  async function authorizeToken(
    address: string,
    sessionId: SessionId,
    token: string | undefined,
    needed: Right,
    options: AuthorizeOptions = {},
  ) {
    try {
      return await service.authorize(sessionId, token, needed, options);
    } catch (thrown) {
      const error = toDrydockError(thrown);
      // A right token always passes, so nobody is locked out by a neighbour who guesses.
      if (error.code !== 'SESSION_NOT_FOUND' || token === undefined || error.details?.ended !== undefined) throw error;
      const waitMs = wrongTokens.take(address);
      if (waitMs > 0) throw new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: waitMs });
      throw error;
    }
  }

  return {
    authorizeToken,
    async authorize(request, sessionId, needed, options) {
      const address = origins.clientAddress(request);
      const bearer = bearerToken(request.headers.authorization);
      if (bearer !== undefined) return authorizeToken(address, sessionId, bearer, needed, options);
      const cookie = parseCookies(request.headers.cookie).get(sessionCookieName(sessionId, origins.secure));
      const access = await authorizeToken(address, sessionId, cookie, needed, options);
      if (!SAFE_METHODS.has(request.method ?? 'GET') && !origins.isSameOrigin(request)) {
        throw new DrydockError('FORBIDDEN', 'A page of another site may not do that.');
      }
      return access;
    },
  };
}
