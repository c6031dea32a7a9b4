/** One build at a time in a clone: two starts would tread on each other's node_modules. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJsonIfThere } from '../../common/files.mjs';
import { isAlive, startTicks } from '../../common/proc.mjs';
import { Interrupted } from './run-steps.mjs';

const POLL_MS = 250;

/**
 * Takes the lock, waiting for a living holder; a dead one's lock is taken over.
 * @param {string} path
 * @param {{signal: AbortSignal, say: (line: string) => void}} options
 * @returns {Promise<() => void>} lets it go
 * @throws {Interrupted}
 */
export async function takeBuildLock(path, { signal, say }) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!tryLock(path)) {
    const holder = readJsonIfThere(path);
    if (holder === undefined || !isAlive(holder.pid, holder.ticks)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say(`Waiting for another start in this clone (process ${holder.pid}) to finish building.`);
    told = true;
    if (signal.aborted) throw new Interrupted();
    await sleep(POLL_MS);
  }
  return () => rmSync(path, { force: true });
}

/** @param {string} path */
function tryLock(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, JSON.stringify({ pid: process.pid, ticks: startTicks(process.pid) }));
    closeSync(file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}
