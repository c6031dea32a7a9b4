/** Who pays for each kind of memory that a node's root makes the kernel hold (docs/THREAT-MODEL.md, "Memory of the kernel: who pays"). */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeService } from '../nodes/node-service.ts';
import { readCgroupHost, v1Mount } from '../runtime/runc/cgroup-host.ts';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { KERNEL_MEMORY_KINDS, REFUSED } from '../testing/nodes/kernel-memory-kinds.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import { readKernelTotals } from './kernel-totals.ts';

const unable = whyNoNodes();
const MIB = 1024 ** 2;
/** What other programs of the machine move while a kind is tried, and what the kernel keeps of what it took once (bytes). */
const WAVERS = 48 * MIB;

describe.skipIf(unable !== undefined)(`memory of the kernel${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const key = { sessionId: newSessionId(randomBytes(8)), name: 'node1' };
  let host: RealHost;
  let nodes: NodeService;
  let group: string;
  let first: number;

  const sh = (script: string, timeoutSeconds = 100) =>
    nodes.exec(key.sessionId, key.name, { command: ['/bin/bash', '-c', script], timeoutSeconds });
  /** Of the kernel's own that cannot be given back, and what no figure explains. */
  async function lost(): Promise<number> {
    const { unreclaimableBytes, unexplainedBytes } = await readKernelTotals();
    return unreclaimableBytes + unexplainedBytes;
  }
  const paid = async () => Number(await readFile(group, 'utf8'));

  beforeAll(async () => {
    host = await openRealHost(IMAGES, 'error');
    nodes = await host.startAgent();
    await nodes.create({ sessionId: key.sessionId, node: key.name, index: 1, limits: TEST_LIMITS });
    const cgroups = await readCgroupHost();
    const path = `drydock/${key.sessionId}/${key.name}`;
    group =
      cgroups.version === 2
        ? join('/sys/fs/cgroup', path, 'memory.current')
        : join(v1Mount(cgroups, 'memory') ?? '', path, 'memory.usage_in_bytes');
    // What the engine takes for its own beginning is none of it.
    await sh('until docker version >/dev/null 2>&1; do sleep 0.1; done; ip link set lo up', 60);
    first = await lost();
  });
  afterAll(async () => host?.close());

  /** What was freed last is freed late. */
  async function settled(): Promise<void> {
    let seen = Number.NaN;
    await expect
      .poll(
        async () => {
          const now = (await lost()) + (await paid());
          const moved = Math.abs(now - seen);
          seen = now;
          return moved;
        },
        { timeout: 20_000, interval: 300 },
      )
      .toBeLessThan(4 * MIB);
  }

  /** Runs a script until it has taken what it takes; `release` ends it. */
  async function take(script: string) {
    await sh('rm -f /tmp/taken /tmp/enough');
    await sh(
      `cat > /tmp/take <<'SCRIPT'\n${script};\nopen(T, ">", "/tmp/taken"); close T; select(undef, undef, undef, 0.05) until -e "/tmp/enough";\nSCRIPT`,
    );
    let over = false;
    const running = sh('ulimit -n $(ulimit -Hn); perl -MSocket /tmp/take').finally(() => {
      over = true;
    });
    running.catch(() => undefined);
    await expect
      .poll(async () => over || (await sh('test -e /tmp/taken')).exitCode === 0, { timeout: 60_000 })
      .toBe(true);
    return {
      /** It was ended before it had all, as by the limit of the node's memory. */
      wasEnded: over,
      release: async () => {
        await sh('touch /tmp/enough');
        return running;
      },
    };
  }

  for (const { name, payer, script } of KERNEL_MEMORY_KINDS) {
    test(`${name}: ${payer.by === 'group' ? 'charged to the node' : payer.by === 'bound' ? 'bounded' : 'counted for the session'}`, async () => {
      await settled();
      const before = { lost: await lost(), paid: await paid() };
      const taken = await take(script);
      const [more, payment] = [(await lost()) - before.lost, (await paid()) - before.paid];
      const held = await host.runtime.kernelHoldings(key, 10);
      const { stderr, exitCode } = await taken.release();
      if (!taken.wasEnded) expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      if (payer.by === 'group') {
        if (taken.wasEnded) expect(exitCode, stderr).toBe(137);
        else expect(payment).toBeGreaterThan(payer.leastMib * MIB);
        expect(more - payment).toBeLessThan(WAVERS);
      } else if (payer.by === 'bound') {
        expect(more - payment).toBeLessThan(payer.mostMib * MIB + WAVERS);
      } else {
        expect(held[payer.kind]).toBeGreaterThan(payer.least);
        // Nobody else has to be asked about it: what the host has lost is what was counted, or paid.
        if (payer.kind.endsWith('Bytes')) expect(more - payment).toBeLessThan(1.5 * held[payer.kind] + WAVERS);
      }
    });
  }

  test('a socket gets no larger buffers by force, and calls that would hold memory elsewhere are refused', async () => {
    const number = process.arch === 'arm64' ? 1 : 0;
    const calls = Object.values(REFUSED).map((numbers) => numbers[number]);
    const script = `socket(S, 2, 2, 0); print setsockopt(S, 1, 33, pack("I", 1 << 30)) ? "got" : "no", " ", setsockopt(S, 1, 32, pack("I", 1 << 30)) ? "got" : "no";
      for my $call (${calls.join(', ')}) { my ($a, $b, $c) = ("user", "x", "y" x 200); print " ", syscall($call, $a, $b, $c, 1, -3) }`;
    expect((await sh(`perl -MSocket -e '${script}'`)).stdout).toBe(`no no${' -1'.repeat(calls.length)}`);
  });

  test('the end of the node gives all of it back', async () => {
    await nodes.destroySession(key.sessionId);
    await expect.poll(async () => (await lost()) - first, { timeout: 20_000 }).toBeLessThan(WAVERS);
  });
});
