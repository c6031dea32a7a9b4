/** What runs, in a file that `npm stop`, `npm run status` and the next start read. */
import { rmSync } from 'node:fs';
import { readJsonIfThere, writeAtomic } from '../common/files.mjs';
import { isAlive, signalWithGroup, startTicks } from '../common/proc.mjs';

/** How long processes that a killed supervisor left behind get to end by themselves (ms). */
const STALE_GRACE_MS = 5_000;

/**
 * @typedef {object} StackState
 * @property {number} pid the supervisor
 * @property {number} ticks its start time by the kernel's count
 * @property {string} since ISO 8601
 * @property {string} url what the operator opens
 * @property {string} origin where this machine reaches the manager
 * @property {string | undefined} [operator] where the manager listens for its operator
 * @property {boolean} ready
 * @property {import('./child.mjs').ChildView[]} processes
 */

/** @param {string} path @param {StackState} state */
export function writeState(path, state) {
  writeAtomic(path, `${JSON.stringify(state, undefined, 2)}\n`);
}

/** @param {string} path */
export function removeState(path) {
  rmSync(path, { force: true });
}

/**
 * The state that a supervisor wrote, whether or not it still lives.
 * @param {string} path
 * @returns {StackState | undefined}
 */
export function readState(path) {
  return readJsonIfThere(path);
}

/**
 * The state of a supervisor that lives, or undefined.
 * @param {string} path
 * @returns {StackState | undefined}
 */
export function runningStack(path) {
  const state = readState(path);
  return state !== undefined && isAlive(state.pid, state.ticks) ? state : undefined;
}

/** This process as a supervisor's state names it. */
export function thisProcess() {
  return { pid: process.pid, ticks: startTicks(process.pid) ?? 0 };
}

/**
 * Ends what a supervisor that was killed may have left running. Each process asked for death with its parent; this is
 * for one that was just being started, or that takes its time.
 * @param {StackState} state
 * @returns {Promise<number>} how many had to be ended
 */
export async function endStaleProcesses(state) {
  const alive = () => state.processes.filter(({ pid, ticks }) => pid !== null && isAlive(pid, ticks ?? undefined));
  const found = alive().length;
  /** @param {NodeJS.Signals} signal */
  const signalAll = (signal) => {
    for (const { pid } of alive()) if (pid !== null) signalWithGroup(pid, signal);
  };
  signalAll('SIGTERM');
  const deadline = performance.now() + STALE_GRACE_MS;
  while (alive().length > 0 && performance.now() < deadline) await new Promise((done) => setTimeout(done, 50));
  signalAll('SIGKILL');
  return found;
}
