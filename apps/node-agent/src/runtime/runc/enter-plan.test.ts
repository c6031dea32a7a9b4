import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processStartTime } from '../../system/process-start.ts';
import { enterPlanText } from './enter-plan.ts';

test('a plan names everything that confines a process, one word a line', () => {
  const text = enterPlanText({
    pid: 42,
    startTime: 4711n,
    cgroups: ['/sys/fs/cgroup/a', '/sys/fs/cgroup/b'],
    seccompFile: '/native/node.bpf',
    rlimits: [{ name: 'nofile', soft: 10, hard: 20 }],
    apparmorProfile: 'drydock-node',
  });
  expect(text.split('\n')).toEqual([
    'pid 42',
    'started 4711',
    expect.stringMatching(/^capabilities [0-9a-f]+$/),
    'seccomp /native/node.bpf',
    'rlimit nofile 10 20',
    'cgroup /sys/fs/cgroup/a',
    'cgroup /sys/fs/cgroup/b',
    'apparmor drydock-node',
    '',
  ]);
});

test('the start time tells one process from another, and a dead one has none', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid as number;
  expect(await processStartTime(pid)).toBeGreaterThan(0n);
  expect(await processStartTime(pid)).not.toBe(await processStartTime(1));
  child.kill();
  await once(child, 'exit');
  expect(await processStartTime(pid)).toBeUndefined();
});

test('a process that has ended but was not reaped has no start time', async () => {
  // The shell becomes a program that never waits for the child it has inherited.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(parent.stdout, 'data');
  await expect.poll(() => processStartTime(Number(String(line)))).toBeUndefined();
  parent.kill();
});
