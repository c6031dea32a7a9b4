/** Renews the images while the stack runs: a place that nobody restarts gets security updates all the same. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshForMs } from '../common/image-arguments.mjs';
import { REPO } from '../common/paths.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/** Between two looks at the images' age (ms); a look at fresh ones takes half a second. After a failure it is the same. */
const EVERY_MS = 6 * 3600_000;
/** Both images on a busy machine, or another stack's build that is waited for (ms). */
const LIMIT_MS = 60 * 60_000;

/**
 * Looks again and again until `signal`; never rejects. The builders themselves know whether an image is older than DRYDOCK_IMAGE_DAYS, and
 * lay a new one beside the old: the agent makes the next nodes of it and replaces those of the pool, nodes that live keep theirs.
 * @param {object} job
 * @param {Record<string, string>} job.settings
 * @param {import('../common/paths.mjs').Layout} job.layout
 * @param {AbortSignal} job.signal
 * @param {(line: string) => void} job.tell
 * @param {number} [job.everyMs]
 * @param {(words: string[], onLine: (line: string) => void) => Promise<{code: number, output: string}>} [job.run] runs a builder
 */
export async function renewImages({ settings, layout, signal, tell, everyMs = EVERY_MS, run }) {
  if (freshForMs(settings) === Number.POSITIVE_INFINITY) return;
  const build = run ?? builder({ settings, layout, signal });
  const more = settings.DRYDOCK_LIBRARY === 'core' ? [] : ['--more'];
  for (;;) {
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    // What a new clone would make is for the next start: these processes are of the old one.
    await renew('node image', ['infra/node-image/build.mjs', '--same-recipe'], build, tell);
    if (signal.aborted) return;
    await renew('image library', ['infra/library/build.mjs', ...more], build, tell);
  }
}

/**
 * @param {string} name
 * @param {string[]} words
 * @param {(words: string[], onLine: (line: string) => void) => Promise<{code: number, output: string}>} build
 * @param {(line: string) => void} tell
 */
async function renew(name, words, build, tell) {
  const { code, output } = await build(words, (line) => {
    if (line.includes('WARNING') || / built( in |: )/.test(line)) tell(line);
  });
  if (code !== 0) tell(`The ${name} could not be renewed; the old one stays in use: ${lastLines(output, 2)}`);
}

/** @param {{settings: Record<string, string>, layout: import('../common/paths.mjs').Layout, signal: AbortSignal}} job */
function builder({ settings, layout, signal }) {
  return async (/** @type {string[]} */ [script = '', ...words], /** @type {(line: string) => void} */ onLine) => {
    const command = ['-n', '19', process.execPath, join(REPO, script), '--images-dir', layout.images, ...words];
    const { code, output } = await runCommand('nice', command, {
      cwd: REPO,
      env: { ...process.env, ...settings },
      logFile: join(layout.logs, 'renew-images.log'),
      signal,
      timeoutMs: LIMIT_MS,
      onLine,
    });
    // A build that the stop cuts off is no news.
    return { code: signal.aborted ? 0 : code, output };
  };
}
