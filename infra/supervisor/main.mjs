/** The supervisor as a process of its own, for `npm start -- --detach`; tells its parent how the start went. */
import { loadSettings } from '../bootstrap/settings/load-settings.mjs';
import { prepareStateDir } from '../bootstrap/state-dir.mjs';
import { ensureServiceUsers } from '../bootstrap/system-user.mjs';
import { layoutOf } from '../common/paths.mjs';
import { describeFailure } from '../common/problem.mjs';
import { runStack } from './run-stack.mjs';

process.umask(0o022);
const abort = new AbortController();
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(name, () => abort.abort());
// The terminal that started it may be closed.
process.on('SIGHUP', () => {});

/** @param {object} message */
function report(message) {
  if (process.connected) process.send?.(message, () => process.disconnect());
}

try {
  const settings = loadSettings();
  const layout = layoutOf(settings);
  const users = await ensureServiceUsers();
  await runStack({
    settings,
    layout,
    users,
    secrets: prepareStateDir(layout, users),
    signal: abort.signal,
    say: () => {},
    onReady: (url, operatorLink) => report({ ready: url, operatorLink }),
  });
} catch (error) {
  report({ failed: describeFailure(error) });
  process.exitCode = 1;
}
