/** How the links and ports of a session's record change: pure functions from one record to the next. */
import { DrydockError } from '@drydock/protocol';
import { type LinkRecord, requireLive, requireNode, type SessionRecord, type ShareRecord } from './session.ts';

/** Links of one session: enough for a class with one each; more is a mistake or an attack on the store. */
export const MAX_LINKS_PER_SESSION = 200;
/** Port shares that are alive in one session. */
export const MAX_SHARES_PER_SESSION = 200;
/** Ports with a setting of their own (public, Host) in one session, of each kind. */
export const MAX_SET_PORTS_PER_SESSION = 200;

/** What the owner chose for a port; what is absent stays as it is. */
export interface PortChoice {
  visibility?: 'private' | 'public' | undefined;
  host?: 'keep' | 'rewrite' | undefined;
}

/** Adds a link; @throws DrydockError RATE_LIMITED at the bound. */
export function addLink(session: SessionRecord, link: LinkRecord, now: number): SessionRecord {
  const live = requireLive(session, now);
  if (live.links.length >= MAX_LINKS_PER_SESSION) {
    throw new DrydockError('RATE_LIMITED', 'The session has as many links as it may have; revoke some first.');
  }
  return { ...live, links: [...live.links, link] };
}

/** Revokes a link. The last owner's link stays: nobody could close the session any more. */
export function revokeLink(session: SessionRecord, linkId: string, now: number): SessionRecord {
  requireLive(session, now);
  const link = session.links.find((candidate) => candidate.id === linkId);
  if (link === undefined) throw new DrydockError('NOT_FOUND');
  if (link.right === 'owner' && session.links.filter(({ right }) => right === 'owner').length === 1) {
    throw new DrydockError('BAD_REQUEST', 'This is the session’s last owner link; make another one first.');
  }
  return { ...session, links: session.links.filter((candidate) => candidate !== link) };
}

/** Puts a link with a new token in the place of another with the same right; whoever held the old one is out. */
export function rotateLink(session: SessionRecord, linkId: string, next: LinkRecord, now: number): SessionRecord {
  requireLive(session, now);
  if (!session.links.some(({ id }) => id === linkId)) throw new DrydockError('NOT_FOUND');
  return {
    ...session,
    links: session.links.map((link) => (link.id === linkId ? { ...next, right: link.right } : link)),
  };
}

function withKey(list: readonly string[], key: string, isIn: boolean): readonly string[] {
  if (list.includes(key) === isIn) return list;
  if (!isIn) return list.filter((candidate) => candidate !== key);
  if (list.length >= MAX_SET_PORTS_PER_SESSION) throw new DrydockError('RATE_LIMITED');
  return [...list, key];
}

/** Opens a port to everybody or to holders of links only; chooses the Host that its program sees. */
export function setPort(
  session: SessionRecord,
  node: string,
  port: number,
  { visibility, host }: PortChoice,
  now: number,
): SessionRecord {
  const live = requireLive(session, now);
  requireNode(live, node);
  const key = `${node}:${port}`;
  const { publicPorts, rewrittenHosts = [] } = live;
  const next = {
    publicPorts: visibility === undefined ? publicPorts : withKey(publicPorts, key, visibility === 'public'),
    rewrittenHosts: host === undefined ? rewrittenHosts : withKey(rewrittenHosts, key, host === 'rewrite'),
  };
  const isSame = next.publicPorts === publicPorts && next.rewrittenHosts === rewrittenHosts;
  return isSame ? live : { ...live, ...next };
}

/** Whether a port's program sees `localhost:<port>` as Host. */
export function rewritesHost(session: SessionRecord, node: string, port: number): boolean {
  return session.rewrittenHosts?.includes(`${node}:${port}`) ?? false;
}

/** Adds an expiring link to a port, and forgets those that have expired. */
export function addShare(session: SessionRecord, share: ShareRecord, now: number): SessionRecord {
  const live = requireLive(session, now);
  requireNode(live, share.node);
  const alive = live.shares.filter(({ expiresAt }) => expiresAt > now);
  if (alive.length >= MAX_SHARES_PER_SESSION) throw new DrydockError('RATE_LIMITED');
  return { ...live, shares: [...alive, share] };
}
