import { randomBytes } from 'node:crypto';
import { type AgentFact, newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeService } from '../../../nodes/node-service.ts';
import { IMAGES, whyNoNodes } from '../../../testing/env.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../../../testing/nodes/real-host.ts';

const unable = whyNoNodes();
const limits = { ...TEST_LIMITS, memoryBytes: 300 * 1024 ** 2 };
/** Runs a memory bomb in a group of its own, which is gone when its count could be read. */
const BOMB_IN_A_GROUP = `d=/sys/fs/cgroup/memory; [ -d $d ] || d=/sys/fs/cgroup; mkdir $d/short
  sh -c "echo \\$\\$ >$d/short/cgroup.procs; exec tail /dev/zero"; rmdir $d/short`;

describe.skipIf(unable !== undefined)(`want of memory in a node${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const session = newSessionId(randomBytes(8));
  let host: RealHost;
  let agent: NodeService;
  let stop: (() => void) | undefined;
  let told: number[];
  const run = (script: string) => agent.exec(session, 'node1', { command: ['/bin/bash', '-c', script] });
  let kills: () => number;

  beforeAll(async () => {
    host = await openRealHost(IMAGES);
    agent = await host.startAgent();
    await agent.create({ sessionId: session, node: 'node1', index: 1, limits });
    const facts: AgentFact[] = [];
    agent.onFact((fact) => facts.push(fact));
    kills = () => facts.reduce((last, fact) => (fact.kind === 'node' ? (fact.node.usage?.oomKills ?? last) : last), 0);
    told = [];
    stop = agent.get(session, 'node1')?.handle.observe({
      onSockets: () => undefined,
      onOom: () => {
        told.push(performance.now());
        void agent.noteKill(session, 'node1');
      },
    });
  });
  afterAll(async () => {
    stop?.();
    await host?.close();
  });

  test('a process that the memory limit ends is told of when it happens', async () => {
    expect((await run('exec tail /dev/zero')).exitCode).toBe(137);
    const ended = performance.now();
    await expect.poll(kills).toBe(1);
    expect(told[0]).toBeLessThan(ended + 1000);
    expect((await run('echo alive')).stdout).toBe('alive\n');
  });

  test('so is one whose group has gone by the next look', async () => {
    await run(BOMB_IN_A_GROUP);
    await expect.poll(kills).toBe(2);
    // The kill is not counted again by the next look.
    expect((await host.runtime.usage({ sessionId: session, name: 'node1' })).oomKills).toBe(2);
  });
});
