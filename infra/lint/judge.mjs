/** Whether a regular expression can be made slow by a text: asked of recheck, in as many threads as there are processors. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/**
 * @typedef {{kind: 'safe'} | {kind: 'slow', how: string, attack: string} | {kind: 'unknown', why: string}} Verdict
 * @typedef {{pattern: string, flags: string}} Question
 */

/** Counts above it are read as no bound: `a{0,2000}b{0,300}` begun at each letter of a line is slow enough to hold a process. */
const SMALL_COUNT = 8;

/**
 * The expression with its larger counts taken off: every way to read a text that it has, this one has too.
 * @param {string} pattern
 */
export function withoutLargeCounts(pattern) {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\{(\d+)(,?)(\d*)\}/g, (whole, least, comma, most) => {
    if (least === undefined) return whole;
    const top = comma === '' ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most);
    if (top <= SMALL_COUNT) return whole;
    return Number(least) === 0 ? '*' : Number(least) <= SMALL_COUNT ? `{${least},}` : `{${SMALL_COUNT},}`;
  });
}

/**
 * Whether nothing in it repeats without end: then no text makes it slower than its length does.
 * @param {string} pattern without large counts
 */
export function isPlain(pattern) {
  return !/[*+]|\{\d+,\}/.test(pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, ''));
}

/**
 * @param {readonly Question[]} questions
 * @returns {Promise<Verdict[]>} in their order
 */
export async function judge(questions) {
  /** @type {Verdict[]} */
  const verdicts = questions.map(() => ({ kind: 'safe' }));
  const open = questions.flatMap(({ pattern, flags }, index) => {
    const loose = withoutLargeCounts(pattern);
    return isPlain(loose) ? [] : [{ index, pattern: loose, flags }];
  });
  const threads = Math.min(availableParallelism(), open.length);
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL('judge-worker.mjs', import.meta.url));
      try {
        for (let next = open.shift(); next !== undefined; next = open.shift())
          verdicts[next.index] = await answer(worker, next);
      } finally {
        await worker.terminate();
      }
    }),
  );
  return verdicts;
}

/**
 * @param {Worker} worker
 * @param {Question} question
 * @returns {Promise<Verdict>}
 */
function answer(worker, { pattern, flags }) {
  return new Promise((resolve, reject) => {
    worker.once('message', (verdict) => {
      worker.off('error', reject);
      resolve(verdict);
    });
    worker.once('error', reject);
    worker.postMessage({ pattern, flags });
  });
}
