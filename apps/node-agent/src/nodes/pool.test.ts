import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionIdSchema } from '@drydock/protocol';
import { createLogger, createManualClock, type ManualClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeSessionNetworks } from '../network/fake/fake-session-networks.ts';
import { createFakeRuntime } from '../runtime/fake/fake-runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { firstProcess } from '../testing/nodes/first-process.ts';
import { createNodeRecords } from './node-record.ts';
import { createNodeService, type NodeService } from './node-service.ts';
import { createPool, type Pool } from './pool.ts';
import { createSessionKeys } from './session-keys.ts';

const GIB = 1024 ** 3;
const limits = { cpus: 1, memoryBytes: GIB, diskBytes: GIB, pids: 100 };
const SESSION = sessionIdSchema.parse('abcdefgh');
const request = (node: string, index: number) => ({ sessionId: SESSION, node, index, limits });

let stateDir: string;
let clock: ManualClock;
let runtime: Runtime;
let pool: Pool;
let nodes: NodeService;
let wanted: number;
/** Members whose engine was waited for, and what becomes of that. */
let booted: number;
let engineReady: (signal: AbortSignal) => Promise<void>;

async function start(): Promise<void> {
  const logger = createLogger('test', 'silent');
  pool = createPool({
    runtime,
    clock,
    logger,
    limits,
    async engineReady(_pid, signal) {
      booted += 1;
      await engineReady(signal);
    },
    wanted: async () => wanted,
  });
  nodes = createNodeService({
    runtime,
    pool,
    networks: createFakeSessionNetworks(),
    records: createNodeRecords(join(stateDir, 'nodes')),
    keys: createSessionKeys(join(stateDir, 'keys')),
    clock,
    logger,
    egress: 'none',
  });
  await nodes.adopt();
  pool.start();
}

/** Lets time pass until the pool has so many members. */
async function filled(size: number): Promise<void> {
  await expect
    .poll(
      () => {
        clock.advance(500);
        return pool.size();
      },
      { timeout: 5000 },
    )
    .toBe(size);
}

const members = async () => (await runtime.list()).filter(({ sessionId }) => sessionId !== SESSION);
async function onlyMember() {
  const [member] = await members();
  if (!member) throw new Error('no member');
  return member;
}
async function stateOf(pid: number): Promise<string | undefined> {
  return /^State:\s+(\S)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
}

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'drydock-pool-'));
  clock = createManualClock(1000);
  runtime = createFakeRuntime({ stateDir });
  wanted = 2;
  booted = 0;
  engineReady = async () => {};
  await runtime.prepare();
  await start();
});

afterEach(async () => {
  nodes.close();
  await pool.close();
  for (const key of await runtime.list()) await runtime.destroy(key);
  await rm(stateDir, { recursive: true, force: true });
});

test('members are booted and stand still', async () => {
  await filled(2);
  expect(booted).toBe(2);
  for (const key of await members()) {
    const presence = await runtime.probe(key);
    await expect
      .poll(async () => presence.state === 'running' && (await stateOf(firstProcess(presence.node))))
      .toBe('T');
  }
});

test('a claimed member is the node: named, alive, and told apart from one that was made', async () => {
  await filled(2);
  wanted = 1;
  const answer = await nodes.create(request('node1', 1));
  expect(answer).toMatchObject({ name: 'node1', ip: '192.168.0.11', state: 'running', from: 'pool' });
  expect(pool.size()).toBe(1);
  const told = await nodes.exec(SESSION, 'node1', { command: ['/bin/sh', '-c', 'grep -x "name node1" identity'] });
  expect(told.exitCode).toBe(0);
  expect(await stateOf(firstProcess(nodes.get(SESSION, 'node1')?.handle))).toBe('S');
  expect(await members()).toHaveLength(1);
  await nodes.destroy(SESSION, 'node1');
  expect((await runtime.list()).map(({ sessionId }) => sessionId)).toEqual([(await onlyMember()).sessionId]);
});

test('what was given away is replaced, and a used node is never given again', async () => {
  await filled(1);
  wanted = 1;
  await nodes.create(request('node1', 1));
  const used = nodes.get(SESSION, 'node1')?.handle.id;
  await nodes.destroy(SESSION, 'node1');
  await filled(1);
  await nodes.create(request('node1', 1));
  const next = nodes.get(SESSION, 'node1')?.handle.id;
  expect([typeof next, next === used]).toEqual(['string', false]);
});

