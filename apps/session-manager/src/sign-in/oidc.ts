/** OpenID Connect with an operator's issuer: the only file that names openid-client. */
import { DrydockError } from '@drydock/protocol';
import * as oidc from 'openid-client';
import type { Person } from './allow-list.ts';

/** An issuer that does not answer within this (s) is away. */
const TIMEOUT_SECONDS = 10;
/** Longest name that is shown (characters): an issuer may let people choose anything. */
const MAX_NAME = 80;

export interface OidcSettings {
  issuer: string;
  clientId: string;
  /** Undefined for a public client, which PKCE alone protects. */
  clientSecret: string | undefined;
  /** The claim that makes somebody an operator: its name, and a value that it is or holds. */
  operatorClaim?: { name: string; value: string } | undefined;
}

/** What must be remembered in the browser between the way to the issuer and back. */
export interface SignInChecks {
  state: string;
  nonce: string;
  verifier: string;
}

export interface Oidc {
  /** The address at the issuer to which a browser is sent. @throws DrydockError SIGN_IN_UNAVAILABLE. */
  begin(redirectUri: string): Promise<{ url: string; checks: SignInChecks }>;
  /**
   * Who came back to `url`. State, nonce, PKCE, issuer, audience, signature and time of the token are checked.
   * @throws DrydockError SIGN_IN_REFUSED, SIGN_IN_UNAVAILABLE.
   */
  finish(url: URL, checks: SignInChecks): Promise<Person>;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** Errors of the network and of the issuer's own failing; everything else is a refusal. */
function isAway(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown };
  const status = (cause as { status?: number } | undefined)?.status ?? 0;
  return error instanceof TypeError || code === 'OAUTH_TIMEOUT' || status >= 500;
}

/** Builds the client; the issuer is asked for its configuration when the first person signs in. */
export function createOidc({ issuer, clientId, clientSecret, operatorClaim }: OidcSettings): Oidc {
  let found: Promise<oidc.Configuration> | undefined;

  async function discover(): Promise<oidc.Configuration> {
    const url = new URL(issuer);
    // A plain-text issuer is for trying things on one machine; the settings allow it on the loopback only.
    const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    const authentication = clientSecret === undefined ? oidc.None() : undefined;
    return oidc.discovery(url, clientId, clientSecret, authentication, { execute, timeout: TIMEOUT_SECONDS });
  }

  async function configuration(): Promise<oidc.Configuration> {
    found ??= discover();
    try {
      return await found;
    } catch (cause) {
      found = undefined; // Asked anew next time: it may have been away.
      throw new DrydockError('SIGN_IN_UNAVAILABLE', undefined, undefined, { cause });
    }
  }

  /** The claims of the token, completed by the issuer's userinfo where the token has no address. */
  async function personOf(
    config: oidc.Configuration,
    tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>,
  ): Promise<Person> {
    const claims = tokens.claims();
    if (claims === undefined) throw new DrydockError('SIGN_IN_REFUSED');
    const hasEndpoint = config.serverMetadata().userinfo_endpoint !== undefined;
    const more =
      claims.email === undefined && hasEndpoint
        ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
        : undefined;
    const source = more ?? claims;
    // An address that nobody checked proves nothing: it must not match an allow-list.
    const email = source.email_verified === true ? text(source.email) : undefined;
    const name = text(source.name) ?? text(source.preferred_username) ?? email;
    const held = operatorClaim === undefined ? [] : [claims[operatorClaim.name], more?.[operatorClaim.name]].flat();
    const isOperator = operatorClaim !== undefined && held.includes(operatorClaim.value);
    return { subject: claims.sub, email, name: name?.slice(0, MAX_NAME), isOperator };
  }

  return {
    async begin(redirectUri) {
      const config = await configuration();
      const checks = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, checks };
    },
    async finish(url, { state, nonce, verifier }) {
      const config = await configuration();
      try {
        const tokens = await oidc.authorizationCodeGrant(config, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return await personOf(config, tokens);
      } catch (cause) {
        if (cause instanceof DrydockError) throw cause;
        throw new DrydockError(isAway(cause) ? 'SIGN_IN_UNAVAILABLE' : 'SIGN_IN_REFUSED', undefined, undefined, {
          cause,
        });
      }
    },
  };
}
