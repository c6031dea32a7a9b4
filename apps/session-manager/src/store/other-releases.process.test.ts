/** What lies in a running installation's Redis was written by another release: it is read, or told and kept. */
import { type SessionId, sessionIdSchema } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { startTestRedis, type TestRedis } from '@drydock/testkit';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSession } from '../model/session.ts';
import { addNode } from '../model/session-nodes.ts';
import { createSessionDirectory } from '../sessions/session-directory.ts';
import { startTestManager } from '../testing/test-manager.ts';
import { createRedisStore } from './redis.ts';
import { SESSIONS_KEY, sessionKey } from './sessions/redis.ts';
import type { Store } from './store.ts';

const logger = createLogger('test', 'silent');
const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const NODE = { name: 'node1', index: 1, host: 'h1', limits: LIMITS, state: 'running', createdAt: 1 };
const LINK = { id: 'laaaaaaaaaaa', right: 'owner', tokenHash: 'x'.repeat(43), createdAt: 1 };
/** A document as release 0.2 writes it. */
const OLD = {
  id: sessionIdSchema.parse('aaaaaaaa'),
  name: null,
  template: null,
  createdAt: 1,
  expiresAt: 4_000_000_000_000,
  state: 'active',
  endReason: null,
  endedAt: null,
  nodes: [NODE],
  links: [LINK],
  shares: [],
  publicPorts: ['node1:80'],
  portSecret: 'secret',
  version: 7,
};

let redis: TestRedis;
let raw: Redis;
let store: Store;
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  redis = await startTestRedis();
  raw = new Redis(redis.url);
  store = await createRedisStore(redis.url, logger, 5000);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await store.close().catch(() => undefined);
  await raw.quit();
  await redis.stop();
});

async function write(document: { id: SessionId; version: number }): Promise<void> {
  await raw.hset(sessionKey(document.id), { document: JSON.stringify(document), version: document.version });
  await raw.sadd(SESSIONS_KEY, document.id);
}
const documentOf = async (id: SessionId) => JSON.parse((await raw.hget(sessionKey(id), 'document')) ?? 'null');

describe('a session of the release before', () => {
  it('is read as what it is, in each of its states', async () => {
    const { endReason: _r, endedAt: _a, shares, publicPorts, ...base } = OLD;
    await write(OLD);
    expect(await store.sessions.get(OLD.id)).toEqual({ ...base, shares, publicPorts });
    const ended = { ...OLD, endReason: 'expired', endedAt: 5, publicPorts: [] };
    const end = { endReason: 'expired', endedAt: 5 };
    await write({ ...ended, state: 'grace', graceUntil: 9 } as never);
    expect(await store.sessions.get(OLD.id)).toEqual({ ...base, ...end, state: 'retained', retainedUntil: 9 });
    for (const state of ['closing', 'closed']) {
      await write({ ...ended, state, graceUntil: null } as never);
      expect(await store.sessions.get(OLD.id)).toEqual({ ...base, ...end, state });
    }
  });

  it('keeps what this release does not know of it', async () => {
    await write({ ...OLD, colour: 'red', nodes: [{ ...NODE, zone: 'b' }] } as never);
    const directory = createSessionDirectory({ store: store.sessions, logger });
    closers.push(() => directory.close());
    await directory.start();
    await directory.update(OLD.id, (session) => ({ ...session, note: 'seen' }));
    const written = await documentOf(OLD.id);
    expect(written).toMatchObject({ colour: 'red', nodes: [{ zone: 'b' }], note: 'seen', version: 8 });
  });

  it('can be read by it again: every field that it asks for is written', async () => {
    const now = systemClock.now();
    const made = newSession({ ...OLD, expiresAt: now + 60_000, createdAt: now, links: [LINK as never] });
    const { session } = addNode(made, { name: undefined, host: 'h1', limits: LIMITS, now, maxNodes: 8 });
    await store.sessions.create(session, 10);
    expect(await documentOf(OLD.id)).toMatchObject({ endReason: null, endedAt: null, shares: [], publicPorts: [] });
    const { state: _s, shares: _h, publicPorts: _p, ...base } = session;
    const closing = { ...base, state: 'closing', endReason: 'closed', endedAt: now, version: 2 } as const;
    await store.sessions.replace(session, closing);
    expect(await documentOf(OLD.id)).toMatchObject({
      state: 'closing',
      endReason: 'closed',
      endedAt: now,
      graceUntil: null,
      shares: [],
      publicPorts: [],
    });
  });
});

describe('a session of a form that nobody here knows', () => {
  const LATER = { ...OLD, id: sessionIdSchema.parse('bbbbbbbb'), schema: 2, state: 'asleep' };

  it.each([
    ['of a later version', JSON.stringify({ ...LATER, state: 'active' })],
    ['of an unknown state', JSON.stringify({ ...LATER, schema: 1 })],
    ['that is no JSON', '{'],
  ])('%s is told, named, and stays byte for byte', async (_what, document) => {
    await write(OLD);
    await raw.hset(sessionKey(LATER.id), { document, version: 7 });
    await raw.sadd(SESSIONS_KEY, LATER.id);
    const directory = createSessionDirectory({ store: store.sessions, logger });
    closers.push(() => directory.close());
    await directory.start();
    expect([...directory.all()].map(({ id }) => id)).toEqual([OLD.id]);
    expect([...directory.unreadable()]).toEqual([LATER.id]);
    expect(directory.synced()).toBe(true);
    await expect(directory.find(LATER.id)).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' });
    await expect(directory.update(LATER.id, (session) => ({ ...session, note: 'x' }))).rejects.toMatchObject({
      code: 'RECORD_UNREADABLE',
    });
    expect(await raw.hget(sessionKey(LATER.id), 'document')).toBe(document);
  });

  it('that was readable until another manager wrote it is out of memory, and comes back when it is readable', async () => {
    await write(OLD);
    const directory = createSessionDirectory({ store: store.sessions, logger });
    closers.push(() => directory.close());
    await directory.start();
    await write({ ...OLD, schema: 2, version: 8 } as never);
    await raw.publish('{drydock}:changed', `${OLD.id} 8`);
    await expect.poll(() => [...directory.unreadable()]).toEqual([OLD.id]);
    expect(directory.get(OLD.id)).toBeUndefined();
    expect(directory.placed('h1')).toBe(0);
    await write({ ...OLD, version: 9 });
    await raw.publish('{drydock}:changed', `${OLD.id} 9`);
    await expect.poll(() => directory.get(OLD.id)?.version).toBe(9);
    expect([...directory.unreadable()]).toEqual([]);
  });

  it('keeps its nodes on their host, whose agent is told that it lives', async () => {
    await write(LATER as never);
    const test = await startTestManager({ store });
    closers.push(() => test.stop());
    const host = await test.host({ name: 'h1' });
    expect(host.sessions()).toEqual([LATER.id]);
    const answer = await test.call('GET', `/sessions/${LATER.id}`, { token: 'x'.repeat(43) });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'RECORD_UNREADABLE' } } });
  });
});

it('an entry of a host in a form that nobody here knows is not written over', async () => {
  const entry = JSON.stringify({ schema: 2, keyHash: 'ab' });
  await raw.hset('{drydock}:hosts', 'h1', entry);
  expect(await store.hosts.all()).toEqual({ entries: {}, unreadable: ['h1'] });
  expect(await store.hosts.add('h1', { draining: true })).toBe(false);
  expect(await raw.hget('{drydock}:hosts', 'h1')).toBe(entry);
});
