/** Who a browser is, where the operator wants to know: the way to the issuer and back, and the cookie that remembers it. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DrydockError } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { z } from 'zod';
import type { Orders } from '../../operator/orders.ts';
import { type AllowList, isAllowed } from '../../sign-in/allow-list.ts';
import type { Oidc } from '../../sign-in/oidc.ts';
import { createSignedValues } from '../../sign-in/signed-values.ts';
import { parseCookies, serializeCookie, signInCookieName, userCookieName } from '../base/cookies.ts';
import type { Origins } from '../base/origins.ts';

/** How long somebody may take at the issuer (ms). */
const ON_THE_WAY_MS = 10 * 60_000;
/** How long somebody stays signed in (ms); leaving an allow-list takes effect by then. */
const SIGNED_IN_MS = 12 * 60 * 60_000;

/** Where the issuer sends browsers back to; operators register `<origin>` + this path there. */
export const CALLBACK_PATH = '/api/v1/sign-in/callback';

/** `page`: where the browser goes at the end; sealed with the rest, so that no link can choose it freely. */
const checksSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  page: z.enum(['start', 'operator']).default('start'),
});
export type PageAfter = z.output<typeof checksSchema>['page'];
const userSchema = z.object({ id: z.string(), name: z.string() });
/** `id` is a hash of issuer and subject: it is stored with sessions, and tells nobody who that is. */
export type User = z.infer<typeof userSchema>;

export interface SignIn {
  /** Whether sessions are created by people who signed in only. */
  readonly required: boolean;
  /** The user of a browser, by its cookie. */
  userOf(request: IncomingMessage): User | undefined;
  /** Where to send a browser, and the cookie with which it comes back. */
  begin(page: PageAfter): Promise<{ location: string; cookie: string }>;
  /** Who came back, and the cookies to set. @throws DrydockError SIGN_IN_REFUSED, SIGN_IN_UNAVAILABLE. */
  finish(request: IncomingMessage): Promise<{ user: User; cookies: string[]; page: PageAfter }>;
  /** The cookie that forgets. */
  end(): string;
}

export interface SignInDeps {
  settings: {
    /** Part of every user's id. */
    issuer: string;
    allow: AllowList;
    required: boolean;
    secret: string;
  };
  oidc: Oidc;
  origins: Origins;
  orders: Pick<Orders, 'admit'>;
  /** The cookie of an operator's page. */
  operatorCookie(by: string): string;
  clock: Clock;
  logger: Logger;
}

/** Builds it. */
export function createSignIn(deps: SignInDeps): SignIn {
  const { oidc, origins, clock, logger } = deps;
  const { issuer, allow, required, secret } = deps.settings;
  const { secure } = origins;
  const onTheWay = createSignedValues({ secret, purpose: 'sign-in', clock });
  const users = createSignedValues({ secret, purpose: 'user', clock });
  const cookie = (name: string, value: string, ms: number) =>
    serializeCookie(name, value, { secure, maxAgeSeconds: ms / 1000 });

  return {
    required,
    userOf(request) {
      const sealed = parseCookies(request.headers.cookie).get(userCookieName(secure));
      return userSchema.safeParse(users.open(sealed)).data;
    },
    async begin(page) {
      const { url, checks } = await oidc.begin(`${origins.publicBase}${CALLBACK_PATH}`);
      return {
        location: url,
        cookie: cookie(signInCookieName(secure), onTheWay.seal({ ...checks, page }, ON_THE_WAY_MS), ON_THE_WAY_MS),
      };
    },
    async finish(request) {
      // The cookie ties the answer to the browser that asked: an answer from elsewhere signs nobody in.
      const sealed = parseCookies(request.headers.cookie).get(signInCookieName(secure));
      const checks = checksSchema.safeParse(onTheWay.open(sealed));
      if (!checks.success) throw new DrydockError('SIGN_IN_REFUSED', 'The sign-in took too long. Try again.');
      const person = await oidc.finish(new URL(`${origins.publicBase}${request.url ?? '/'}`), checks.data);
      const id = createHash('sha256').update(`${issuer}\n${person.subject}`).digest('base64url').slice(0, 22);
      if (!isAllowed(allow, person)) {
        logger.warn({ audit: 'sign-in-refused', user: id }, 'sign-in refused: not on the list');
        throw new DrydockError('SIGN_IN_REFUSED', 'You are not on the list of those who may use this place.');
      }
      deps.orders.admit({ userId: id });
      logger.info({ audit: 'signed-in', user: id, operator: person.isOperator === true }, 'signed in');
      const user = { id, name: person.name ?? 'you' };
      const forget = cookie(signInCookieName(secure), '', 0);
      const cookies = [cookie(userCookieName(secure), users.seal(user, SIGNED_IN_MS), SIGNED_IN_MS), forget];
      // Who is no operator any more loses the page with the next sign-in, not the next night.
      if (person.isOperator === true) cookies.push(deps.operatorCookie(id));
      return { user, cookies, page: checks.data.page };
    },
    end: () => cookie(userCookieName(secure), '', 0),
  };
}
