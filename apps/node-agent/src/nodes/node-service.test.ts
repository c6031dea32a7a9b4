import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentFact, type SessionId, sessionIdSchema } from '@drydock/protocol';
import { createLogger, createManualClock, type ManualClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeSessionNetworks } from '../network/fake/fake-session-networks.ts';
import type { SessionNetworks } from '../network/session/session-networks.ts';
import { createFakeRuntime } from '../runtime/fake/fake-runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { firstProcess } from '../testing/nodes/first-process.ts';
import { MAX_COMMANDS_PER_SESSION } from './command-shares.ts';
import { createNodeRecords } from './node-record.ts';
import { createNodeService, type NodeService } from './node-service.ts';
import { createSessionKeys } from './session-keys.ts';

const GIB = 1024 ** 3;
const limits = { cpus: 1, memoryBytes: GIB, diskBytes: GIB, pids: 100 };
const SESSION = sessionIdSchema.parse('abcdefgh');
const request = (node: string, index: number) => ({ sessionId: SESSION, node, index, limits });

let stateDir: string;
let clock: ManualClock;
let runtime: Runtime;
let networks: SessionNetworks;
let service: NodeService;
let facts: AgentFact[];

async function start(): Promise<NodeService> {
  const started = createNodeService({
    runtime,
    networks,
    records: createNodeRecords(join(stateDir, 'nodes')),
    keys: createSessionKeys(join(stateDir, 'keys')),
    clock,
    logger: createLogger('test', 'silent'),
    egress: 'none',
  });
  started.onFact((fact) => facts.push(fact));
  await started.adopt();
  return started;
}

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'drydock-service-'));
  clock = createManualClock(1000);
  runtime = createFakeRuntime({ stateDir });
  networks = createFakeSessionNetworks();
  facts = [];
  await runtime.prepare();
  service = await start();
});

afterEach(async () => {
  service.close();
  for (const key of await runtime.list()) await runtime.destroy(key);
  await rm(stateDir, { recursive: true, force: true });
});

/** State directory entries that a session with no nodes must not leave. */
async function left(): Promise<string[]> {
  return [...(await readdir(join(stateDir, 'nodes'))), ...(await readdir(join(stateDir, 'keys')).catch(() => []))];
}

test('a node is told of as it comes and goes', async () => {
  await service.create(request('node1', 1));
  await service.destroy(SESSION, 'node1');
  const told = facts.flatMap((fact) =>
    fact.kind === 'node' && !fact.node.dockerReady ? [fact.node.state] : [fact.kind],
  );
  expect(told.filter((what) => what !== 'node')).toEqual(['creating', 'running', 'destroying', 'gone', 'node-gone']);
  expect(await left()).toEqual([]);
  expect(networks.sessions()).toEqual([]);
});

test('creates and destroys of one node, all at once, end in one state', async () => {
  const creates = Array.from({ length: 5 }, () => service.create(request('node1', 1)));
  const destroys = Array.from({ length: 3 }, () => service.destroy(SESSION, 'node1'));
  const reports = await Promise.all(creates);
  expect(new Set(reports.map(({ createdAt }) => createdAt)).size).toBe(1);
  await Promise.all(destroys);
  expect(service.list()).toEqual([]);
  expect(await left()).toEqual([]);
});

test('a step that fails undoes all before it', async () => {
  networks.attach = async () => Promise.reject(new Error('no link'));
  await expect(service.create(request('node1', 1))).rejects.toMatchObject({ code: 'NODE_CREATE_FAILED' });
  expect(await left()).toEqual([]);
  expect(networks.sessions()).toEqual([]);
  expect(facts.at(-1)).toMatchObject({ kind: 'node-gone', reason: 'failed' });
});

test('a failed create leaves the session’s other nodes alone', async () => {
  await service.create(request('node1', 1));
  const { attach } = networks;
  networks.attach = async () => Promise.reject(new Error('no link'));
  await expect(service.create(request('node2', 2))).rejects.toMatchObject({ code: 'NODE_CREATE_FAILED' });
  networks.attach = attach;
  expect(service.list().map(({ name }) => name)).toEqual(['node1']);
  expect(networks.sessions()).toEqual([SESSION]);
  await service.create(request('node2', 2));
});

