/** A session as it is stored, and every way in which it may change: pure functions from one record to the next. */
import {
  DrydockError,
  type EndReason,
  MAX_NODES_PER_SESSION,
  type NodeLimits,
  nodeAddress,
  nodeNameSchema,
  type RetentionView,
  type Right,
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
  readonly id: string;
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

/** Links of one session: enough for a class with one each; more is a mistake or an attack on the store. */
export const MAX_LINKS_PER_SESSION = 200;
/** Port shares that are alive in one session. */
export const MAX_SHARES_PER_SESSION = 200;
/** Ports with a setting of their own (public, Host) in one session, of each kind. */
export const MAX_SET_PORTS_PER_SESSION = 200;

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

/** For what needs a node that does something. @throws DrydockError SESSION_FROZEN with the operator's reason. */
export function requireThawed(session: SessionRecord): void {
  const frozen = frozenOf(session);
  if (frozen !== undefined) throw new DrydockError('SESSION_FROZEN', undefined, { reason: frozen.reason });
}

/** @throws DrydockError NODE_NOT_FOUND. */
export function requireNode(session: SessionRecord, name: string): NodeRecord {
  const node = session.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new DrydockError('NODE_NOT_FOUND');
  return node;
}

/** The name that a node without a wish gets: the first free of node1, node2, ... */
export function firstFreeName(session: SessionRecord): string {
  const taken = new Set(session.nodes.map((node) => node.name));
  for (let number = 1; ; number += 1) {
    if (!taken.has(`node${number}`)) return `node${number}`;
  }
}

function firstFreeIndex(session: SessionRecord, wanted: number | undefined): number {
  const taken = new Set(session.nodes.map((node) => node.index));
  // node3 at .13 is easier to remember than node3 at .11, so a number in the name is taken as a wish.
  if (wanted !== undefined && wanted >= 1 && wanted <= MAX_NODES_PER_SESSION && !taken.has(wanted)) return wanted;
  for (let index = 1; index <= MAX_NODES_PER_SESSION; index += 1) {
    if (!taken.has(index)) return index;
  }
  throw new DrydockError('NODE_LIMIT');
}

/** Reserves name, address and place of a node; `maxNodes` is the operator's limit. */
export function addNode(
  session: SessionRecord,
  wish: { name: string | undefined; host: string; limits: NodeLimits; now: number; maxNodes: number; driver?: string },
): { session: ActiveSession; node: NodeRecord } {
  const live = requireLive(session, wish.now);
  if (wish.name !== undefined) {
    if (!nodeNameSchema.safeParse(wish.name).success) throw new DrydockError('BAD_NAME');
    if (session.nodes.some((node) => node.name === wish.name)) throw new DrydockError('NODE_EXISTS');
  }
  if (session.nodes.length >= wish.maxNodes) {
    throw new DrydockError('NODE_LIMIT', undefined, { limit: wish.maxNodes });
  }
  const name = wish.name ?? firstFreeName(session);
  const number = /^node([1-9]\d{0,2})$/.exec(name)?.[1];
  const node: NodeRecord = {
    name,
    index: firstFreeIndex(session, number === undefined ? undefined : Number(number)),
    host: wish.host,
    limits: wish.limits,
    state: 'creating',
    createdAt: wish.now,
    ...(wish.driver === undefined ? {} : { driver: wish.driver }),
  };
  return { session: { ...live, nodes: [...live.nodes, node] }, node };
}

/** Where a session lives: nodes of a lost host are nowhere any more. */
export function homeOf({ nodes, spanMtu }: SessionRecord): { hosts: Map<string, number>; mtu: number | undefined } {
  const hosts = new Map<string, number>();
  for (const { host, state } of nodes) if (state !== 'lost') hosts.set(host, (hosts.get(host) ?? 0) + 1);
  return { hosts, mtu: hosts.size === 0 ? undefined : spanMtu };
}

/** Moves a node's state forward; the same state again, or a step back, changes nothing. */
export function setNodeState<S extends SessionRecord>(session: S, name: string, state: NodeRecord['state']): S {
  const order: Record<NodeRecord['state'], number> = { creating: 0, running: 1, destroying: 2, lost: 2 };
  const node = session.nodes.find((candidate) => candidate.name === name);
  if (node === undefined || order[state] <= order[node.state]) return session;
  return { ...session, nodes: session.nodes.map((each) => (each === node ? { ...node, state } : each)) };
}

/** Takes over a half-made node from a manager that is dead; nothing changes when somebody was faster. */
export function takeOverNode<S extends SessionRecord>(session: S, taken: NodeRecord, driver: string): S {
  const node = session.nodes.find(({ name }) => name === taken.name);
  if (node?.state !== 'creating' || node.driver !== taken.driver || node.createdAt !== taken.createdAt) return session;
  return { ...session, nodes: session.nodes.map((each) => (each === node ? { ...node, driver } : each)) };
}

/** Forgets a node that is gone from its host, with everything that named it. */
export function removeNode(session: SessionRecord, name: string): SessionRecord {
  if (!session.nodes.some((node) => node.name === name)) return session;
  const isOther = (key: string) => !key.startsWith(`${name}:`);
  const left = {
    nodes: session.nodes.filter((node) => node.name !== name),
    rewrittenHosts: (session.rewrittenHosts ?? []).filter(isOther),
  };
  if (session.state !== 'active') return { ...session, ...left };
  return {
    ...session,
    ...left,
    shares: session.shares.filter((share) => share.node !== name),
    publicPorts: session.publicPorts.filter(isOther),
  };
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

/** What the owner chose for a port; what is absent stays as it is. */
export interface PortChoice {
  visibility?: 'private' | 'public' | undefined;
  host?: 'keep' | 'rewrite' | undefined;
}

function withKey(list: readonly string[], key: string, isIn: boolean): readonly string[] {
  if (list.includes(key) === isIn) return list;
  if (!isIn) return list.filter((candidate) => candidate !== key);
  if (list.length >= MAX_SET_PORTS_PER_SESSION) throw new DrydockError('RATE_LIMITED');
  return [...list, key];
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

/** The node's address in its session. */
export function addressOf(node: NodeRecord): string {
  return nodeAddress(node.index);
}
