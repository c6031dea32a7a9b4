/**
 * A session as it is stored, and how it lives and ends: pure functions from one record to the next. Its nodes change by
 * session-nodes.ts, its links and ports by session-sharing.ts.
 */
import {
  DrydockError,
  type EndReason,
  type NodeLimits,
  type RetentionView,
  type Right,
  type SessionId,
  type SessionState,
} from '@drydock/protocol';

/** A link: who holds a token with this hash has the right. */
export interface LinkRecord {
  readonly id: string;
  readonly right: Right;
  /** SHA-256 of the token, base64url; the token itself is nowhere stored. */
  readonly tokenHash: string;
  readonly createdAt: number;
}

/** A node's place. `index` fixes its address for its life; what the node is doing is known by its host alone. */
export interface NodeRecord {
  readonly name: string;
  readonly index: number;
  readonly host: string;
  readonly limits: NodeLimits;
  /** creating -> running -> destroying or lost; lost stays visible until the learner deletes the node. */
  readonly state: 'creating' | 'running' | 'destroying' | 'lost';
  readonly createdAt: number;
  /** While it is being made: the life of the manager that makes it. When that one is dead, another takes over. */
  readonly driver?: string;
}

/** An expiring link to one port. */
export interface ShareRecord {
  readonly id: string;
  readonly node: string;
  readonly port: number;
  readonly tokenHash: string;
  readonly expiresAt: number;
}

/** Where a session stands that a page of another site shows. Nobody has it as an owner. */
export interface EmbedRecord {
  /** The site's id (sites/sites.ts). */
  readonly site: string;
  readonly origin: string;
  /** Nodes that it may have. */
  readonly nodes: number;
}

/** What every session has, whatever its state. */
interface SessionBase {
  readonly id: SessionId;
  readonly name: string | null;
  readonly template: string | null;
  /** The lab that it is led by; how that stands is kept by itself (model/lab-record.ts). */
  readonly lab?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When somebody last did something in it, kept to the minute; only where the operator ends idle sessions. */
  readonly activeAt?: number;
  readonly nodes: readonly NodeRecord[];
  readonly links: readonly LinkRecord[];
  /** Ports whose programs see `localhost:<port>` as Host, as `node:port`; absent in records of earlier versions. */
  readonly rewrittenHosts?: readonly string[];
  /** Signs the cookies of private ports; worth no more than the sight of this session's ports. */
  readonly portSecret: string;
  /** Who signed in for it (a hash), where the operator asks for that. */
  readonly userId?: string;
  /** Who asked for it: an address or its keyed hash (operator/client-names.ts); absent where the operator keeps neither. */
  readonly client?: string;
  /** An operator's own words on it. */
  readonly note?: string;
  /** What a rule has seen in it. */
  readonly flag?: { readonly at: number; readonly text: string };
  /** What the address that asked for it is counted by (scheduling/address-shares.ts); absent where it is not counted. */
  readonly countedFor?: readonly string[];
  /** It was begun by a frame on a page of another site, on these terms; absent for every other. */
  readonly embed?: EmbedRecord;
  /** The MTU of its network, where its first host lets sessions span hosts; without it they stay on that host. */
  readonly spanMtu?: number | undefined;
  /** The identifier of its network between hosts, from the moment at which it spans them. */
  readonly vni?: number;
  /** Counts changes; the store refuses a change that was made from an older one. */
  readonly version: number;
}

/** How a session ended. */
interface End {
  readonly endReason: EndReason;
  readonly endedAt: number;
  /** Why the operator ended it, for its pages. */
  readonly endText?: string;
}

/** It runs. */
export interface ActiveSession extends SessionBase {
  readonly state: 'active';
  readonly shares: readonly ShareRecord[];
  /** Ports that the owner made public, as `node:port`. */
  readonly publicPorts: readonly string[];
  /** The operator, or a rule of the operator's, has stopped its nodes where they are. */
  readonly frozen?: { readonly at: number; readonly reason: string };
}

/** Its time is up: nothing of it runs, and until `retainedUntil` its owner may still fetch files. */
export interface RetainedSession extends SessionBase, End {
  readonly state: 'retained';
  readonly retainedUntil: number;
}

/** Its nodes are being destroyed. */
export interface ClosingSession extends SessionBase, End {
  readonly state: 'closing';
}

