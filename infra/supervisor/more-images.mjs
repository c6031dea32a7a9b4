/** The big images of the library: made in the background when the stack already serves, so that nobody waits for them. */
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/** Four images on a busy machine, or another stack's build that is waited for (ms). */
const LIMIT_MS = 60 * 60_000;

/**
 * Resolves when they are there, when they cannot be made, or soon after `signal`; never rejects. The registry of the library needs no
 * restart: what it serves is found by a link that points at the larger library from one moment to the next.
 * @param {object} job
 * @param {Record<string, string>} job.settings
 * @param {import('../common/paths.mjs').Layout} job.layout
 * @param {AbortSignal} job.signal
 * @param {(line: string) => void} job.tell
 */
export async function makeMoreImages({ settings, layout, signal, tell }) {
  if (settings.DRYDOCK_LIBRARY === 'core') return;
  const script = join(REPO, 'infra/library/build.mjs');
  const quietly = ['-n', '19', process.execPath, script, '--images-dir', layout.images, '--more'];
  const { code, output } = await runCommand('nice', quietly, {
    cwd: REPO,
    env: { ...process.env, ...settings },
    logFile: join(layout.logs, 'more-images.log'),
    signal,
    timeoutMs: LIMIT_MS,
    onLine: (line) => {
      if (line.includes('adding to the images')) tell('More images of the library are being made in the background.');
      if (line.includes(': built')) tell('All images of the library are there.');
    },
  });
  if (code !== 0 && !signal.aborted) tell(`More images of the library could not be made: ${lastLines(output, 2)}`);
}
