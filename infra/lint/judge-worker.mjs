/** A thread of judge.mjs: answers one expression after another. */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';

/**
 * The checker in JavaScript: its other forms are programs for some machines, and would judge otherwise elsewhere.
 * @type {typeof import('recheck')}
 */
const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js');

/**
 * For one expression (ms; the longest takes 7,000 of a processor, which is longer beside other work), by the half of the checker that proves: its other half tries texts at random, and answers otherwise on a busy
 * machine. What the proof cannot do (looking around, referring back) is not called safe.
 */
const LIMIT_MS = 180_000;

/** @param {string} pattern @param {string} flags @returns {import('./judge.mjs').Verdict} */
function verdictOf(pattern, flags) {
  try {
    // It knows no flag `d`, which changes nothing here, nor `v`, of which we use what `u` has too.
    const told = checkSync(pattern, flags.replace('d', '').replace('v', 'u'), {
      checker: 'automaton',
      timeout: LIMIT_MS,
    });
    switch (told.status) {
      case 'safe':
        return { kind: 'safe' };
      case 'vulnerable':
        return { kind: 'slow', how: told.complexity.summary, attack: told.attack.pattern };
      case 'unknown':
        return { kind: 'unknown', why: told.error.kind };
    }
  } catch (error) {
    return { kind: 'unknown', why: String(error) };
  }
}

parentPort?.on('message', ({ pattern, flags }) => parentPort?.postMessage(verdictOf(pattern, flags)));
