/** From a fresh clone on a fresh machine to a stack that can be started: what `npm start` and `npm test` share. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { describeRefused } from '../host/kernel-settings.mjs';
import { coreHandler, fixedSettings } from './checks/kernel-checks.mjs';
import { MACHINE_CHECKS, runChecks } from './checks/preflight.mjs';
import { takeBuildLock } from './steps/build-lock.mjs';
import { buildSteps } from './steps/build-steps.mjs';
import { runSteps } from './steps/run-steps.mjs';

/**
 * Checks the machine, then installs and builds what is missing.
 * @param {object} options
 * @param {Record<string, string>} options.settings
 * @param {import('../common/paths.mjs').Layout} options.layout
 * @param {import('./checks/machine.mjs').Machine} options.machine
 * @param {import('./progress.mjs').Progress} options.progress
 * @param {AbortSignal} options.signal
 * @param {readonly import('./checks/checks.mjs').Check[]} [options.checks] besides those of the machine
 * @param {readonly import('./packages.mjs').Package[]} [options.extraPackages]
 * @returns {Promise<import('./steps/run-steps.mjs').StepReport[]>}
 */
export async function prepare({ settings, layout, machine, progress, signal, checks = [], extraPackages = [] }) {
  // What npm and the compilers write must be readable by the services' user, whatever the operator's umask.
  process.umask(0o022);
  await runChecks([...MACHINE_CHECKS, ...checks], machine, settings);
  const fixed = describeRefused(fixedSettings(machine));
  if (fixed !== undefined) progress.say(fixed);
  const handler = coreHandler(machine);
  if (handler !== undefined) progress.say(handler);
  const unlock = await takeBuildLock(join(REPO, '.drydock/build.lock'), { signal, say: (line) => progress.say(line) });
  try {
    const steps = buildSteps({ layout, settings, machine, extraPackages });
    // One more than processors: one of them usually waits for the network.
    return await runSteps(steps, { concurrency: availableParallelism() + 1, progress, signal });
  } finally {
    unlock();
  }
}
