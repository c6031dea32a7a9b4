import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startTicks } from '../../common/proc.mjs';
import { runCommand } from '../../common/run-command.mjs';
import { createProgress } from '../progress.mjs';
import { takeBuildLock } from './build-lock.mjs';
import { Interrupted, runSteps } from './run-steps.mjs';

function plainProgress(written = []) {
  return createProgress({
    write: (text) => written.push(text),
    isTTY: false,
    columns: () => 80,
    now: () => performance.now(),
  });
}

/**
 * @param {string} name
 * @param {string[]} needs
 * @param {string[]} journal
 * @param {{done?: boolean, run?: (context: import('./run-steps.mjs').StepContext) => Promise<unknown>}} [options]
 */
function step(name, needs, journal, { done = false, run = () => sleep(20) } = {}) {
  return {
    name,
    title: name,
    needs,
    isDone: () => done,
    run: async (context) => {
      journal.push(`+${name}`);
      await run(context);
      journal.push(`-${name}`);
    },
  };
}

describe('steps', () => {
  it('run after what they need, side by side where they may', async () => {
    const journal = [];
    const steps = [
      step('a', [], journal),
      step('b', ['a'], journal),
      step('c', ['a'], journal),
      step('d', ['b', 'c'], journal),
    ];
    await runSteps(steps, { concurrency: 2, progress: plainProgress() });
    expect(journal).toEqual(['+a', '-a', '+b', '+c', '-b', '-c', '+d', '-d']);
  });

  it('never run more at once than allowed', async () => {
    let now = 0;
    let most = 0;
    const run = async () => {
      now += 1;
      most = Math.max(most, now);
      await sleep(10);
      now -= 1;
    };
    const steps = ['a', 'b', 'c', 'd', 'e'].map((name) => step(name, [], [], { run }));
    await runSteps(steps, { concurrency: 2, progress: plainProgress() });
    expect(most).toBe(2);
  });

  it('whose inputs are unchanged are skipped, and count as done for others', async () => {
    const journal = [];
    const reports = await runSteps([step('a', [], journal, { done: true }), step('b', ['a'], journal)], {
      concurrency: 2,
      progress: plainProgress(),
    });
    expect(journal).toEqual(['+b', '-b']);
    expect(reports.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['a skipped', 'b done']);
  });

  it('stop at the first failure: what runs is aborted, nothing new is started', async () => {
    const journal = [];
    const failing = step('bad', [], journal, { run: () => Promise.reject(new Error('broken')) });
    const long = step('long', [], journal, {
      run: ({ signal }) => sleep(60_000, undefined, { signal }),
    });
    const after = step('after', ['bad'], journal);
    await expect(runSteps([long, failing, after], { concurrency: 3, progress: plainProgress() })).rejects.toThrow(
      'broken',
    );
    expect(journal).toEqual(['+long', '+bad']);
  });

  it('that the operator interrupts end as interrupted, with their commands ended', async () => {
    const abort = new AbortController();
    let result;
    const long = step('long', [], [], {
      run: async ({ signal }) => {
        result = await runCommand('sleep', ['60'], { signal });
        signal.throwIfAborted();
      },
    });
    setTimeout(() => abort.abort(), 50);
    const run = runSteps([long], { concurrency: 1, progress: plainProgress(), signal: abort.signal });
    await expect(run).rejects.toBeInstanceOf(Interrupted);
    expect(result.code).toBe(143);
  });

  it('are shown as plain lines in a log', async () => {
    const written = [];
    await runSteps([step('build', [], [])], { concurrency: 1, progress: plainProgress(written) });
    expect(written.join('')).toMatch(/^ {2}• build \.\.\.\n {2}✓ build \(0\.\d s\)\n$/);
  });
});

describe('a command', () => {
  it('that takes too long is ended with all that it started', async () => {
    const result = await runCommand('sh', ['-c', 'sleep 60 & echo $!; wait'], { timeoutMs: 200 });
    expect(result.timedOut).toBe(true);
    await expect.poll(() => startTicks(Number(result.stdout))).toBeUndefined();
  });

  it('that cannot be started has code 127 and says why', async () => {
    const result = await runCommand('/nonexistent', []);
    expect([result.code, result.output]).toEqual([127, expect.stringContaining('ENOENT')]);
  });
});

describe('the build lock', () => {
  const signal = new AbortController().signal;

  it('is held by one at a time, and a dead holder loses it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'drydock-lock-'));
    const path = join(directory, 'build.lock');
    const holder = `
      import { takeBuildLock } from ${JSON.stringify(new URL('./build-lock.mjs', import.meta.url).href)};
      await takeBuildLock(${JSON.stringify(path)}, { signal: new AbortController().signal, say() {} });
      console.log('held');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 700);`;
    const other = runCommand(process.execPath, ['--input-type=module', '--eval', holder]);
    await expect.poll(() => existsSync(path), { timeout: 5_000 }).toBe(true);
    const lines = [];
    const unlock = await takeBuildLock(path, { signal, say: (line) => lines.push(line) });
    expect((await other).code).toBe(137);
    expect(lines).toEqual([expect.stringMatching(/^Waiting for another start in this clone \(process \d+\)/)]);
    unlock();
    expect(existsSync(path)).toBe(false);
    rmSync(directory, { recursive: true });
  });
});
