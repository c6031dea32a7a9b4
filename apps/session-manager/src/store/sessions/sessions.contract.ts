/** What every store of sessions promises. */
import { randomBytes } from 'node:crypto';
import { newSessionId, sessionIdSchema } from '@drydock/protocol';
import { describe, expect, it } from 'vitest';
import { newId, newLink, newToken } from '../../model/links.ts';
import { type ActiveSession, beginClosing, clearHost, newSession, type SessionRecord } from '../../model/session.ts';
import { addNode, setNodeState } from '../../model/session-nodes.ts';
import type { SessionStore } from './session-store.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const MANY = 1000;

/** A fresh active session. */
export function exampleSession(): ActiveSession {
  const now = Date.now();
  return newSession({
    id: newSessionId(randomBytes(8)),
    name: 'example',
    template: null,
    createdAt: now,
    expiresAt: now + 60_000,
    links: [newLink('owner', now).link],
    portSecret: newToken(),
  });
}

function withNode(session: SessionRecord, host: string): SessionRecord {
  const added = addNode(session, { name: undefined, host, limits: LIMITS, now: Date.now(), maxNodes: 8 });
  return { ...added.session, version: session.version + 1 };
}

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function sessionsContract(make: () => Promise<SessionStore>): void {
  describe('sessions', () => {
    it('gives back what was written', async () => {
      const store = await make();
      const session = exampleSession();
      expect(await store.create(session, MANY)).toBe('written');
      expect(await store.get(session.id)).toEqual(session);
      expect(await store.list()).toEqual({ records: [session], unreadable: [] });
    });

    it('knows nothing of an unknown id', async () => {
      const store = await make();
      expect(await store.get(sessionIdSchema.parse('aaaaaaaa'))).toBeUndefined();
      expect(await store.list()).toEqual({ records: [], unreadable: [] });
    });

    it('refuses a taken id, and more sessions than allowed', async () => {
      const store = await make();
      const session = exampleSession();
      await store.create(session, MANY);
      expect(await store.create({ ...exampleSession(), id: session.id }, MANY)).toBe('conflict');
      expect(await store.create(exampleSession(), 1)).toBe('full');
      expect(await store.get(session.id)).toEqual(session);
    });

    it('lets only one of two writers change the same version', async () => {
      const store = await make();
      const session = exampleSession();
      await store.create(session, MANY);
      const changes = ['one', 'two', 'three', 'four'].map((text) => ({ ...session, name: text, version: 2 }));
      const results = await Promise.all(changes.map((next) => store.replace(session, next)));
      expect(results.filter((result) => result === 'written')).toHaveLength(1);
      expect(results.filter((result) => result === 'conflict')).toHaveLength(3);
      const winner = changes[results.indexOf('written')];
      expect(await store.get(session.id)).toEqual(winner);
    });

    it('never places more nodes on a host than it takes, however many ask at once', async () => {
      const store = await make();
      const sessions = Array.from({ length: 6 }, exampleSession);
      for (const session of sessions) await store.create(session, MANY);
      const results = await Promise.all(
        sessions.map((session) => store.replace(session, withNode(session, 'h1'), [{ host: 'h1', maxNodes: 4 }])),
      );
      expect(results.filter((result) => result === 'written')).toHaveLength(4);
      expect(results.filter((result) => result === 'host-full')).toHaveLength(2);
      expect(await store.placements()).toEqual({ h1: 4 });
    });

    it('bounds every host of a write that places nodes on several, and places none where one of them is full', async () => {
      const store = await make();
      const [first, second] = [exampleSession(), exampleSession()];
      for (const session of [first, second]) await store.create(session, MANY);
      const bounds = [
        { host: 'h1', maxNodes: 4 },
        { host: 'h2', maxNodes: 1 },
      ];
      const onBoth = (session: SessionRecord) => {
        const next = withNode(session, 'h1');
        return { ...withNode(next, 'h2'), version: next.version };
      };
      expect(await store.replace(first, onBoth(first), bounds)).toBe('written');
      expect(await store.replace(second, onBoth(second), bounds)).toBe('host-full');
      expect(await store.placements()).toEqual({ h1: 1, h2: 1 });
    });

    it('never lets those of one key have more sessions than they may, however many ask at once', async () => {
      const store = await make();
      const [mine, site] = [newId('', 8), newId('', 8)];
      const counted = () => ({ ...exampleSession(), countedFor: [mine, site] });
      const bounds = [
        { key: mine, maxSessions: 4 },
        { key: site, maxSessions: 5 },
      ];
      const results = await Promise.all(Array.from({ length: 6 }, () => store.create(counted(), MANY, bounds)));
      expect(results.filter((result) => result === 'written')).toHaveLength(4);
      expect(results.filter((result) => typeof result === 'object')).toEqual(
        Array.from({ length: 2 }, () => ({ over: 'sessions', most: 4 })),
      );
      expect(await store.holdings([mine, site, 'nobody'])).toEqual([
        { sessions: 4, nodes: 0 },
        { sessions: 4, nodes: 0 },
        { sessions: 0, nodes: 0 },
      ]);
      const neighbour = () => ({ ...exampleSession(), countedFor: [newId('', 8), site] });
      const ofSite = [{ key: site, maxSessions: 5 }];
      expect(await store.create(neighbour(), MANY, ofSite)).toBe('written');
      expect(await store.create(neighbour(), MANY, ofSite)).toEqual({ over: 'sessions', most: 5 });
    });

    it('never lets those of one key have more nodes than they may, however many ask at once', async () => {
      const store = await make();
      const key = newId('', 8);
      const sessions = Array.from({ length: 5 }, () => ({ ...exampleSession(), countedFor: [key] }));
      for (const session of sessions) await store.create(session, MANY);
      const shares = [{ key, maxNodes: 3 }];
      const results = await Promise.all(
        sessions.map((session) => store.replace(session, withNode(session, 'h1'), [], shares)),
      );
      expect(results.filter((result) => result === 'written')).toHaveLength(3);
      expect(results).toContainEqual({ over: 'nodes', most: 3 });
      expect(await store.holdings([key])).toEqual([{ sessions: 5, nodes: 3 }]);
      expect(await store.placements()).toEqual({ h1: 3 });
    });

    it('counts a session for its key as long as it is active, and a node as long as it has a place', async () => {
      const store = await make();
      const key = newId('', 8);
      let session: SessionRecord = { ...exampleSession(), countedFor: [key] };
      await store.create(session, MANY);
      const held = async (next: SessionRecord) => {
        const written = { ...next, version: session.version + 1 };
        expect(await store.replace(session, written)).toBe('written');
        session = written;
        return (await store.holdings([key]))[0];
      };
      expect(await held(withNode(session, 'h1'))).toEqual({ sessions: 1, nodes: 1 });
      expect(await held(withNode(session, 'h2'))).toEqual({ sessions: 1, nodes: 2 });
      expect(await held({ ...session, name: 'no news' })).toEqual({ sessions: 1, nodes: 2 });
      expect(await held(setNodeState(session, 'node1', 'lost'))).toEqual({ sessions: 1, nodes: 1 });
      expect(await held(beginClosing(session, 'closed', Date.now()))).toEqual({ sessions: 0, nodes: 1 });
      const end = { endReason: 'closed', endedAt: Date.now() } as const;
      expect(await held({ ...session, ...end, state: 'retained', retainedUntil: Date.now() })).toEqual({
        sessions: 0,
        nodes: 0,
      });
      expect(await held({ ...session, ...end, state: 'closing' })).toEqual({ sessions: 0, nodes: 1 });
      expect(await held(clearHost(session, 'h2'))).toEqual({ sessions: 0, nodes: 0 });
    });

    it('frees a place when a node is lost or its session is closed', async () => {
      const store = await make();
      const first = exampleSession();
      await store.create(first, MANY);
      const second = withNode(first, 'h1');
      await store.replace(first, second);
      const third = withNode(second, 'h2');
      await store.replace(second, third);
      expect(await store.placements()).toEqual({ h1: 1, h2: 1 });
      const lost = { ...setNodeState(third, 'node1', 'lost'), version: 4 };
      await store.replace(third, lost);
      expect(await store.placements()).toEqual({ h2: 1 });
      const closing = { ...beginClosing(lost, 'closed', Date.now()), version: 5 };
      await store.replace(lost, closing);
      expect(await store.placements()).toEqual({ h2: 1 });
      await store.replace(closing, { ...clearHost(closing, 'h2'), version: 6 });
      expect(await store.placements()).toEqual({});
    });

    it('remembers a closed session without counting or listing it', async () => {
      const store = await make();
      const session = exampleSession();
      await store.create(session, MANY);
      const closing = beginClosing(session, 'closed', Date.now());
      const closed = { ...clearHost(closing, undefined), version: 2 };
      expect(closed.state).toBe('closed');
      expect(await store.replace(session, closed)).toBe('written');
      expect(await store.list()).toEqual({ records: [], unreadable: [] });
      expect((await store.get(session.id))?.state).toBe('closed');
      expect(await store.create(exampleSession(), 1)).toBe('written');
    });

    it('tells of every write', async () => {
      const store = await make();
      const heard: string[] = [];
      store.onChanged((write) => heard.push(write === 'all' ? write : `${write.id} ${write.version}`));
      const session = exampleSession();
      await store.create(session, MANY);
      await store.replace(session, { ...session, name: 'x', version: 2 });
      // A cluster may tell of an earlier test's writes only now.
      const ofIt = () => heard.filter((write) => write.startsWith(session.id));
      await expect.poll(ofIt).toEqual([`${session.id} 1`, `${session.id} 2`]);
    });
  });
}
