import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTicks } from '../common/proc.mjs';
import { createBackoff } from './backoff.mjs';
import { SERVICE_OOM_SCORE } from './child.mjs';
import { openLog } from './log-file.mjs';
import { createSupervisor } from './supervisor.mjs';

let directory;
let supervisor;
let said;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-supervisor-'));
  said = [];
});
afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(directory, { recursive: true });
});

/**
 * A real process that writes its life into files: it is ready when NAME.ready is there.
 * @param {string} name
 * @param {{needs?: string[], body?: string} & Partial<import('./child.mjs').ChildSpec>} [options]
 * @returns {import('./supervisor.mjs').Service}
 */
function service(name, { needs = [], body = 'setInterval(() => {}, 1000);', ...spec } = {}) {
  const ready = join(directory, `${name}.ready`);
  const program = `
    const { appendFileSync, rmSync, writeFileSync } = require('node:fs');
    appendFileSync(${JSON.stringify(join(directory, 'journal'))}, '+${name}\\n');
    process.on('exit', () => { rmSync(${JSON.stringify(ready)}, { force: true }); appendFileSync(${JSON.stringify(join(directory, 'journal'))}, '-${name}\\n'); });
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
    const ready = () => writeFileSync(${JSON.stringify(ready)}, '');
    ${body.includes('ready()') ? '' : 'ready();'}
    ${body}`;
  return {
    needs,
    spec: {
      name,
      command: process.execPath,
      args: ['-e', program],
      env: { PATH: process.env.PATH ?? '' },
      isReady: async () => existsSync(ready),
      readyMs: 10_000,
      stopSignal: 'SIGTERM',
      stopMs: 2_000,
      ...spec,
    },
  };
}

/**
 * @param {import('./supervisor.mjs').Service[]} services
 * @param {(views: import('./child.mjs').ChildView[]) => void} [changed]
 */
function supervise(services, changed = () => {}) {
  supervisor = createSupervisor(services, {
    openLog: (name) => openLog(join(directory, `${name}.log`)),
    say: (line) => said.push(line),
    changed,
  });
  return supervisor;
}

const journal = () => readFileSync(join(directory, 'journal'), 'utf8').trim().split('\n');
const viewOf = (name) => supervisor.views().find((view) => view.name === name);

