import { sessionIdSchema } from '@drydock/protocol';
import { describe, expect, it } from 'vitest';
import { findLink, hashToken, newLink } from './links.ts';
import {
  beginClosing,
  clearHost,
  extendSession,
  isLive,
  newSession,
  publicPortsOf,
  type SessionRecord,
} from './session.ts';
import { addNode, removeNode } from './session-nodes.ts';
import { addLink, MAX_LINKS_PER_SESSION, revokeLink, setPort } from './session-sharing.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const HOUR = 3_600_000;
const owner = newLink('owner', 0);

function fresh(): SessionRecord {
  return newSession({
    id: sessionIdSchema.parse('abcdefgh'),
    name: null,
    template: null,
    createdAt: 0,
    expiresAt: 4 * HOUR,
    links: [owner.link],
    portSecret: 's',
  });
}

const codeOf = (action: () => unknown) => {
  try {
    action();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const withNode = (session: SessionRecord, name: string | undefined, host = 'h1') =>
  addNode(session, { name, host, limits: LIMITS, now: 0, maxNodes: 8 }).session;

describe('a session', () => {
  it('lives until its end, to the millisecond', () => {
    expect(isLive(fresh(), 4 * HOUR - 1)).toBe(true);
    expect(isLive(fresh(), 4 * HOUR)).toBe(false);
    expect(codeOf(() => addNode(fresh(), { name: 'a', host: 'h', limits: LIMITS, now: 4 * HOUR, maxNodes: 8 }))).toBe(
      'SESSION_ENDED',
    );
  });

  it('is extended up to the maximum from its birth, and never shortened', () => {
    expect(extendSession(fresh(), HOUR, 12 * HOUR, 0).expiresAt).toBe(5 * HOUR);
    expect(extendSession(fresh(), 100 * HOUR, 12 * HOUR, 0).expiresAt).toBe(12 * HOUR);
    expect(extendSession(fresh(), HOUR, 2 * HOUR, 0).expiresAt).toBe(4 * HOUR);
  });

  it('closes when its last host has nothing left of it', () => {
    const session = withNode(withNode(fresh(), 'a', 'h1'), 'b', 'h2');
    const closing = beginClosing(session, 'expired', 1);
    expect(closing).toMatchObject({ state: 'closing', endReason: 'expired', endedAt: 1 });
    const half = clearHost(closing, 'h1');
    expect(half.state).toBe('closing');
    expect(clearHost(half, 'h2')).toMatchObject({ state: 'closed', nodes: [] });
    expect(beginClosing(closing, 'closed', 2)).toBe(closing);
  });

  it('keeps an address for a node’s life, and takes a number in the name as a wish', () => {
    let session = withNode(fresh(), 'node3');
    session = withNode(session, undefined);
    session = withNode(session, 'mgr');
    expect(session.nodes.map(({ name, index }) => [name, index])).toEqual([
      ['node3', 3],
      ['node1', 1],
      ['mgr', 2],
    ]);
    session = withNode(removeNode(session, 'node1'), undefined);
    expect(session.nodes.at(-1)).toMatchObject({ name: 'node1', index: 1 });
  });

  it('forgets a node’s public ports with the node', () => {
    const session = setPort(withNode(fresh(), 'a'), 'a', 80, { visibility: 'public' }, 0);
    expect(publicPortsOf(session)).toEqual(['a:80']);
    expect(publicPortsOf(removeNode(session, 'a'))).toEqual([]);
    expect(publicPortsOf(setPort(session, 'a', 80, { visibility: 'private' }, 0))).toEqual([]);
  });

  it('keeps one owner, and no more links than its bound', () => {
    expect(codeOf(() => revokeLink(fresh(), owner.link.id, 0))).toBe('BAD_REQUEST');
    let session = fresh();
    for (let count = 1; count < MAX_LINKS_PER_SESSION; count += 1) {
      session = addLink(session, newLink('viewer', 0).link, 0);
    }
    expect(codeOf(() => addLink(session, newLink('viewer', 0).link, 0))).toBe('RATE_LIMITED');
  });

  it('is opened by its tokens, of which it holds hashes only', () => {
    const session = fresh();
    expect(findLink(session, owner.token)?.right).toBe('owner');
    expect(findLink(session, newLink('owner', 0).token)).toBeUndefined();
    expect(findLink(session, hashToken(owner.token))).toBeUndefined();
    expect(findLink(session, undefined)).toBeUndefined();
    expect(JSON.stringify(session)).not.toContain(owner.token);
    expect(owner.token.length).toBeGreaterThanOrEqual(40);
  });
});
