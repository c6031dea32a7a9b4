/** `npm start`: checks the machine, installs and builds what is missing, and runs everything. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { layoutOf, REPO } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { readJoined } from '../supervisor/joined.mjs';
import { runStack } from '../supervisor/run-stack.mjs';
import { runningStack } from '../supervisor/state-file.mjs';
import { thisMachine } from './checks/machine.mjs';
import { START_CHECKS } from './checks/preflight.mjs';
import { prepare } from './prepare.mjs';
import { prepareUnits } from './prepare-units.mjs';
import { terminalProgress } from './progress.mjs';
import { loadSettings } from './settings/load-settings.mjs';
import { prepareStateDir } from './state-dir.mjs';
import { Interrupted } from './steps/run-steps.mjs';
import { ensureServiceUsers } from './system-user.mjs';

const USAGE = `npm start [-- --detach | --prepare]

Installs, builds and starts what is missing, in the foreground; Ctrl-C stops everything.
  --detach   returns when Drydock is ready; npm stop ends it
  --prepare  installs and builds what is missing, and starts nothing (for the units of infra/deploy)
Settings are environment variables, listed in .env.example.`;

const abort = new AbortController();
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, () => abort.abort());

/** @param {readonly string[]} args */
async function start(args) {
  const unknown = args.find((arg) => !['--detach', '--prepare', '--help'].includes(arg));
  if (unknown !== undefined) throw new Problem('UNKNOWN_OPTION', `There is no option ${unknown}.`, USAGE);
  if (args.includes('--help')) return console.log(USAGE);

  const settings = loadSettings();
  const layout = layoutOf(settings);
  const running = runningStack(layout.stateFile);
  const prepareOnly = args.includes('--prepare');
  if (running !== undefined && !prepareOnly) {
    throw new Problem(
      'ALREADY_RUNNING',
      `Drydock is already running: ${running.url} (process ${running.pid}, state in ${layout.state}).`,
      'Use it, or end it first: npm stop',
    );
  }
  // A host of a manager elsewhere has neither a public port nor a Redis of its own.
  const checks = prepareOnly || readJoined(layout) !== undefined ? [] : START_CHECKS;
  const progress = terminalProgress();
  try {
    await prepare({
      settings,
      layout,
      machine: thisMachine(),
      progress,
      signal: abort.signal,
      checks,
    });
    if (prepareOnly) {
      const users = await ensureServiceUsers();
      prepareUnits(layout, users.redis, prepareStateDir(layout, users));
      return;
    }
    progress.started('start', 'starting the processes');
    if (args.includes('--detach')) await detach(progress);
    else await runInForeground({ settings, layout, progress });
  } finally {
    progress.close();
  }
}

/** @param {string} link */
const operatorLine = (link) => `Operator (once, within ten minutes): ${link}`;

/** @param {{settings: Record<string, string>, layout: import('../common/paths.mjs').Layout, progress: import('./progress.mjs').Progress}} options */
async function runInForeground({ settings, layout, progress }) {
  const users = await ensureServiceUsers();
  await runStack({
    settings,
    layout,
    users,
    secrets: prepareStateDir(layout, users),
    signal: abort.signal,
    say: (line) => {
      progress.ended('start', 'done');
      progress.say(line);
    },
    onReady: (_url, operatorLink) => {
      if (operatorLink !== undefined) progress.say(operatorLine(operatorLink));
      progress.say(`Logs: ${layout.logs}. Ctrl-C stops everything.`);
    },
  });
}

/**
 * Starts the supervisor as a process of its own and waits until it says that it is ready.
 * @param {import('./progress.mjs').Progress} progress
 */
function detach(progress) {
  const child = spawn(process.execPath, [join(REPO, 'infra/supervisor/main.mjs')], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const stop = () => child.kill('SIGTERM');
  abort.signal.addEventListener('abort', stop, { once: true });
  return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    child.on('message', (/** @type {{ready?: string, failed?: string, operatorLink?: string}} */ message) => {
      if (message.ready === undefined) return reject(new StartFailed(message.failed ?? 'unknown'));
      progress.ended('start', 'done');
      progress.say(`Drydock is ready: ${message.ready}`);
      if (message.operatorLink !== undefined) progress.say(operatorLine(message.operatorLink));
      child.unref();
      resolve();
    });
    child.on('exit', () => reject(abort.signal.aborted ? new Interrupted() : new StartFailed('the supervisor ended')));
  });
}

/** The detached supervisor's own description of what went wrong. */
class StartFailed extends Error {}

try {
  await start(process.argv.slice(2));
} catch (error) {
  const known = error instanceof Interrupted || error instanceof StartFailed;
  console.error(`\n${known ? error.message : describeFailure(error)}`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
