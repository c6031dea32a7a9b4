import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import type { NodeService } from './node-service.ts';

const unable = whyNoNodes();

describe.skipIf(unable !== undefined)(`a renewed node image${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const session = newSessionId(randomBytes(8));
  let images: string;
  let host: RealHost;
  let agent: NodeService;

  beforeAll(async () => {
    // Two builds of one content; links cost no disk, and must be on the disk of what they link to.
    images = mkdtempSync(join(realpathSync(IMAGES), '.renewal-'));
    mkdirSync(join(images, 'node'));
    const current = realpathSync(join(IMAGES, 'node/current'));
    for (const name of ['a1', 'b2']) execFileSync('cp', ['-al', current, join(images, 'node', name)]);
    use('a1');
    host = await openRealHost(images, 'warn', { poolSize: 1 });
    agent = await host.startAgent();
  }, 90_000);
  afterAll(async () => {
    await host?.close();
    rmSync(images, { recursive: true, force: true });
  });

  const rootOf = (name: string) => join(images, 'node', name, 'rootfs');
  function use(name: string): void {
    rmSync(join(images, 'node/current'), { force: true });
    symlinkSync(name, join(images, 'node/current'));
  }
  const imageOf = (sessionId: string, node: string): unknown =>
    JSON.parse(readFileSync(join(host.stateDir, 'nodes', sessionId, node, 'body.json'), 'utf8')).image;
  async function memberImages(): Promise<unknown[]> {
    if (host.pool().size() !== 1) return [];
    const keys = (await host.runtime.list()).filter(({ sessionId }) => sessionId.startsWith('pool-'));
    return keys.map(({ sessionId, name }) => imageOf(sessionId, name));
  }
  const create = (node: string, index: number) =>
    agent.create({ sessionId: session, node, index, limits: TEST_LIMITS });

  test('is taken up by the pool and by new nodes, and a node that lives keeps its own and is told of', async () => {
    await expect.poll(memberImages, { timeout: 60_000 }).toEqual([rootOf('a1')]);
    expect(await create('node1', 1)).toMatchObject({ from: 'pool' });
    use('b2');
    await expect.poll(memberImages, { timeout: 60_000 }).toEqual([rootOf('b2')]);
    expect(await create('node2', 2)).toMatchObject({ from: 'pool' });
    expect([imageOf(session, 'node1'), imageOf(session, 'node2')]).toEqual([rootOf('a1'), rootOf('b2')]);
    const alive = await agent.exec(session, 'node1', { command: ['cat', '/etc/os-release'], timeoutSeconds: 20 });
    expect(alive.stdout).toMatch(/^ID=/m);
    // Who clears old images away finds the nodes that stand on them by this (infra/node-image/in-use.mjs).
    const users = join(images, 'node/.users');
    expect(readdirSync(users).map((name) => readlinkSync(join(users, name)))).toEqual([join(host.stateDir, 'nodes')]);
  });
});
