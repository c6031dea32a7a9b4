/** Runs steps that need one another: each when what it needs is done, several at once, none whose inputs are unchanged. */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} title as shown
 * @property {readonly string[]} needs names of steps that must be done before
 * @property {() => Promise<boolean> | boolean} isDone whether it can be skipped; asked when all that it needs is done
 * @property {(context: StepContext) => Promise<void>} run throws when it fails
 */

/**
 * @typedef {object} StepContext
 * @property {AbortSignal} signal
 * @property {(line: string) => void} detail shows what the step does at the moment
 */

/**
 * @typedef {{name: string, outcome: 'skipped' | 'done', durationMs: number}} StepReport
 */

/**
 * Runs all steps; after a failure or an abort no further one is started and those that run are aborted and awaited.
 * @param {readonly Step[]} steps
 * @param {{concurrency: number, progress: import('../progress.mjs').Progress, signal?: AbortSignal}} options
 * @returns {Promise<StepReport[]>} in the order in which they ended
 * @throws the first failure
 */
export async function runSteps(steps, { concurrency, progress, signal }) {
  const names = new Set(steps.map((step) => step.name));
  for (const step of steps) {
    for (const need of step.needs) if (!names.has(need)) throw new Error(`${step.name} needs unknown step ${need}`);
  }
  const abort = new AbortController();
  const stop = () => abort.abort();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();

  const waiting = new Set(steps);
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {StepReport[]} */
  const reports = [];
  /** @type {Set<Promise<void>>} */
  const running = new Set();
  /** @type {unknown[]} */
  const failures = [];

  /** @param {Step} step */
  const runOne = async (step) => {
    const startedAt = performance.now();
    try {
      if (await step.isDone()) {
        reports.push({ name: step.name, outcome: 'skipped', durationMs: performance.now() - startedAt });
      } else {
        progress.started(step.name, step.title);
        await step.run({ signal: abort.signal, detail: (line) => progress.detail(step.name, line) });
        progress.ended(step.name, 'done');
        reports.push({ name: step.name, outcome: 'done', durationMs: performance.now() - startedAt });
      }
      done.add(step.name);
    } catch (error) {
      progress.ended(step.name, 'failed');
      failures.push(error);
      abort.abort();
    }
  };

  try {
    while (waiting.size > 0 || running.size > 0) {
      if (!abort.signal.aborted) {
        for (const step of waiting) {
          if (running.size >= concurrency) break;
          if (!step.needs.every((need) => done.has(need))) continue;
          waiting.delete(step);
          const task = runOne(step).finally(() => running.delete(task));
          running.add(task);
        }
      }
      if (running.size === 0) break;
      await Promise.race(running);
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  if (signal?.aborted) throw new Interrupted();
  if (failures.length > 0) throw failures[0];
  if (waiting.size > 0)
    throw new Error(`steps need one another in a circle: ${[...waiting].map((s) => s.name).join(', ')}`);
  return reports;
}

/** The operator ended the start; everything that was begun can be begun again. */
export class Interrupted extends Error {
  constructor() {
    super('Interrupted; run the same command again to go on from here.');
    this.name = 'Interrupted';
  }
}
