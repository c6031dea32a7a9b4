/** How the operator's page knows an operator: by a link that is good once, or by a claim of who signed in; then by a cookie of its own. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DrydockError } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { z } from 'zod';
import type { RateLimit } from '../../scheduling/rate-limit.ts';
import { createSignedValues } from '../../sign-in/signed-values.ts';
import type { TicketStore } from '../../store/tickets/ticket-store.ts';
import { operatorCookieName, parseCookies, serializeCookie } from '../base/cookies.ts';
import type { Origins } from '../base/origins.ts';

/** How long a link waits for its one use (min). */
export const LINK_MINUTES = 10;
/** How long the page stays open to who came by it (ms): one night's work. */
const SIGNED_IN_MS = 8 * 60 * 60_000;

const operatorSchema = z.object({ by: z.string() });

export interface OperatorSignIn {
  /** A link that opens the page once, within LINK_MINUTES. */
  newLink(): Promise<string>;
  /** Takes a link's token; the cookie to set. @throws DrydockError UNAUTHORIZED, RATE_LIMITED, FORBIDDEN. */
  take(request: IncomingMessage, token: string): Promise<string>;
  /** The cookie of somebody whom the issuer calls an operator. */
  cookieFor(by: string): string;
  /** The cookie that forgets. */
  end(): string;
  /** Who asks. @throws DrydockError UNAUTHORIZED, FORBIDDEN for a page of another site and for plain http from elsewhere. */
  admit(request: IncomingMessage): string;
}

export interface OperatorSignInDeps {
  tickets: TicketStore;
  origins: Origins;
  /** Tries of links by address. */
  tries: RateLimit;
  secret: string;
  clock: Clock;
  logger: Logger;
}

const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;
const LOOPBACK = /^(::1|(::ffff:)?127\.)/;

/** Builds it. */
export function createOperatorSignIn(deps: OperatorSignInDeps): OperatorSignIn {
  const { tickets, origins, tries, secret, clock, logger } = deps;
  const { secure } = origins;
  const values = createSignedValues({ secret, purpose: 'operator', clock });
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');
  const cookie = (value: string, ms: number) =>
    serializeCookie(operatorCookieName(secure), value, { secure, maxAgeSeconds: ms / 1000, sameSite: 'Strict' });

  /** Off this machine the page goes over https only: its cookie is worth every session's life. */
  function demandOwnPage(request: IncomingMessage): void {
    if (!origins.isSameOrigin(request)) throw new DrydockError('FORBIDDEN', 'A page of another site may not do that.');
    const isHere = LOOPBACK.test(origins.clientAddress(request)) && LOOPBACK_HOST.test(request.headers.host ?? '');
    if (!secure && !isHere) {
      throw new DrydockError('FORBIDDEN', 'Off this machine the operator’s page opens over https only.');
    }
  }

  return {
    async newLink() {
      const token = randomBytes(32).toString('base64url');
      await tickets.put(hashOf(token), 'operator', '', LINK_MINUTES * 60_000);
      return `${origins.publicBase}/operator#${token}`;
    },
    async take(request, token) {
      demandOwnPage(request);
      // Counted before it is tried: a right one is worth one of the tries.
      const waitMs = tries.take(origins.clientAddress(request));
      if (waitMs > 0) throw new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: waitMs });
      if ((await tickets.take(hashOf(token), 'operator')) === undefined) {
        throw new DrydockError(
          'UNAUTHORIZED',
          'The link was used already, or is too old. npm run -s drydock -- operator link',
        );
      }
      logger.info({ audit: 'operator-signed-in' }, 'operator opened the page by a link');
      return cookie(values.seal({ by: 'link' }, SIGNED_IN_MS, randomBytes(8).toString('hex')), SIGNED_IN_MS);
    },
    cookieFor: (by) => cookie(values.seal({ by }, SIGNED_IN_MS), SIGNED_IN_MS),
    end: () => cookie('', 0),
    admit(request) {
      demandOwnPage(request);
      const sealed = parseCookies(request.headers.cookie).get(operatorCookieName(secure));
      const { data } = operatorSchema.safeParse(values.open(sealed));
      if (data === undefined) throw new DrydockError('UNAUTHORIZED', 'This page is for the operator of this place.');
      return data.by;
    },
  };
}
