import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newSessionId } from '@drydock/protocol';
import { type Clock, createLogger, systemClock } from '@drydock/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeService } from '../../nodes/node-service.ts';
import { IMAGES, whyNoNodes } from '../../testing/env.ts';
import { NATIVE_DIR, openRealHost, type RealHost, TEST_LIMITS } from '../../testing/nodes/real-host.ts';
import { createOwnFigures, type OwnFigures } from './own-figures.ts';

const LXCFS = fileURLToPath(new URL('../../../../../infra/supervisor/lxcfs.sh', import.meta.url));
const MIB = 1024 ** 2;
const limits = { ...TEST_LIMITS, cpus: 1, memoryBytes: 700 * MIB };
/** Ten times as fast: the seconds in which a stuck or lost lxcfs is waited for. */
const fastClock: Clock = { now: systemClock.now, after: (ms, callback) => systemClock.after(ms / 10, callback) };

function whyNoLxcfs(): string | undefined {
  if (!existsSync('/dev/fuse')) return 'this kernel has no FUSE';
  return existsSync('/usr/bin/lxcfs') ? undefined : 'no lxcfs';
}
const unable = whyNoNodes() ?? whyNoLxcfs();

describe.skipIf(unable !== undefined)(`a node’s own figures${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const session = newSessionId(randomBytes(8));
  let directory: string;
  let server: ChildProcess;
  let figures: OwnFigures;
  let host: RealHost;
  let agent: NodeService;

  const startLxcfs = () => {
    server = spawn('sh', [LXCFS, join(directory, 'lxcfs')], { stdio: 'ignore' });
  };
  /** The pid of lxcfs itself, which the script has started. */
  const lxcfsPid = () => Number(readFileSync(join(directory, 'lxcfs.pid'), 'utf8'));
  const run = async (script: string) =>
    (await agent.exec(session, 'node1', { command: ['/bin/bash', '-c', script], timeoutSeconds: 60 })).stdout.trim();
  const memoryKib = async () => Number(await run("sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo"));

  beforeAll(async () => {
    directory = mkdtempSync('/run/drydock/test-lxcfs-');
    startLxcfs();
    figures = createOwnFigures({
      directory: join(directory, 'lxcfs'),
      nativeDir: NATIVE_DIR,
      clock: fastClock,
      logger: createLogger('test', 'silent'),
    });
    host = await openRealHost(IMAGES, 'silent', { figures });
    agent = await host.startAgent();
    await agent.create({ sessionId: session, node: 'node1', index: 1, limits });
  });
  afterAll(async () => {
    await host?.close();
    figures?.stop();
    server?.kill('SIGTERM');
    if (server && server.exitCode === null) await once(server, 'exit');
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(directory);
    rmSync(directory, { recursive: true });
  });

  test('free, nproc, top, uptime, df and docker show the node’s limits and not the host’s', async () => {
    // The node may be older than lxcfs, which starts beside it.
    await expect.poll(() => run("free -m | awk '/Mem:/ {print $2}'"), { timeout: 5000 }).toBe('700');
    expect(await run('nproc; grep -c ^processor /proc/cpuinfo; grep -c "^cpu[0-9]" /proc/stat')).toBe('1\n1\n1');
    expect(await run('getconf _NPROCESSORS_ONLN')).toBe('1');
    expect(await run('top -bn1 | grep -o "MiB Mem : *[0-9.]*"')).toBe('MiB Mem :    700.0');
    expect(Number(await run('cut -d. -f1 /proc/uptime'))).toBeLessThan(600);
    expect(Number(await run('df -B1 --output=size / | tail -1'))).toBeLessThanOrEqual(limits.diskBytes);
    expect(await run('wc -l < /proc/swaps')).toBe('1');
    await run('/usr/lib/drydock/drydock-ctl wait docker 60');
    expect(await run('docker info -f "{{.NCPU}} {{.MemTotal}}"')).toBe(`1 ${700 * MIB}`);
  });

  test('memory that is used is the node’s, and new limits are seen at once', async () => {
    const used = Number(await run("free -m | awk '/Mem:/ {print $3}'"));
    expect(used).toBeGreaterThan(5);
    expect(used).toBeLessThan(400);
    await host.runtime.limit({ sessionId: session, name: 'node1' }, { ...limits, memoryBytes: 900 * MIB });
    expect(await memoryKib()).toBe(900 * 1024);
    await host.runtime.limit({ sessionId: session, name: 'node1' }, limits);
  });

  test('root in the node cannot write to what the host serves', async () => {
    const tried =
      'for f in meminfo uptime stat; do mount -o remount,bind,rw /proc/$f; echo 1 >/proc/$f && echo WRITTEN; done';
    const said = await run(`(${tried}) 2>&1`);
    expect(said).not.toContain('WRITTEN');
    expect(said.match(/Read-only|denied/g)).toHaveLength(3);
  });

  test('nobody hangs when lxcfs is killed, and the next one’s files come by themselves', async () => {
    const reading = run(
      'end=$((SECONDS + 3)); while [ $SECONDS -lt $end ]; do timeout 2 cat /proc/meminfo >/dev/null 2>&1; [ $? = 124 ] && echo HUNG; done; echo read',
    );
    process.kill(lxcfsPid(), 'SIGKILL');
    await once(server, 'exit');
    expect(await run('cat /proc/uptime 2>&1')).toContain('not connected');
    startLxcfs();
    await expect.poll(memoryKib, { timeout: 5000 }).toBe(700 * 1024);
    expect(await run('grep -c lxcfs /proc/self/mounts')).toBe('8');
    expect(await reading).toBe('read');
  });

  test('one that is stuck is ended, and who waited for it goes on', async () => {
    process.kill(lxcfsPid(), 'SIGSTOP');
    const waiting = run('cat /proc/meminfo; echo over');
    await once(server, 'exit');
    expect(await waiting).toMatch(/over$/);
    startLxcfs();
    await expect.poll(memoryKib, { timeout: 5000 }).toBe(700 * 1024);
  });

  test('when it stays away nodes get the kernel’s own files back, and a node can be made', async () => {
    process.kill(lxcfsPid(), 'SIGKILL');
    await expect.poll(() => figures.serves(), { timeout: 10_000 }).toBe(false);
    const hosts = Number(/^MemTotal: *(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);
    await expect.poll(memoryKib).toBe(hosts);
    await agent.create({ sessionId: session, node: 'node2', index: 2, limits });
    await agent.destroy(session, 'node2');
  });
});
