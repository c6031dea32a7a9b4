/** What can be done with a session: create, open by link, extend, share, end. Rights are asked for here and nowhere else. */
import { randomBytes } from 'node:crypto';
import { allows, DrydockError, type LinkView, newSessionId, type Right, type SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { findLink, hashToken, newId, newLink, newToken } from '../model/links.ts';
import {
  type EmbedRecord,
  endOf,
  extendSession,
  isLive,
  type LinkRecord,
  newSession,
  renameSession,
  requireNode,
  retentionView,
  type SessionRecord,
  sharesOf,
  touch,
} from '../model/session.ts';
import { addLink, addShare, type PortChoice, revokeLink, rotateLink, setPort } from '../model/session-sharing.ts';
import type { AddressShares } from '../scheduling/address-shares.ts';
import type { Room } from '../scheduling/room.ts';
import type { ShareBound } from '../store/sessions/shares.ts';
import type { SessionDirectory } from './session-directory.ts';
import type { SessionEnds } from './session-ends.ts';

const HOUR_MS = 3_600_000;

/** Who may do what, for one call. */
export interface Access {
  session: SessionRecord;
  right: Right;
  linkId: string;
}

/** What the operator lets sessions have. */
export interface SessionLimits {
  sessionHours: number;
  maxSessionHours: number;
  maxSessions: number;
  /** Sessions that one person who signed in may have at once. */
  sessionsPerUser: number;
  /** How long a session may be without use (ms); 0: for ever. */
  idleMs: number;
}

export interface SessionServiceDeps {
  directory: SessionDirectory;
  ends: SessionEnds;
  room: Pick<Room, 'admit'>;
  shares: AddressShares;
  limits: SessionLimits;
  clock: Clock;
  logger: Logger;
}

export interface NewSession {
  session: SessionRecord;
  tokens: Record<Right, string>;
}

export type SessionService = ReturnType<typeof createSessionService>;

/** Builds the service. */
export function createSessionService(deps: SessionServiceDeps) {
  const { directory, ends, room, shares, clock, logger } = deps;
  const { sessionHours, maxSessionHours, maxSessions, sessionsPerUser, idleMs } = deps.limits;
  /** Uses are noted in steps (ms), so that typing is not a stream of writes. */
  const touchStepMs = Math.min(60_000, idleMs / 10);

  /**
   * What a token opens. @throws DrydockError SESSION_NOT_FOUND for unknown sessions and wrong tokens alike (details `ended` for
   * those whose link was right, with a RetentionView for the owner while there is one), FORBIDDEN for too little right.
   * `alsoRetained` lets the owner in after the end too, while the files can still be fetched.
   */
  async function authorize(
    sessionId: SessionId,
    token: string | undefined,
    needed: Right,
    { alsoRetained = false }: { alsoRetained?: boolean } = {},
  ): Promise<Access> {
    const session = directory.get(sessionId) ?? (await directory.find(sessionId));
    const link = session === undefined ? undefined : findLink(session, token);
    if (session === undefined || link === undefined) throw new DrydockError('SESSION_NOT_FOUND');
    if (!isLive(session, clock.now())) {
      const left = link.right === 'owner' ? retentionView(session, clock.now()) : undefined;
      if (alsoRetained && left !== undefined) return { session, right: link.right, linkId: link.id };
      const { reason, at, text } = endOf(session);
      const why = text === undefined ? {} : { endText: text };
      throw new DrydockError('SESSION_NOT_FOUND', 'The session has ended.', {
        ended: reason,
        endedAt: at,
        ...why,
        ...left,
      });
    }
    if (!allows(link.right, needed)) throw new DrydockError('FORBIDDEN');
    return { session, right: link.right, linkId: link.id };
  }

  /** Sessions that somebody has now. */
  function sessionsOf(userId: string): number {
    let count = 0;
    for (const session of directory.all()) if (session.userId === userId && session.state === 'active') count += 1;
    return count;
  }

  return {
    ...ends,
    authorize,
    sessionsOf,

    /** The right of a link that is known by its id, as long as both live; undefined after revocation or the session's end. */
    rightOf(sessionId: SessionId, linkId: string): Right | undefined {
      const session = directory.get(sessionId);
      if (session === undefined || !isLive(session, clock.now())) return undefined;
      return session.links.find(({ id }) => id === linkId)?.right;
    },

    /** Makes a session for `nodes` nodes to come. @throws DrydockError NO_CAPACITY, BAD_REQUEST, USER_LIMIT, ADDRESS_LIMIT, STORE_UNAVAILABLE. */
    async create(wish: {
      name: string | undefined;
      template: string | undefined;
      hours: number | undefined;
      nodes: number;
      /** Who asks, for the place in the line when there is no room. */
      queue: string;
      /** Who signed in for it, where that is asked. */
      userId?: string | undefined;
      /** The client's address or its keyed hash, for the log and the operator. */
      client?: string | undefined;
      /** The address that asks. */
      address: string;
      /** For a frame on a page of another site: what is kept of that, and how many sessions of the site there may be. */
      embed?: { record: EmbedRecord; bound: ShareBound };
    }): Promise<NewSession> {
      const hours = wish.hours ?? sessionHours;
      if (hours > maxSessionHours) {
        throw new DrydockError('BAD_REQUEST', `A session lives at most ${maxSessionHours} hours.`, {
          maxHours: maxSessionHours,
        });
      }
      if (!directory.synced()) throw new DrydockError('STORE_UNAVAILABLE');
      const { userId, client, embed } = wish;
      if (userId !== undefined && sessionsOf(userId) >= sessionsPerUser) {
        throw new DrydockError('USER_LIMIT', undefined, { limit: sessionsPerUser });
      }
      // Who signed in is counted by name, wherever they are.
      const addressKeys = userId === undefined ? shares.keysOf(wish.address) : [];
      const siteBounds = embed === undefined ? [] : [embed.bound];
      const bounds = [...(await shares.demandSession(addressKeys, wish.nodes)), ...siteBounds];
      const countedFor = [...addressKeys, ...siteBounds.map(({ key }) => key)];
      await room.admit(wish.nodes, wish.queue);
      const now = clock.now();
      const made = {
        owner: newLink('owner', now),
        collaborator: newLink('collaborator', now),
        viewer: newLink('viewer', now),
      };
      const session = newSession({
        id: newSessionId(randomBytes(8)),
        name: wish.name ?? null,
        template: wish.template ?? null,
        createdAt: now,
        expiresAt: now + Math.round(hours * HOUR_MS),
        links: [made.owner.link, made.collaborator.link, made.viewer.link],
        portSecret: newToken(),
        ...(userId === undefined ? {} : { userId }),
        ...(client === undefined ? {} : { client }),
        ...(countedFor.length === 0 ? {} : { countedFor }),
        ...(embed === undefined ? {} : { embed: embed.record }),
      });
      await directory.create(session, maxSessions, bounds);
      const site = embed === undefined ? {} : { site: embed.record.site, siteOrigin: embed.record.origin };
      const fields = { sessionId: session.id, audit: 'session-created', hours, userId, client, ...site };
      logger.info(fields, 'session created');
      return {
        session,
        tokens: { owner: made.owner.token, collaborator: made.collaborator.token, viewer: made.viewer.token },
      };
    },

    /** Adds hours, up to the operator's maximum. */
    async extend(sessionId: SessionId, hours: number): Promise<SessionRecord> {
      const maxMs = maxSessionHours * HOUR_MS;
      const extended = await directory.update(sessionId, (session) =>
        extendSession(session, Math.round(hours * HOUR_MS), maxMs, clock.now()),
      );
      logger.info({ sessionId, audit: 'session-extended', hours, expiresAt: extended.expiresAt }, 'session extended');
      return extended;
    },

    /** Gives a session another name, or none. */
    async rename(sessionId: SessionId, name: string | null): Promise<SessionRecord> {
      const renamed = await directory.update(sessionId, (session) => renameSession(session, name, clock.now()));
      logger.info({ sessionId, audit: 'session-renamed' }, 'session renamed');
      return renamed;
    },

    /** Notes that somebody does something in a session: that keeps it, where the operator ends those without use. */
    touch(sessionId: SessionId): void {
      const session = directory.get(sessionId);
      if (idleMs === 0 || session === undefined || touch(session, clock.now(), touchStepMs) === session) return;
      directory
        .update(sessionId, (current) => touch(current, clock.now(), touchStepMs))
        .catch((error: unknown) => logger.warn({ err: error, sessionId }, 'use of a session was not noted'));
    },

    links(session: SessionRecord): LinkView[] {
      return session.links.map(({ id, right, createdAt }) => ({ id, right, createdAt }));
    },

    async addLink(sessionId: SessionId, right: Right): Promise<{ link: LinkRecord; token: string }> {
      const made = newLink(right, clock.now());
      await directory.update(sessionId, (session) => addLink(session, made.link, clock.now()));
      logger.info({ sessionId, audit: 'link-created', linkId: made.link.id, right }, 'link created');
      return made;
    },

    /** A new token in the place of a link's; the old one opens nothing any more. @throws DrydockError NOT_FOUND. */
    async rotateLink(sessionId: SessionId, linkId: string): Promise<{ link: LinkRecord; token: string }> {
      const made = newLink('viewer', clock.now());
      const session = await directory.update(sessionId, (current) =>
        rotateLink(current, linkId, made.link, clock.now()),
      );
      // Its right is that of the link whose place it took.
      const link = session.links.find(({ id }) => id === made.link.id) ?? made.link;
      const { right } = link;
      logger.info({ sessionId, audit: 'link-rotated', linkId, newLinkId: link.id, right }, 'link rotated');
      return { link, token: made.token };
    },

    async revokeLink(sessionId: SessionId, linkId: string): Promise<void> {
      await directory.update(sessionId, (session) => revokeLink(session, linkId, clock.now()));
      logger.info({ sessionId, audit: 'link-revoked', linkId }, 'link revoked');
    },

    async setPort(sessionId: SessionId, node: string, port: number, choice: PortChoice) {
      const session = await directory.update(sessionId, (current) => setPort(current, node, port, choice, clock.now()));
      logger.info({ sessionId, audit: 'port-choice', node, port, ...choice }, 'port setting changed');
      return session;
    },

    /** A link that opens one port until `minutes` are over, or the session is. */
    async sharePort(sessionId: SessionId, node: string, port: number, minutes: number) {
      const token = newToken();
      const id = newId('p', 11);
      const session = await directory.update(sessionId, (current) => {
        requireNode(current, node);
        const expiresAt = Math.min(current.expiresAt, clock.now() + Math.round(minutes * 60_000));
        return addShare(current, { id, node, port, tokenHash: hashToken(token), expiresAt }, clock.now());
      });
      logger.info({ sessionId, audit: 'port-shared', node, port, minutes }, 'port shared');
      return { token, expiresAt: sharesOf(session).find((share) => share.id === id)?.expiresAt ?? clock.now() };
    },
  };
}
