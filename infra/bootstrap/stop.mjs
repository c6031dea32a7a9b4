/** `npm stop`: ends a stack, nodes included, and what a killed supervisor may have left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { layoutOf } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { isAlive } from '../common/proc.mjs';
import { leftOnHost } from '../supervisor/left-on-host.mjs';
import { destroyLeftNodes, planStack, putBackKernelSettings, removeVolatile } from '../supervisor/run-stack.mjs';
import { endStaleProcesses, readState, removeState, runningStack } from '../supervisor/state-file.mjs';
import { loadSettings } from './settings/load-settings.mjs';
import { prepareStateDir } from './state-dir.mjs';
import { ensureServiceUsers } from './system-user.mjs';

/** The supervisor's own bounds for its processes add up to less (ms). */
const STOP_LIMIT_MS = 240_000;
const POLL_MS = 50;
/** Things that an operator is told of by name; ten thousand groups are one trouble. */
const MOST_TOLD = 20;

async function stop() {
  const settings = loadSettings();
  const layout = layoutOf(settings);
  const running = runningStack(layout.stateFile);
  const killed = running === undefined ? readState(layout.stateFile) : undefined;
  if (running !== undefined) await stopSupervisor(running);
  if (killed !== undefined) await endStaleProcesses(killed);
  // Also what an earlier stop could not remove.
  await destroyLeft(settings, layout);
  if (killed !== undefined) {
    removeVolatile(layout);
    removeState(layout.stateFile);
    putBackKernelSettings(layout, console.log);
  }
  const left = leftOnHost(layout);
  if (left.length > 0) throw tellLeft(left);
  if (running !== undefined)
    console.log('Drydock has stopped; no node, namespace, mount, cgroup or process of it is left.');
  else if (killed !== undefined) console.log('Drydock had been killed; what was left of it is gone now.');
  else console.log(`Drydock is not running (state in ${layout.state}).`);
}

/**
 * @param {Record<string, string>} settings
 * @param {import('../common/paths.mjs').Layout} layout
 */
async function destroyLeft(settings, layout) {
  if (leftOnHost(layout).length === 0) return;
  const users = await ensureServiceUsers();
  const secrets = prepareStateDir(layout, users);
  try {
    await destroyLeftNodes(await planStack({ settings, layout, users, secrets }), console.log);
  } finally {
    // The plan has files in the run directory, and nothing runs that needs them.
    removeVolatile(layout);
  }
}

/** @param {string[]} left */
function tellLeft(left) {
  const more = left.length > MOST_TOLD ? [`and ${left.length - MOST_TOLD} more`] : [];
  return new Problem(
    'STOP_LEFT',
    `Something of Drydock is left on this host:\n  ${[...left.slice(0, MOST_TOLD), ...more].join('\n  ')}`,
    'Run npm stop again. What still stays is held by a process that does not end: see "What could not be removed" in docs/operations.md.',
  );
}

/** @param {{pid: number, ticks: number}} supervisor */
async function stopSupervisor({ pid, ticks }) {
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + STOP_LIMIT_MS;
  while (isAlive(pid, ticks)) {
    if (performance.now() > deadline) {
      throw new Problem(
        'STOP_TIMEOUT',
        `Process ${pid} has not stopped.`,
        `Read supervisor.log, then: kill -9 ${pid} && npm stop`,
      );
    }
    await sleep(POLL_MS);
  }
}

try {
  await stop();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