test('a removal that fails is tried again until nothing is left', async () => {
  await service.create(request('node1', 1));
  const { destroy } = runtime;
  runtime.destroy = async () => Promise.reject(new Error('busy'));
  await expect(service.destroy(SESSION, 'node1')).rejects.toThrow('busy');
  expect(service.list()).toMatchObject([{ state: 'destroying' }]);
  expect(service.get(SESSION, 'node1')).toBeUndefined();
  runtime.destroy = destroy;
  await expect
    .poll(() => {
      clock.advance(2000);
      return service.list();
    })
    .toEqual([]);
  await expect.poll(left).toEqual([]);
});

test('a session whose end fails has no network from then on, and counts as remains until it is gone', async () => {
  await service.create(request('node1', 1));
  await service.create(request('node2', 2));
  const { destroy } = runtime;
  let tries = 0;
  runtime.destroy = async () => {
    tries += 1;
    expect(networks.sessions()).toEqual([]);
    return Promise.reject(new Error('busy'));
  };
  await expect(service.destroySession(SESSION)).rejects.toThrow('busy');
  expect([networks.sessions(), service.remains(), tries]).toEqual([[], 2, 2]);
  // Each wait is longer, so that a host is not kept busy with trying.
  for (let second = 0; second < 120; second += 1) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(tries).toBeGreaterThan(6);
  expect(tries).toBeLessThan(24);
  runtime.destroy = destroy;
  await service.destroySession(SESSION);
  expect([service.remains(), service.list()]).toEqual([0, []]);
});

test('what an agent finds and cannot remove is tried again, and its end in all says so', async () => {
  await runtime.create({ sessionId: SESSION, name: 'half', limits });
  service.close();
  const { destroy } = runtime;
  runtime.destroy = async () => Promise.reject(new Error('busy'));
  service = await start();
  expect(service.remains()).toBe(1);
  await expect(service.destroyAll()).rejects.toThrow('busy');
  runtime.destroy = destroy;
  await expect
    .poll(() => {
      clock.advance(10_000);
      return service.remains();
    })
    .toBe(0);
  expect(await runtime.list()).toEqual([]);
});

test('a session at rest has no network', async () => {
  await service.create(request('node1', 1));
  await service.restSession(SESSION);
  expect([networks.sessions(), service.list().map(({ name }) => name)]).toEqual([[], ['node1']]);
  await service.restSession(SESSION);
  await service.destroySession(SESSION);
  expect(await left()).toEqual([]);
});

test('a node whose process has gone is told as lost', async () => {
  await service.create(request('node1', 1));
  process.kill(firstProcess(service.get(SESSION, 'node1')?.handle), 'SIGKILL');
  await expect
    .poll(() => {
      clock.advance(2000);
      return facts.at(-1);
    })
    .toMatchObject({ kind: 'node-gone', reason: 'lost' });
});

test('the next agent takes over running nodes and clears away unfinished ones', async () => {
  await service.create(request('node1', 1));
  const { createdAt } = service.list()[0] ?? {};
  await runtime.create({ sessionId: SESSION, name: 'half', limits });
  await writeFile(
    join(runtime.directory({ sessionId: SESSION, name: 'half' }), 'node.json'),
    JSON.stringify({ ...request('half', 2), name: 'half', egress: 'none', createdAt: 1, phase: 'creating' }),
  );
  service.close();
  networks = createFakeSessionNetworks();
  service = await start();
  expect(service.list()).toMatchObject([{ name: 'node1', state: 'running', createdAt }]);
  expect(networks.sessions()).toEqual([SESSION]);
  expect(await runtime.list()).toEqual([{ sessionId: SESSION, name: 'node1' }]);
});

test('nodes of sessions that the manager does not know are destroyed', async () => {
  await service.create(request('node1', 1));
  await service.create({ ...request('node1', 1), sessionId: sessionIdSchema.parse('zzzzzzzz') });
  await service.reconcile([SESSION]);
  expect(service.list().map(({ sessionId }) => sessionId)).toEqual([SESSION]);
  expect(networks.sessions()).toEqual([SESSION]);
});