describe('the supervisor', () => {
  it('starts each process when what it needs is ready, and stops them in the reverse order', async () => {
    const slow = service('store', { body: 'setTimeout(ready, 300); setInterval(() => {}, 1000);' });
    await supervise([slow, service('manager', { needs: ['store'] }), service('agent', { needs: ['manager'] })]).start();
    expect(supervisor.views().map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    await supervisor.stop();
    expect(journal()).toEqual(['+store', '+manager', '+agent', '-agent', '-manager', '-store']);
    expect(supervisor.views().map(({ state, pid }) => [state, pid])).toEqual(Array(3).fill(['stopped', null]));
  });

  it('starts a process that was killed again, counts it and says so', async () => {
    await supervise([service('web')]).start();
    const { pid } = viewOf('web');
    process.kill(pid, 'SIGKILL');
    rmSync(join(directory, 'web.ready'));
    await expect.poll(() => viewOf('web'), { timeout: 5_000 }).toMatchObject({ restarts: 1, state: 'ready' });
    expect(viewOf('web').pid).not.toBe(pid);
    expect(said).toEqual(['web ended (SIGKILL); it is started again in 250 ms']);
  });

  it('kills a process that stops answering though it lives, starts it again, counts it and says so', async () => {
    const asked = [];
    // It answers while its file is touched; SIGSTOP stands for an event loop that never comes back.
    const body = `setInterval(() => writeFileSync(${JSON.stringify(join(directory, 'beat'))}, String(process.pid)), 20);`;
    const beats = async () => {
      asked.push(Date.now());
      rmSync(join(directory, 'beat'), { force: true });
      await sleep(100);
      return existsSync(join(directory, 'beat'));
    };
    await supervise([service('terminals', { body, liveness: { ask: beats, everyMs: 50, misses: 3 } })]).start();
    const { pid } = viewOf('terminals');
    await expect.poll(() => asked.length, { timeout: 5_000 }).toBeGreaterThan(3);
    expect(viewOf('terminals')).toMatchObject({ pid, restarts: 0, stuck: 0 });
    process.kill(pid, 'SIGSTOP');
    await expect
      .poll(() => viewOf('terminals'), { timeout: 10_000 })
      .toMatchObject({ restarts: 1, stuck: 1, state: 'ready' });
    expect(viewOf('terminals').pid).not.toBe(pid);
    expect(said).toEqual([
      'terminals has not answered 3 questions in a row and is killed',
      'terminals ended (SIGKILL); it is started again in 250 ms',
    ]);
  });

  it('waits longer before each restart of a process that keeps dying', async () => {
    const dying = service('manager', { body: 'ready(); setTimeout(() => process.exit(3), 100);' });
    await supervise([dying]).start();
    await expect.poll(() => said.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    expect(said.slice(0, 3)).toEqual(
      [250, 500, 1000].map((ms) => `manager ended (exit code 3); it is started again in ${ms} ms`),
    );
  });

  it('gives up a start when a process dies three times, with the last lines of its log', async () => {
    const broken = service('manager', { body: 'if (0) ready(); console.error("no store here"); process.exit(1);' });
    await expect(supervise([broken]).start()).rejects.toMatchObject({
      code: 'CHILD_FAILED',
      message: expect.stringMatching(/manager did not come up: it ended 3 times \(exit code 1\)\.[\s\S]*no store here/),
    });
  });

  it('gives up a start when a process is not ready within its bound', async () => {
    const mute = service('manager', { body: 'if (0) ready(); setInterval(() => {}, 1000);', readyMs: 400 });
    await expect(supervise([mute]).start()).rejects.toThrow('it was not ready within 0.4 s');
    await supervisor.stop();
    expect(journal()).toEqual(['+manager', '-manager']);
  });

  it('starts nothing that needs a process which did not come up', async () => {
    const broken = service('store', { body: 'if (0) ready(); process.exit(1);' });
    await expect(supervise([broken, service('manager', { needs: ['store'] })]).start()).rejects.toThrow('store');
    await supervisor.stop();
    expect(journal()).not.toContain('+manager');
  });

  it('kills a process that does not stop within its bound, with all that it started', async () => {
    const body = `
      process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
      writeFileSync(${JSON.stringify(join(directory, 'grandchild'))}, String(child.pid));
      ready(); setInterval(() => {}, 1000);`;
    await supervise([service('web', { body, stopMs: 300 })]).start();
    const grandchild = Number(readFileSync(join(directory, 'grandchild'), 'utf8'));
    await supervisor.stop();
    expect(said).toEqual(['web did not stop within 0.3 s and is killed']);
    await expect.poll(() => startTicks(grandchild)).toBeUndefined();
  });

  it('leaves alone what a process started, where that outlives it by design', async () => {
    const body = `
      const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
      writeFileSync(${JSON.stringify(join(directory, 'node'))}, String(child.pid));
      ready(); setInterval(() => {}, 1000);`;
    await supervise([service('agent', { body, offspringOutlives: true })]).start();
    const node = Number(readFileSync(join(directory, 'node'), 'utf8'));
    process.kill(viewOf('agent').pid, 'SIGKILL');
    await expect.poll(() => viewOf('agent').restarts, { timeout: 5_000 }).toBe(1);
    expect(startTicks(node)).toBeDefined();
    process.kill(node, 'SIGKILL');
  });

  it('stops at once while a process waits to be started again', async () => {
    await supervise([service('web', { body: 'ready(); setTimeout(() => process.exit(1), 50);' })]).start();
    await expect.poll(() => viewOf('web').state, { timeout: 10_000, interval: 10 }).toBe('waiting');
    const startedAt = performance.now();
    await supervisor.stop();
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  it('tells of every change, so that a file can always name the pids', async () => {
    const seen = [];
    await supervise([service('web')], (views) => seen.push(views[0]?.pid)).start();
    expect(seen.at(-1)).toBe(viewOf('web').pid);
  });
});

describe('the back-off', () => {
  it('doubles from 250 ms to 5 s and starts over after ten healthy seconds', () => {
    const backoff = createBackoff();
    expect(Array.from({ length: 7 }, () => backoff.next(0))).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    expect([backoff.next(10_000), backoff.next(9_999)]).toEqual([250, 500]);
  });
});

describe('a log', () => {
  it('is bounded: a full file becomes .1', () => {
    const path = join(directory, 'x.log');
    const log = openLog(path, 100);
    for (let line = 0; line < 30; line++) log.write(`line ${line} ${'x'.repeat(20)}\n`);
    log.close();
    expect(readFileSync(path).length).toBeLessThan(130);
    expect(readFileSync(`${path}.1`).length).toBeLessThan(130);
    expect(log.lastLines()).toContain('line 29');
  });

  it('goes on where it was', () => {
    const path = join(directory, 'x.log');
    writeFileSync(path, 'before\n');
    const log = openLog(path);
    log.write('after\n');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('before\nafter\n');
  });
});

it('a process is asked again and again until it is ready', async () => {
  let asked = 0;
  const slow = service('web', { isReady: async () => ++asked > 5 });
  await supervise([slow]).start();
  expect(asked).toBe(6);
  await sleep(100);
  expect(asked).toBe(6);
});

it('is the last that the kernel ends for want of memory, where the host may say so', async (context) => {
  const status = readFileSync('/proc/self/status', 'utf8');
  const mayLower = (BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`) >> 24n) & 1n;
  if (mayLower === 0n) context.skip('this root has no CAP_SYS_RESOURCE');
  const views = [];
  supervise([service('kept')], (all) => views.push(...all));
  await supervisor.start();
  const { pid } = views.findLast((view) => view.name === 'kept');
  expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim()).toBe(String(SERVICE_OOM_SCORE));
});
