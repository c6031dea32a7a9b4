import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTicks } from '../common/proc.mjs';
import { stopLeftStacks } from './stop-left-stacks.mjs';

let directory;
let supervisor;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-left-'));
});
afterEach(() => {
  supervisor.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** A process that stands where a stack's supervisor would, and ends at SIGTERM as one does. */
async function leaveStack(testRun) {
  const state = join(directory, 'drydock-e2e-1');
  mkdirSync(state);
  supervisor = spawn('sleep', ['60'], { env: { PATH: process.env.PATH, TEST_RUN: testRun }, stdio: 'ignore' });
  await new Promise((resolve) => supervisor.once('spawn', resolve));
  const ticks = startTicks(supervisor.pid);
  writeFileSync(join(state, 'supervisor.json'), JSON.stringify({ pid: supervisor.pid, ticks, processes: [] }));
  return state;
}

const stop = () =>
  stopLeftStacks({ 'state directory': ['drydock-e2e-1'] }, { testRun: 'mine', say: () => {}, stateParent: directory });

it('a stack that this run left running is stopped and its directory removed', async () => {
  const state = await leaveStack('mine');
  await stop();
  await expect.poll(() => startTicks(supervisor.pid)).toBeUndefined();
  expect(existsSync(state)).toBe(false);
});

it('a stack of another run is left alone', async () => {
  const state = await leaveStack('theirs');
  await stop();
  expect(startTicks(supervisor.pid)).toBeDefined();
  expect(existsSync(state)).toBe(true);
});