/** Nothing of it is left but this record, by which its links can say that it ended. */
export interface ClosedSession extends SessionBase, End {
  readonly state: 'closed';
}

export type SessionRecord = ActiveSession | RetainedSession | ClosingSession | ClosedSession;

type New = Pick<
  ActiveSession,
  | 'id'
  | 'name'
  | 'template'
  | 'createdAt'
  | 'expiresAt'
  | 'links'
  | 'portSecret'
  | 'userId'
  | 'client'
  | 'countedFor'
  | 'embed'
>;

/** The first record of a session. */
export function newSession(fields: New): ActiveSession {
  return { ...fields, state: 'active', nodes: [], shares: [], publicPorts: [], version: 1 };
}

/** Whether the session lives at `now`; a session past its end is over even before anybody has written that down. */
export function isLive(session: SessionRecord, now: number): boolean {
  return session.state === 'active' && now < session.expiresAt;
}

/** @throws DrydockError SESSION_ENDED. */
export function requireLive(session: SessionRecord, now: number): ActiveSession {
  if (session.state !== 'active' || !isLive(session, now)) throw new DrydockError('SESSION_ENDED');
  return session;
}

/** Who stopped its nodes where they are, if somebody did; what has ended is not frozen. */
export function frozenOf(session: SessionRecord): ActiveSession['frozen'] {
  return session.state === 'active' ? session.frozen : undefined;
}

/** Links to single ports. */
export function sharesOf(session: SessionRecord): readonly ShareRecord[] {
  return session.state === 'active' ? session.shares : [];
}

/** Ports that everybody may open, as `node:port`. */
export function publicPortsOf(session: SessionRecord): readonly string[] {
  return session.state === 'active' ? session.publicPorts : [];
}

/** What a page of another site began stays what its key allowed. @throws DrydockError FORBIDDEN. */
export function requireOwnPlace(session: SessionRecord): void {
  if (session.embed !== undefined)
    throw new DrydockError('FORBIDDEN', 'A session on the page of another site stays what it began as.');
}

/** Nodes that a session may have, where others may have `most`. */
export function maxNodesOf(session: SessionRecord, most: number): number {
  return Math.min(most, session.embed?.nodes ?? most);
}

/** The refusal of a frozen session, in its own words where `reason` is given: it is for who holds something of the session. */
export function frozenError(reason?: string): DrydockError {
  const plain = new DrydockError('SESSION_FROZEN');
  if (reason === undefined) return plain;
  return new DrydockError('SESSION_FROZEN', `${plain.message.replace(/\.$/, '')}: ${reason}`, { reason });
}

/** For what needs a node that does something. @throws DrydockError SESSION_FROZEN with the operator's reason. */
export function requireThawed(session: SessionRecord): void {
  const frozen = frozenOf(session);
  if (frozen !== undefined) throw frozenError(frozen.reason);
}

/** @throws DrydockError NODE_NOT_FOUND. */
export function requireNode(session: SessionRecord, name: string): NodeRecord {
  const node = session.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new DrydockError('NODE_NOT_FOUND');
  return node;
}

/** Adds `ms` to the session's time, up to `maxMs` from its birth. */
export function extendSession(session: SessionRecord, ms: number, maxMs: number, now: number): SessionRecord {
  const live = requireLive(session, now);
  const latest = live.createdAt + maxMs;
  return { ...live, expiresAt: Math.max(live.expiresAt, Math.min(live.expiresAt + ms, latest)) };
}

/** @throws DrydockError SESSION_ENDED. */
export function renameSession(session: SessionRecord, name: string | null, now: number): SessionRecord {
  requireLive(session, now);
  return { ...session, name };
}

/** The part of a session's own length that its retention may last: whoever makes many short sessions must not hold hosts for long. */
const RETENTION_SHARE = 1 / 4;

/** How long the files of a session can still be fetched after its end (ms), when the operator gives `maxMs` at most. */
export function retentionMs(session: SessionRecord, endedAt: number, maxMs: number): number {
  // It has no owner who could fetch anything.
  if (session.embed !== undefined) return 0;
  return Math.max(0, Math.min(maxMs, Math.floor((endedAt - session.createdAt) * RETENTION_SHARE)));
}

/** Whether the owner may still fetch files at `now`. */
export function isRetained(session: SessionRecord, now: number): boolean {
  return session.state === 'retained' && now < session.retainedUntil;
}

