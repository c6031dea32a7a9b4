/** What the host keeps for itself: memory that all nodes together cannot have, and its disk's turns. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newSessionId } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodesMemory, readResources } from '../../host/capacity.ts';
import { IMAGES, whyNoNodes } from '../../testing/env.ts';
import { createHostRuntime } from '../../testing/nodes/host-runtime.ts';
import { fullPairs } from '../../testing/nodes/kernel-memory-tricks.ts';
import { NATIVE_DIR } from '../../testing/nodes/real-host.ts';
import type { NodeKey, Runtime } from '../runtime.ts';
import { readCgroupHost, v1Mount } from './cgroup-host.ts';

const unable = whyNoNodes();
const LIMITS = { cpus: 1, memoryBytes: 1024 ** 3, diskBytes: 1024 ** 3, pids: 500 };
const OPERATIONS_PER_SECOND = 50;

describe.skipIf(unable !== undefined)(`the host's share${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const key: NodeKey = { sessionId: newSessionId(randomBytes(8)), name: 'node1' };
  let runtime: Runtime;
  let stateDir: string;
  const sh = async (script: string) =>
    (await runtime.exec(key, { command: ['/bin/bash', '-c', script], timeoutSeconds: 100 })).stdout.toString();

  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'drydock-test-'));
    runtime = await createHostRuntime({
      stateDir,
      runDir: '/run/drydock',
      imagesDir: IMAGES,
      nativeDir: NATIVE_DIR,
      diskRates: { bytesPerSecond: 1_000_000_000, operationsPerSecond: OPERATIONS_PER_SECOND },
      logger: createLogger('test', 'warn'),
    });
    await runtime.prepare();
    await runtime.create({ ...key, limits: LIMITS });
    await runtime.start(key);
  });
  afterAll(async () => {
    await runtime?.destroy(key);
    await rm(stateDir, { recursive: true, force: true });
  });

  test('the group of all nodes is limited to what the host does not keep', async () => {
    const host = await readCgroupHost();
    const file =
      host.version === 2
        ? '/sys/fs/cgroup/drydock/memory.max'
        : `${v1Mount(host, 'memory')}/drydock/memory.limit_in_bytes`;
    const limit = Number(await readFile(file, 'utf8'));
    const { memoryBytes } = await readResources('/', 0);
    // The kernel rounds to pages.
    expect(limit).toBeGreaterThan((await nodesMemory()) - 65_536);
    expect(limit).toBeLessThanOrEqual(memoryBytes - 1024 ** 3);
  });

  test('buffers of TCP that nobody reads are bounded, and paid for', async () => {
    const filling = sh(`exec timeout 8 perl -MSocket -e '${fullPairs(60)}'`);
    const held = async () => (await runtime.kernelHoldings(key, 10)).transportBytes;
    // A sixteenth on v1; on v2 they are a part of the node's memory.
    const most = (await readCgroupHost()).version === 2 ? LIMITS.memoryBytes : LIMITS.memoryBytes / 16;
    await expect.poll(held, { timeout: 20_000 }).toBeGreaterThan(LIMITS.memoryBytes / 32);
    // A socket beyond the limit may still have what it was given first, some 30 KiB.
    let highest = 0;
    while (!(await Promise.race([filling, pause(200)]))) highest = Math.max(highest, await held());
    expect(await filling).toBe('filled\n');
    expect(highest).toBeLessThan(1.25 * most);
    await expect.poll(held, { timeout: 20_000 }).toBeLessThan(1024 ** 2);
  });

  test('a storm of small synchronous writes is held to the node’s operations a second', async () => {
    const writes = 50;
    const seconds = Number(
      await sh(
        `s=$(date +%s.%N); dd if=/dev/zero of=/root/storm bs=4096 count=${writes} oflag=dsync 2>/dev/null; e=$(date +%s.%N); perl -e "print $e - $s"`,
      ),
    );
    // Each write is an operation at least; without the bound they take some milliseconds.
    expect(seconds).toBeGreaterThan(writes / OPERATIONS_PER_SECOND / 2);
  });
});
