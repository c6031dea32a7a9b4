/** `npm stop`: ends a stack, nodes included, and what a killed supervisor may have left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { layoutOf } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { isAlive } from '../common/proc.mjs';
import { destroyLeftNodes, planStack, putBackKernelSettings, removeVolatile } from '../supervisor/run-stack.mjs';
import { endStaleProcesses, readState, removeState, runningStack } from '../supervisor/state-file.mjs';
import { loadSettings } from './load-settings.mjs';
import { prepareStateDir } from './state-dir.mjs';
import { ensureServiceUsers } from './system-user.mjs';

/** The supervisor's own bounds for its processes add up to less (ms). */
const STOP_LIMIT_MS = 240_000;
const POLL_MS = 50;

async function stop() {
  const settings = loadSettings();
  const layout = layoutOf(settings);
  const running = runningStack(layout.stateFile);
  if (running !== undefined) return await stopSupervisor(running);

  const left = readState(layout.stateFile);
  if (left === undefined) return console.log(`Drydock is not running (state in ${layout.state}).`);
  await endStaleProcesses(left);
  const users = await ensureServiceUsers();
  const secrets = prepareStateDir(layout, users);
  await destroyLeftNodes(await planStack({ settings, layout, users, secrets }), console.log);
  removeVolatile(layout);
  removeState(layout.stateFile);
  putBackKernelSettings(layout, console.log);
  console.log('Drydock had been killed; what was left of it is gone now.');
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
  console.log('Drydock has stopped; no node, namespace, mount, cgroup or process of it is left.');
}

try {
  await stop();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