test('commands go to nodes that run, and to no others', async () => {
  await service.create(request('node1', 1));
  const result = await service.exec(SESSION, 'node1', { command: ['/bin/sh', '-c', 'cat identity'] });
  expect(result.stdout).toMatch(
    /^{.*}\nname node1\nip 192\.168\.0\.11\nsession abcdefgh\nresolver 192\.168\.0\.1\npublic-key ssh/,
  );
  await expect(service.exec(SESSION, 'node2', { command: ['true'] })).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
});

test('each node learns of the others, a moment after the last change', async () => {
  await service.create(request('node1', 1));
  await service.create(request('node2', 2));
  await service.create(request('node3', 3));
  await expect
    .poll(async () => {
      clock.advance(1000);
      return (await service.exec(SESSION, 'node1', { command: ['/bin/sh', '-c', 'grep ^peer identity'] })).stdout;
    })
    .toBe('peer 192.168.0.12 node2\npeer 192.168.0.13 node3\n');
});

test('what watchers see is told, and ignored once the node has gone', async () => {
  await service.create(request('node1', 1));
  service.observe(SESSION, 'node1', { swarm: { role: 'manager', leader: true } });
  expect(facts.at(-1)).toMatchObject({ kind: 'node', node: { swarm: { role: 'manager', leader: true } } });
  await service.destroy(SESSION, 'node1');
  const before = facts.length;
  service.observe(SESSION, 'node1', { dockerReady: false });
  expect(facts).toHaveLength(before);
});

test('a session that is frozen stands still in all of its nodes, and goes on when it thaws; another one is left alone', async () => {
  const other = { ...request('node1', 1), sessionId: sessionIdSchema.parse('bcdefghi') };
  await service.create(request('node1', 1));
  await service.create(request('node2', 2));
  await service.create(other);
  const stateOf = async (sessionId: SessionId, name: string) => {
    const presence = await runtime.probe({ sessionId, name });
    const stat =
      presence.state === 'running' ? await readFile(`/proc/${firstProcess(presence.node)}/stat`, 'utf8') : '';
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  };
  const states = () =>
    Promise.all([
      stateOf(SESSION, 'node1'),
      stateOf(SESSION, 'node2'),
      stateOf(sessionIdSchema.parse('bcdefghi'), 'node1'),
    ]);
  await service.freezeSession(SESSION, true);
  await expect.poll(states).toEqual(['T', 'T', 'S']);
  await service.freezeSession(SESSION, true);
  await service.freezeSession(SESSION, false);
  await expect.poll(states).toEqual(['S', 'S', 'S']);
  // What is frozen can be destroyed all the same.
  await service.freezeSession(SESSION, true);
  await service.destroySession(SESSION);
  expect(service.list().map(({ sessionId }) => sessionId)).toEqual(['bcdefghi']);
});

test('a session has no more commands under way than its share, its ends make room, and others have theirs', async () => {
  await service.create(request('node1', 1));
  await service.create({ ...request('node1', 1), sessionId: sessionIdSchema.parse('bcdefghi') });
  const sleep = { command: ['/bin/sh', '-c', `until [ -e ${stateDir}/go ]; do sleep 0.05; done`] };
  const running = Array.from({ length: MAX_COMMANDS_PER_SESSION }, () => service.exec(SESSION, 'node1', sleep));
  await expect(service.exec(SESSION, 'node1', { command: ['true'] })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(await service.exec(sessionIdSchema.parse('bcdefghi'), 'node1', { command: ['true'] })).toMatchObject({
    exitCode: 0,
  });
  await writeFile(join(stateDir, 'go'), '');
  for (const { exitCode } of await Promise.all(running)) expect(exitCode).toBe(0);
  expect(await service.exec(SESSION, 'node1', { command: ['true'] })).toMatchObject({ exitCode: 0 });
  await service.destroy(sessionIdSchema.parse('bcdefghi'), 'node1');
});
