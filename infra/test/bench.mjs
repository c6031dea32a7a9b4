/** `npm run bench [-- --json]`: prepares the machine, then measures on a stack of its own; only the figures go to stdout. */
import { spawn } from 'node:child_process';
import { thisMachine } from '../bootstrap/checks/machine.mjs';
import { prepare } from '../bootstrap/prepare.mjs';
import { terminalProgress } from '../bootstrap/progress.mjs';
import { loadSettings } from '../bootstrap/settings/load-settings.mjs';
import { layoutOf, REPO } from '../common/paths.mjs';
import { describeFailure } from '../common/problem.mjs';

const abort = new AbortController();
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(name, () => abort.abort());

/** @returns {Promise<number>} exit code */
async function bench() {
  const settings = loadSettings();
  const layout = layoutOf(settings);
  const progress = terminalProgress(process.stderr);
  await prepare({ settings, layout, machine: thisMachine(), progress, signal: abort.signal });
  progress.close();
  const args = ['--import', 'tsx', '--conditions', 'source', 'e2e/bench/main.ts', ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, {
    cwd: REPO,
    env: { ...process.env, DRYDOCK_IMAGES_DIR: layout.images },
    stdio: 'inherit',
  });
  // It stops its stack by itself when it is interrupted.
  abort.signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

try {
  process.exitCode = await bench();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