test('an empty pool and another size are served cold, and say so', async () => {
  await filled(2);
  const large = { ...request('node1', 1), limits: { ...limits, memoryBytes: 2 * GIB } };
  expect(await nodes.create(large)).toMatchObject({ from: 'cold' });
  const thrifty = { ...request('node2', 2), limits: { ...limits, cpus: 0.5, pids: 50 } };
  expect(await nodes.create(thrifty)).toMatchObject({ from: 'pool' });
  await nodes.create(request('node3', 3));
  wanted = 0;
  expect(await nodes.create(request('node4', 4))).toMatchObject({ from: 'cold' });
});

test('a member that died is replaced; one that dies unseen costs a claim nothing', async () => {
  wanted = 1;
  await filled(1);
  const dead = await onlyMember();
  const presence = await runtime.probe(dead);
  process.kill(firstProcess(presence.state === 'running' ? presence.node : undefined), 'SIGKILL');
  await expect.poll(async () => (await runtime.probe(dead)).state).toBe('remains');
  expect(await nodes.create(request('node1', 1))).toMatchObject({ state: 'running', from: 'cold' });
  await filled(1);
  expect(await runtime.probe(dead)).toEqual({ state: 'absent' });

  const next = await onlyMember();
  const nextPresence = await runtime.probe(next);
  process.kill(firstProcess(nextPresence.state === 'running' ? nextPresence.node : undefined), 'SIGKILL');
  await expect
    .poll(async () => {
      clock.advance(1000);
      return pool.size() === 1 && (await onlyMember()).sessionId;
    })
    .not.toBe(next.sessionId);
});

test('members that cannot be made leave nothing and are tried again, each time later', async () => {
  await filled(2);
  engineReady = async () => Promise.reject(new Error('no engine'));
  wanted = 3;
  const before = booted;
  for (let second = 0; second < 60; second += 1) {
    clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  // Waits of 2, 4, 8, 16, 32 s at most, and of 0.7 times that at least.
  expect(booted - before).toBeGreaterThan(2);
  expect(booted - before).toBeLessThan(8);
  engineReady = async () => {};
  await filled(3);
  expect(await members()).toHaveLength(3);
});

test('a pool that should be smaller destroys members, and none once it is closed', async () => {
  await filled(2);
  wanted = 1;
  await filled(1);
  await expect.poll(members).toHaveLength(1);
  await pool.close();
  wanted = 3;
  clock.advance(60_000);
  expect(pool.size()).toBe(1);
});

test('the next agent takes over members, and clears away what was half made', async () => {
  await filled(2);
  const before = (await members()).map(({ sessionId }) => sessionId).sort();
  await runtime.create({ sessionId: 'pool-halfmade', name: 'spare', limits });
  nodes.close();
  await pool.close();
  await start();
  await filled(2);
  await expect.poll(async () => (await members()).map(({ sessionId }) => sessionId).sort()).toEqual(before);
  expect(await nodes.create(request('node1', 1))).toMatchObject({ from: 'pool' });
  const told = await nodes.exec(SESSION, 'node1', { command: ['/bin/sh', '-c', 'grep ^name identity'] });
  expect(told.stdout).toBe('name node1\n');
});

test('members of another size are not taken over', async () => {
  await runtime.create({ sessionId: 'pool-oldsized', name: 'spare', limits: { ...limits, diskBytes: 5 * GIB } });
  await runtime.start({ sessionId: 'pool-oldsized', name: 'spare' });
  nodes.close();
  await pool.close();
  await start();
  await filled(2);
  expect((await members()).map(({ sessionId }) => sessionId)).not.toContain('pool-oldsized');
});

test('destroyAll leaves nothing, also in the middle of a boot', async () => {
  await filled(2);
  engineReady = (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  wanted = 3;
  await expect
    .poll(() => {
      clock.advance(10_000);
      return booted;
    })
    .toBe(3);
  await pool.destroyAll();
  await nodes.destroyAll();
  expect(await runtime.list()).toEqual([]);
});