/** What the owner may still fetch, or undefined when there is nothing any more. */
export function retentionView(session: SessionRecord, now: number): RetentionView | undefined {
  if (session.state !== 'retained' || !isRetained(session, now)) return undefined;
  const nodes = session.nodes.filter(({ state }) => state === 'running').map(({ name }) => name);
  return { state: 'retained', retainedUntil: session.retainedUntil, now, nodes };
}

/** When a session ends that nobody uses, if it may be without use for `idleMs`. */
export function idleEnd(session: SessionRecord, idleMs: number): number {
  return (session.activeAt ?? session.createdAt) + idleMs;
}

/** How a session that does not live any more ended; one whose time is up before anybody has written that down expired. */
export function endOf(session: SessionRecord): { reason: EndReason; at: number; text: string | undefined } {
  if (session.state === 'active') return { reason: 'expired', at: session.expiresAt, text: undefined };
  return { reason: session.endReason, at: session.endedAt, text: session.endText };
}

/** A session without what only a running one has. */
function baseOf(session: SessionRecord): SessionBase & { state: SessionState } {
  switch (session.state) {
    case 'active': {
      const { shares: _shares, publicPorts: _publicPorts, frozen: _frozen, ...base } = session;
      return base;
    }
    case 'retained': {
      const { retainedUntil: _retainedUntil, ...base } = session;
      return base;
    }
    case 'closing':
    case 'closed':
      return session;
  }
}

/** Ends an active session at `endedAt` but keeps what its nodes hold until `retainedUntil`: nothing of it runs any more. */
export function beginRetention(
  session: SessionRecord,
  reason: EndReason,
  endedAt: number,
  retainedUntil: number,
): SessionRecord {
  if (session.state !== 'active') return session;
  const nodes = session.nodes.filter(({ state }) => state !== 'lost');
  return { ...baseOf(session), state: 'retained', endReason: reason, endedAt, retainedUntil, nodes };
}

/** Lets a frozen session go on; one that has ended meanwhile, or was thawed by somebody else, stays as it is. */
export function thaw(session: SessionRecord): SessionRecord {
  if (session.state !== 'active' || session.frozen === undefined) return session;
  const { frozen: _frozen, ...thawed } = session;
  return thawed;
}

/** Writes an operator's own words on a session, or takes them away (''). */
export function noted(session: SessionRecord, note: string): SessionRecord {
  if (note !== '') return { ...session, note };
  const { note: _note, ...rest } = session;
  return rest;
}

/** Notes that somebody did something, if that is news by more than `stepMs`. */
export function touch(session: SessionRecord, now: number, stepMs: number): SessionRecord {
  if (session.state !== 'active' || now - (session.activeAt ?? session.createdAt) < stepMs) return session;
  return { ...session, activeAt: now };
}

/** Ends a session that is active or retained; its nodes are still to be destroyed. `text`: why, for its pages. */
export function beginClosing(session: SessionRecord, reason: EndReason, now: number, text?: string): SessionRecord {
  if (session.state !== 'active' && session.state !== 'retained') return session;
  const end = session.state === 'active' ? { endReason: reason, endedAt: now } : {};
  const why = text === undefined ? {} : { endText: text };
  // What a lost host still has of it, the host destroys when it comes back: no session of its own names it.
  const left = session.nodes.filter(({ state }) => state !== 'lost');
  const nodes = left.map((node): NodeRecord => ({ ...node, state: 'destroying' }));
  return { endReason: reason, endedAt: now, ...baseOf(session), ...end, ...why, state: 'closing', nodes };
}

/** Forgets the nodes of a closing session that `host` has destroyed; with none left the session is closed. */
export function clearHost(session: SessionRecord, host: string | undefined): SessionRecord {
  if (session.state !== 'closing') return session;
  const nodes = session.nodes.filter((node) => node.host !== host);
  return { ...session, nodes, state: nodes.length === 0 ? 'closed' : 'closing' };
}

/** The last record of a session that the store no longer has: it was closed while nobody listened. */
export function vanished(session: SessionRecord): ClosedSession {
  const end = { endReason: 'closed', endedAt: session.expiresAt } as const;
  return { ...end, ...baseOf(session), state: 'closed', nodes: [], version: session.version + 1 };
}
