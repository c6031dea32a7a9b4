/** Asks a running process again and again whether it still does its work, and tells when it has not for too long. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Liveness
 * @property {() => Promise<boolean>} ask must answer within `everyMs`, or reject
 * @property {number} everyMs between two questions
 * @property {number} misses so many questions in a row without an answer, and it is stuck
 */

/**
 * Resolves with true when the process is stuck, with false when `ended` comes first. Questions are counted and not the time: a machine that
 * slept, or a supervisor that was stopped, makes nobody stuck.
 * @param {Liveness} liveness
 * @param {AbortSignal} ended
 * @returns {Promise<boolean>}
 */
export async function becomesStuck({ ask, everyMs, misses }, ended) {
  let missed = 0;
  while (missed < misses) {
    await sleep(everyMs, undefined, { signal: ended, ref: false }).catch(() => {});
    if (ended.aborted) return false;
    missed = (await ask().catch(() => false)) ? 0 : missed + 1;
  }
  return !ended.aborted;
}
