/** What every runtime promises; each implementation's own test file runs this suite. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { MAX_EXEC_OUTPUT_BYTES, newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstProcess } from '../testing/nodes/first-process.ts';
import { NO_HOLDINGS, type NodeKey, type Runtime } from './runtime.ts';

const LIMITS = { cpus: 1, memoryBytes: 512 * 1024 ** 2, diskBytes: 1024 ** 3, pids: 500 };

/** Whether a program with `mark` in its command runs anywhere on this machine. */
async function isRunning(mark: string): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.some((command) => command.includes(mark));
}

/** Registers the tests; `open` makes a prepared runtime with a state of its own. */
export function runtimeContract(open: () => Promise<{ runtime: Runtime; close: () => Promise<void> }>): void {
  let runtime: Runtime;
  let close: () => Promise<void>;
  const sessionId = newSessionId(randomBytes(8));
  const key: NodeKey = { sessionId, name: 'node1' };
  const sh = (script: string, more: { stdin?: string; timeoutSeconds?: number; signal?: AbortSignal } = {}) =>
    runtime.exec(key, { command: ['/bin/sh', '-c', script], ...more });

  beforeAll(async () => {
    ({ runtime, close } = await open());
    await runtime.create({ ...key, limits: LIMITS });
  });
  afterAll(async () => {
    await runtime.destroy(key);
    await close();
  });

  test('a made node waits until it is started', async () => {
    expect(await runtime.probe(key)).toMatchObject({ state: 'created' });
    await runtime.start(key);
    const presence = await runtime.probe(key);
    expect(presence.state).toBe('running');
    expect(await runtime.list()).toEqual([key]);
    expect(await readdir(runtime.directory(key))).not.toEqual([]);
  });

  test('exec gives stdout, stderr, stdin and the exit code', async () => {
    const result = await sh('cat; echo problem >&2; exit 7', { stdin: 'text' });
    expect(result).toMatchObject({ exitCode: 7, truncated: false });
    expect(result.stdout.toString()).toBe('text');
    expect(result.stderr.toString()).toBe('problem\n');
  });

  test('a command that ends by a signal has 128 and the signal as its exit code', async () => {
    expect((await sh('kill -TERM $$')).exitCode).toBe(143);
  });

  test('a command that the node lacks has exit code 127', async () => {
    expect((await runtime.exec(key, { command: ['/no/such/program'] })).exitCode).toBe(127);
  });

  test('variables and the working directory reach the command', async () => {
    const result = await runtime.exec(key, {
      command: ['/bin/sh', '-c', 'pwd; echo "$GREETING"'],
      workingDir: '/usr',
      env: { GREETING: 'a b' },
    });
    expect(result.stdout.toString()).toBe('/usr\na b\n');
  });

  test('output beyond its bound is cut, and the command still ends', async () => {
    const result = await sh(`head -c ${MAX_EXEC_OUTPUT_BYTES * 3} /dev/zero`);
    expect(result).toMatchObject({ exitCode: 0, truncated: true });
    expect(result.stdout.length).toBe(MAX_EXEC_OUTPUT_BYTES);
  });

  test('a command that takes too long is stopped with all of its process group', async () => {
    const mark = `9${Math.floor(Math.random() * 1e6)}`;
    const run = sh(`sleep ${mark} & sleep ${mark}`, { timeoutSeconds: 0.3 });
    await expect(run).rejects.toMatchObject({ code: 'EXEC_TIMEOUT' });
    await expect
      .poll(
        async () =>
          (await sh(`cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c "[s]leep ${mark}"`)).exitCode,
      )
      .toBe(1);
  });

  test('an abort stops the command', async () => {
    const abort = new AbortController();
    const started = performance.now();
    setTimeout(() => abort.abort(), 100);
    await sh('sleep 30', { signal: abort.signal }).catch(() => undefined);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('a running node is measured', async () => {
    const usage = await runtime.usage(key);
    expect(usage.memoryBytes).toBeGreaterThan(0);
    expect(usage.pids).toBeGreaterThan(0);
  });

  test('what the kernel holds for a node is counted, and of one that is not there is nothing', async () => {
    const held = await runtime.kernelHoldings(key, 10);
    for (const count of Object.values(held)) expect(count).toBeGreaterThanOrEqual(0);
    expect(await runtime.kernelHoldings({ sessionId, name: 'absent' }, 10)).toEqual(NO_HOLDINGS);
    expect(await runtime.diskBytesOf({ sessionId, name: 'absent' })).toBe(0);
  });

  test('limits can be set anew', async () => {
    await runtime.limit(key, { ...LIMITS, memoryBytes: 768 * 1024 ** 2 });
    await runtime.limit(key, LIMITS);
  });

  test('a handle is the same whoever asks for it, and stands for that node alone', async () => {
    const other: NodeKey = { sessionId, name: 'other' };
    const handle = async () => {
      const presence = await runtime.probe(other);
      return 'node' in presence ? presence.node : undefined;
    };
    const first = await runtime.create({ ...other, limits: LIMITS });
    expect((await handle())?.id).toBe(first.id);
    await runtime.start(other);
    expect([(await handle())?.id, await first.alive()]).toEqual([first.id, true]);
    await runtime.destroy(other);
    const second = await runtime.create({ ...other, limits: LIMITS });
    expect([second.id === first.id, await first.alive(), await second.alive()]).toEqual([false, false, true]);
    await runtime.destroy(other);
    expect(await second.alive()).toBe(false);
  });

  test('a unix socket of a node is reached by its path in the node', async () => {
    const socket = 'run/contract.sock';
    const presence = await runtime.probe(key);
    if (presence.state !== 'running') throw new Error(presence.state);
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        const connection = presence.node.connectUnix(`/${socket}`);
        connection.once('error', reject).once('data', (data) => {
          resolve(String(data));
          connection.destroy();
        });
      });
    const served = sh(
      `cd /; [ -d "$HOME/run" ] && cd "$HOME"; exec perl -MSocket -e '
      socket my $l, PF_UNIX, SOCK_STREAM, 0; unlink "${socket}"; bind $l, pack_sockaddr_un("${socket}") or die $!; listen $l, 1;
      alarm 60; accept my $c, $l; syswrite $c, "from within"; close $c; unlink "${socket}"'`,
      { timeoutSeconds: 60 },
    );
    await expect.poll(() => ask().catch(() => undefined)).toBe('from within');
    expect((await served).exitCode).toBe(0);
  });

  test('destroy takes everything, and again does nothing', async () => {
    const other: NodeKey = { sessionId, name: 'other' };
    await runtime.create({ ...other, limits: LIMITS });
    await runtime.start(other);
    const mark = `left-${process.pid}`;
    const sleeper = `exec -a ${mark} sleep 1000 >/dev/null 2>&1 </dev/null & true`;
    await runtime.exec(other, { command: ['/bin/bash', '-c', sleeper] });
    await expect.poll(() => isRunning(mark)).toBe(true);
    await runtime.destroy(other);
    await expect.poll(() => isRunning(mark)).toBe(false);
    expect(await runtime.probe(other)).toEqual({ state: 'absent' });
    await runtime.destroy(other);
    expect(await runtime.list()).toEqual([key]);
    await expect(runtime.exec(other, { command: ['true'] })).rejects.toMatchObject({ code: 'NODE_NOT_READY' });
  });

  test('a node at rest ends what ran and keeps its files, which commands still reach', async () => {
    const other: NodeKey = { sessionId, name: 'other' };
    await runtime.create({ ...other, limits: LIMITS });
    await runtime.start(other);
    const inOther = (script: string) => runtime.exec(other, { command: ['/bin/sh', '-c', script], timeoutSeconds: 60 });
    await inOther('echo kept > file');
    const running = inOther('exec sleep 50');
    await expect
      .poll(async () => (await inOther('cat /proc/[0-9]*/cmdline | tr "\\0" " "')).stdout.toString())
      .toMatch('sleep 50');
    await runtime.rest(other);
    expect((await running).exitCode).toBe(137);
    expect((await inOther('cat file')).stdout.toString()).toBe('kept\n');
    expect((await runtime.probe(other)).state).toBe('running');
    await runtime.rest(other);
    await runtime.destroy(other);
    expect(await runtime.probe(other)).toEqual({ state: 'absent' });
  });

  test('a frozen node does nothing until it is thawed, and is destroyed as it is', async () => {
    const other: NodeKey = { sessionId, name: 'other' };
    const node = await runtime.create({ ...other, limits: LIMITS });
    await runtime.start(other);
    let ended = false;
    const inOther = (script: string) => runtime.exec(other, { command: ['/bin/sh', '-c', script], timeoutSeconds: 60 });
    const slow = inOther('echo > begun; sleep 1');
    void slow.then(() => {
      ended = true;
    });
    await expect.poll(async () => (await inOther('[ -e begun ]')).exitCode).toBe(0);
    await runtime.freeze(other, true);
    await runtime.freeze(other, true);
    await pause(1300);
    expect([ended, await runtime.probe(other)]).toMatchObject([false, { state: 'running', node: { id: node.id } }]);
    await runtime.freeze(other, false);
    expect((await slow).exitCode).toBe(0);
    await runtime.freeze(other, true);
    await runtime.destroy(other);
    expect(await runtime.probe(other)).toEqual({ state: 'absent' });
  });

  test('a running node gets another key, and what waits in it goes on', async () => {
    const spare: NodeKey = { sessionId: 'pool-contract', name: 'spare' };
    const other: NodeKey = { sessionId, name: 'other' };
    const node = await runtime.create({ ...spare, limits: LIMITS });
    await runtime.start(spare);
    const limits = { ...LIMITS, cpus: 2, pids: 400 };
    expect([await runtime.fits(spare, limits), await runtime.fits(other, limits)]).toEqual([true, false]);
    expect(await runtime.fits(spare, { ...limits, diskBytes: 2 * LIMITS.diskBytes })).toBe(false);
    let tell: (text: string) => void = () => {};
    const stdin = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const command = ['/bin/sh', '-c', 'echo > begun; cat'];
    const waiting = runtime.exec(spare, { command, stdin, timeoutSeconds: 60 });
    // It finds the node by its old key.
    const begun = () => runtime.exec(spare, { command: ['/bin/sh', '-c', '[ -e begun ]'] });
    await expect.poll(async () => (await begun()).exitCode).toBe(0);
    await expect(runtime.rename(spare, { ...key, limits })).rejects.toThrow();
    await runtime.rename(spare, { ...other, limits });
    tell('told');
    expect((await waiting).stdout.toString()).toBe('told');
    expect(await runtime.list()).toEqual([key, other]);
    expect(await runtime.probe(spare)).toEqual({ state: 'absent' });
    expect(await runtime.probe(other)).toMatchObject({ state: 'running', node: { id: node.id } });
    expect(await node.alive()).toBe(true);
    expect((await runtime.exec(other, { command: ['/bin/sh', '-c', 'exit 3'] })).exitCode).toBe(3);
    expect((await runtime.usage(other)).pids).toBeGreaterThan(0);
    await runtime.destroy(other);
    expect(await runtime.list()).toEqual([key]);
  });

  test('a node whose first process has ended is remains', async () => {
    const other: NodeKey = { sessionId, name: 'other' };
    const node = await runtime.create({ ...other, limits: LIMITS });
    await runtime.start(other);
    process.kill(firstProcess(node), 'SIGKILL');
    await expect.poll(() => runtime.probe(other)).toEqual({ state: 'remains' });
    expect(await node.alive()).toBe(false);
    await runtime.destroy(other);
    expect(await runtime.probe(other)).toEqual({ state: 'absent' });
  });
}
