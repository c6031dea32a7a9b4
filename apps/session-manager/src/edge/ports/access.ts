/** Who may see a port: everybody when it is public, else holders of a link, of a share, or of a grant signed by us. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@drydock/service-kit';
import { findLink, findShare } from '../../model/links.ts';
import { publicPortsOf, type SessionRecord, sharesOf } from '../../model/session.ts';
import { parseCookies, portCookieName, sessionCookieName } from '../base/cookies.ts';
import { bearerToken } from '../base/tokens.ts';
import type { PortName, PortTarget } from './labels.ts';

export type PortDecision =
  /** `stripAuthorization`: the header was ours and is none of the node's business. */
  | {
      allowed: true;
      stripAuthorization: boolean;
      /** Holds nothing of ours: the port is open to everybody. */
      stranger: boolean;
    }
  | { allowed: false };

export interface PortAccess {
  /** Decides about a request on the port's own host name, or with a grant in its path. */
  decide(request: IncomingMessage, target: PortTarget, grant?: string): PortDecision;
  /** The id of the link that the main origin's cookie stands for. */
  linkOfCookie(request: IncomingMessage, session: SessionRecord): string | undefined;
  /** The id of the share that a token opens for this port. */
  shareOf(target: PortTarget, token: string): string | undefined;
  /** A signed permission for one port, as long as the link or share `by` lives. */
  sign(target: PortTarget, by: string): string;
}

/** Builds the decisions; `secret` is the manager's own, so that what lies in the store alone signs nothing. */
export function createPortAccess(deps: { secret: string; secure: boolean; clock: Clock }): PortAccess {
  const { secret, secure, clock } = deps;

  function signature(session: SessionRecord, { node, port }: PortName, by: string, expiresAt: string): string {
    const key = createHmac('sha256', secret).update(session.portSecret).digest();
    return createHmac('sha256', key).update([session.id, node, port, by, expiresAt].join('/')).digest('base64url');
  }

  function lives(session: SessionRecord, by: string): boolean {
    const now = clock.now();
    return (
      session.links.some(({ id }) => id === by) ||
      sharesOf(session).some(({ id, expiresAt }) => id === by && expiresAt > now)
    );
  }

  function verify(target: PortTarget, grant: string | undefined): boolean {
    const [by, expiresAt, given] = (grant ?? '').split('.');
    if (by === undefined || expiresAt === undefined || given === undefined) return false;
    const wanted = Buffer.from(signature(target.session, target, by, expiresAt));
    const offered = Buffer.from(given);
    if (wanted.length !== offered.length || !timingSafeEqual(wanted, offered)) return false;
    return Number.parseInt(expiresAt, 36) > clock.now() && lives(target.session, by);
  }

  const linkOfCookie = (request: IncomingMessage, session: SessionRecord) =>
    findLink(session, parseCookies(request.headers.cookie).get(sessionCookieName(session.id, secure)))?.id;

  return {
    linkOfCookie,
    decide(request, target, grant) {
      const { session, node, port } = target;
      const byBearer = findLink(session, bearerToken(request.headers.authorization)) !== undefined;
      const isPublic = publicPortsOf(session).includes(`${node}:${port}`);
      const cookies = parseCookies(request.headers.cookie);
      // The two names are one cookie set in two ways (top-level page, frame).
      const byCookie = [portCookieName(secure), portCookieName(true)].some((name) => verify(target, cookies.get(name)));
      const isKnown = byBearer || byCookie || verify(target, grant);
      if (!isKnown && !isPublic) return { allowed: false };
      return { allowed: true, stripAuthorization: byBearer, stranger: !isKnown };
    },
    shareOf({ session, node, port }, token) {
      const share = findShare(session, token, clock.now());
      return share?.node === node && share.port === port ? share.id : undefined;
    },
    sign(target, by) {
      const share = sharesOf(target.session).find(({ id }) => id === by);
      // A session can be extended; its grants are good for as long as it could live, since the link is asked each time.
      const expiresAt = (share?.expiresAt ?? clock.now() + GRANT_MS).toString(36);
      return `${by}.${expiresAt}.${signature(target.session, target, by, expiresAt)}`;
    },
  };
}

/** Longest life of a grant (ms); the link or share behind it and the session itself end it sooner. */
const GRANT_MS = 7 * 24 * 60 * 60 * 1000;
