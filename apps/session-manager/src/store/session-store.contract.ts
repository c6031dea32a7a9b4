/** What every session store promises; run against each implementation. */
import { MAX_TIMELINE_ENTRIES, timelineEntrySchema } from '@drydock/protocol';
import { describe, expect, it } from 'vitest';
import { hashToken, newId, newLink, newToken } from '../model/links.ts';
import { addNode, beginClosing, clearHost, newSession, type SessionRecord, setNodeState } from '../model/session.ts';
import type { SessionStore } from './session-store.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const MANY = 1000;

/** A fresh active session. */
export function exampleSession(): SessionRecord {
  const now = Date.now();
  return newSession({
    id: newId('', 8),
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

/** Declares the suite; `make` gives an empty store, the same for one test. */
export function sessionStoreContract(name: string, make: () => Promise<SessionStore>): void {
  describe(name, () => {
    it('gives back what was written', async () => {
      const store = await make();
      const session = exampleSession();
      expect(await store.create(session, MANY)).toBe('written');
      expect(await store.get(session.id)).toEqual(session);
      expect(await store.list()).toEqual([session]);
    });

    it('keeps the last entries of a timeline in order, each thing once however many managers say it', async () => {
      const store = await make();
      const { id } = exampleSession();
      const say = (at: number) => store.addToTimeline(id, { at, kind: 'node-added', node: 'node1' }, `said ${at}`);
      const [first, again] = [await say(1), await say(1)];
      expect(first).toMatchObject({ at: 1, kind: 'node-added', node: 'node1' });
      expect(again).toBeUndefined();
      for (let at = 2; at <= MAX_TIMELINE_ENTRIES + 5; at += 1) await say(at);
      const entries = await store.timeline(id);
      expect(entries.map(({ at }) => at)).toEqual(Array.from({ length: MAX_TIMELINE_ENTRIES }, (_, k) => k + 6));
      expect(new Set(entries.map((entry) => timelineEntrySchema.parse(entry).id)).size).toBe(MAX_TIMELINE_ENTRIES);
      expect(await store.timeline('aaaaaaaa')).toEqual([]);
    });

    it('knows nothing of an unknown id', async () => {
      const store = await make();
      expect(await store.get('aaaaaaaa')).toBeUndefined();
      expect(await store.list()).toEqual([]);
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
      expect(await held({ ...session, state: 'grace' })).toEqual({ sessions: 0, nodes: 0 });
      expect(await held({ ...session, state: 'closing' })).toEqual({ sessions: 0, nodes: 1 });
      expect(await held(clearHost(session, 'h2'))).toEqual({ sessions: 0, nodes: 0 });
    });

    it('lets a word be said once within its time', async () => {
      const store = await make();
      const said = await Promise.all(Array.from({ length: 5 }, () => store.once('word', 60_000)));
      expect(said.filter(Boolean)).toHaveLength(1);
      expect(await store.once('another', 60_000)).toBe(true);
    });

    it('gives each session that spans hosts a network of its own', async () => {
      const store = await make();
      const given = await Promise.all(Array.from({ length: 20 }, () => store.nextVni()));
      expect(new Set(given).size).toBe(20);
      expect(Math.min(...given)).toBeGreaterThan(0);
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
      expect(await store.list()).toEqual([]);
      expect((await store.get(session.id))?.state).toBe('closed');
      expect(await store.create(exampleSession(), 1)).toBe('written');
    });

    it('gives a ticket to the first who takes it, and to nobody after its time', async () => {
      const store = await make();
      const hash = hashToken(newToken());
      await store.putTicket(hash, 'value', 60_000);
      const taken = await Promise.all([store.takeTicket(hash), store.takeTicket(hash), store.takeTicket(hash)]);
      expect(taken.filter((value) => value === 'value')).toHaveLength(1);
      await store.putTicket(hash, 'late', 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await store.takeTicket(hash)).toBeUndefined();
    });

    it('keeps a line in the order of coming, lets in whom the room suffices for, and nobody overtakes', async () => {
      const store = await make();
      const none = { free: 0, wanted: 1 };
      expect(await store.standInLine('first', { free: 1, wanted: 1 })).toBe(0);
      expect(await store.standInLine('a', none)).toBe(1);
      expect(await store.standInLine('b', none)).toBe(2);
      expect(await store.standInLine('c', { free: 1, wanted: 1 })).toBe(3);
      expect(await store.standInLine('a', none)).toBe(1);
      // One place is free: it is the first one's, however the others ask.
      const asked = await Promise.all(
        ['c', 'b', 'newcomer'].map((ticket) => store.standInLine(ticket, { free: 1, wanted: 1 })),
      );
      expect(asked).toEqual([3, 2, 4]);
      expect(await store.standInLine('a', { free: 1, wanted: 2 })).toBe(1);
      expect(await store.standInLine('a', { free: 1, wanted: 1 })).toBe(0);
      expect(await store.standInLine('b', none)).toBe(1);
      expect(await store.standInLine('c', { free: 2, wanted: 1 })).toBe(0);
    });

    it('knows which managers live, by name and life', async () => {
      const store = await make();
      const first = { name: 'm1', instance: 'i1', hosts: ['h1'] };
      const second = { name: 'm2', instance: 'i2', hosts: [] };
      expect(await store.beat(first, 60_000)).toEqual([first]);
      expect(await store.beat(second, 60_000)).toHaveLength(2);
      const reborn = { ...first, instance: 'i3' };
      expect(await store.beat(reborn, 60_000)).toContainEqual(reborn);
      await store.leave(first);
      expect(await store.beat(second, 60_000)).toContainEqual(reborn);
      await store.leave(reborn);
      expect(await store.beat(second, 60_000)).toEqual([second]);
      await store.beat(first, 60_000);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await store.beat(second, 10)).toEqual([second]);
    });

    it('keeps hosts by name, each added once', async () => {
      const store = await make();
      const entry = { keyHash: 'ab'.repeat(32), joinedAt: 1 };
      expect(await store.addHostEntry('h1', entry)).toBe(true);
      expect(await store.addHostEntry('h1', { draining: true })).toBe(false);
      await store.putHostEntry('h2', { draining: true });
      expect(await store.hostEntries()).toEqual({ h1: entry, h2: { draining: true } });
      await store.putHostEntry('h1', undefined);
      await store.putHostEntry('h2', undefined);
      expect(await store.hostEntries()).toEqual({});
    });

    it('passes a broadcast on to all', async () => {
      const store = await make();
      const heard: string[] = [];
      store.onBroadcast((message) => heard.push(message));
      store.broadcast('one');
      store.broadcast('two');
      await expect.poll(() => heard).toEqual(['one', 'two']);
    });

    it('tells of every write', async () => {
      const store = await make();
      const heard: string[] = [];
      store.onChanged((write) => heard.push(write === 'all' ? write : `${write.id} ${write.version}`));
      const session = exampleSession();
      await store.create(session, MANY);
      await store.replace(session, { ...session, name: 'x', version: 2 });
      await expect.poll(() => heard.filter((id) => id !== 'all')).toEqual([`${session.id} 1`, `${session.id} 2`]);
    });
  });
}
