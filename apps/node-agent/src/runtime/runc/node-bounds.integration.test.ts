/** What the kernel counts by user: one node takes all it can, and neither another node nor the host's root has less. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGES, whyNoNodes } from '../../testing/env.ts';
import { openRealHost, type RealHost } from '../../testing/nodes/real-host.ts';
import type { NodeKey } from '../runtime.ts';
import { NODE_BOUNDS } from './node-bounds.ts';

const unable = whyNoNodes();
const LIMITS = { cpus: 1, memoryBytes: 1024 ** 3, diskBytes: 1024 ** 3, pids: 2000 };
/** System calls by number, as perl wants them (asm/unistd.h). */
const CALLS = process.arch === 'arm64' ? { inotify: 26, unshare: 97 } : { inotify: 294, unshare: 272 };
/** More than any bound of a node. */
const ALL = 2000;

/** Perl that makes one more of a thing and holds it; false when the kernel refuses. */
const TAKES: { name: string; bound: number; take: string }[] = [
  {
    name: 'inotify instances',
    bound: NODE_BOUNDS.max_inotify_instances as number,
    take: `($f = syscall(${CALLS.inotify}, 0)) >= 0`,
  },
  {
    name: 'UTS namespaces',
    bound: NODE_BOUNDS.max_uts_namespaces as number,
    take: `do { my $h; syscall(${CALLS.unshare}, 0x04000000) == 0 && open($h, "<", "/proc/self/ns/uts") && push(@h, $h) }`,
  },
  {
    name: 'user namespaces',
    bound: NODE_BOUNDS.max_user_namespaces as number,
    // Each in a process of its own: a chain of them ends at 32 levels.
    take: `do { pipe(R, W); $p = fork; if (!$p) { close R; $ok = syscall(${CALLS.unshare}, 0x10000000) == 0; syswrite(W, $ok ? 1 : 0); close W; sleep 600 if $ok; exit } close W; push @p, $p; sysread(R, $ok, 1); $ok }`,
  },
  {
    name: 'network namespaces',
    bound: NODE_BOUNDS.max_net_namespaces as number,
    take: `do { my $h; syscall(${CALLS.unshare}, 0x40000000) == 0 && open($h, "<", "/proc/self/ns/net") && push(@h, $h) }`,
  },
];

/** Takes as many as there are, tells the number, and holds them until its input ends. */
const takeAll = (take: string) =>
  `perl -e '$| = 1; $n = 0; $n++ while $n < ${ALL} && (${take}); open(T, ">", "/taken.new"); print T $n; close T; rename("/taken.new", "/taken"); <STDIN>; kill 9, @p'`;
const takeOne = (take: string) => `perl -e 'print((${take}) ? "got" : "refused: $!"); kill 9, @p'`;

describe.skipIf(unable !== undefined)(`the bounds of a node${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const greedy: NodeKey = { sessionId: newSessionId(randomBytes(8)), name: 'node1' };
  const other: NodeKey = { sessionId: newSessionId(randomBytes(8)), name: 'node1' };
  let host: RealHost;
  const sh = async (key: NodeKey, script: string, stdin?: Promise<string>) => {
    const command = ['/bin/bash', '-c', script];
    const { stdout } = await host.runtime.exec(key, {
      command,
      timeoutSeconds: 120,
      ...(stdin === undefined ? {} : { stdin }),
    });
    return stdout.toString();
  };

  beforeAll(async () => {
    host = await openRealHost(IMAGES);
    for (const key of [greedy, other]) {
      await host.runtime.create({ ...key, limits: LIMITS });
      await host.runtime.start(key);
    }
  });
  afterAll(async () => {
    for (const key of [greedy, other]) await host?.runtime.destroy(key);
    await host?.close();
  });

  test.each(TAKES)('$name: a node gets its own share and takes nobody else’s', async ({ bound, take }) => {
    let letGo: (text: string) => void = () => {};
    const held = new Promise<string>((resolve) => {
      letGo = resolve;
    });
    await sh(greedy, 'rm -f /taken');
    const holding = sh(greedy, takeAll(take), held);
    try {
      const taken = () => sh(greedy, 'cat /taken 2>/dev/null').then((text) => (text === '' ? undefined : Number(text)));
      await expect.poll(taken, { timeout: 100_000 }).toBeDefined();
      expect(await taken()).toBeGreaterThan(32);
      expect(await taken()).toBeLessThanOrEqual(bound);
      expect(await sh(greedy, takeOne(take))).toContain('refused');
      expect(await sh(other, takeOne(take))).toBe('got');
      const { stdout } = await promisify(execFile)('/bin/bash', ['-c', takeOne(take)]);
      expect(stdout).toBe('got');
    } finally {
      letGo('');
      await holding;
    }
  });

  test('the node cannot raise them: what it writes is in its own namespace, below', async () => {
    const written = `for f in /proc/sys/user/max_*; do echo 1000000 > $f; done; cat /proc/sys/user/max_uts_namespaces`;
    expect((await sh(greedy, written)).trim()).toBe('1000000');
    const many = `perl -e '$n = 0; $n++ while $n < ${ALL} && (${TAKES[1]?.take}); print $n'`;
    expect(Number(await sh(greedy, many))).toBeLessThanOrEqual(NODE_BOUNDS.max_uts_namespaces as number);
  });
});
