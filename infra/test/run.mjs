/** `npm test`: installs what is missing, runs every stage, and ends with one line `N passed, N failed, N skipped`. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../bootstrap/checks/machine.mjs';
import { testPackages } from '../bootstrap/packages.mjs';
import { prepare } from '../bootstrap/prepare.mjs';
import { terminalProgress } from '../bootstrap/progress.mjs';
import { loadSettings } from '../bootstrap/settings/load-settings.mjs';
import { Interrupted } from '../bootstrap/steps/run-steps.mjs';
import { layoutOf } from '../common/paths.mjs';
import { describeFailure } from '../common/problem.mjs';
import { hostSnapshot, leftovers } from './host-snapshot.mjs';
import { nothing, single, sum, withoutSilentSkips } from './outcome.mjs';
import { afterSecondTry, filesToTry } from './second-try.mjs';
import { leftoverStage, STAGES } from './stages.mjs';
import { stopLeftStacks } from './stop-left-stacks.mjs';

/** @typedef {import('./outcome.mjs').Outcome} Outcome */

const abort = new AbortController();
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, () => abort.abort());
const progress = terminalProgress();
/** What passed only at its second try. @type {Outcome['failed']} */
const unsteady = [];

/** @returns {Promise<Outcome>} */
async function runAll() {
  const settings = loadSettings();
  const layout = layoutOf(settings);
  const machine = thisMachine();
  try {
    const extraPackages = testPackages(machine.osRelease().ID ?? '');
    await prepare({ settings, layout, machine, progress, signal: abort.signal, extraPackages });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return sum([
      show('prepare', single('the machine is prepared and everything builds', false, describeFailure(error))),
      ...STAGES.map((stage) => skipped(stage.title, 'the preparation failed')),
    ]);
  }
  const testRun = randomBytes(8).toString('hex');
  const work = mkdtempSync(join(tmpdir(), 'drydock-test-'));
  progress.say(`Logs of the stages: ${work}`);
  const before = hostSnapshot({ testRun });
  const only = settings.DRYDOCK_TEST_ONLY?.split(',');
  const outcomes = [];
  try {
    for (const stage of STAGES) {
      const reason = reasonToSkip(stage.name, settings, only);
      outcomes.push(
        reason === undefined
          ? await runStage(stage, { work, testRun, settings: given(settings), images: layout.images })
          : show(stage.title, skipped(stage.title, reason)),
      );
      if (abort.signal.aborted) throw new Interrupted();
    }
    outcomes.push(show('leftovers', await leftoverStage(before, { testRun })));
    return sum(outcomes);
  } finally {
    // Counted by now, or cut off: either way no stack of the tests goes on running.
    await stopLeftStacks(leftovers(before, hostSnapshot({ testRun })), { testRun, say: (line) => progress.say(line) });
  }
}

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {Omit<import('./stages.mjs').StageContext, 'signal' | 'detail'>} context
 */
async function runStage(stage, context) {
  progress.started(stage.name, stage.title);
  const detail = (/** @type {string} */ line) => progress.detail(stage.name, line);
  const whole = { ...context, signal: abort.signal, detail };
  const first = withoutSilentSkips(await stage.run(whole));
  progress.ended(stage.name, first.failed.length === 0 ? 'done' : 'failed');
  const files = stage.again === true ? filesToTry(first) : [];
  if (files.length === 0 || abort.signal.aborted) return show(stage.title, first);
  progress.started(stage.name, `${stage.title}, a second try of ${files.join(', ')}`);
  const work = join(context.work, 'second-try');
  const result = afterSecondTry(first, withoutSilentSkips(await stage.run({ ...whole, work }, files)));
  progress.ended(stage.name, result.outcome.failed.length === 0 ? 'done' : 'failed');
  unsteady.push(...result.unsteady);
  for (const { name, detail } of result.unsteady)
    progress.say(`    UNSTEADY: ${name}\n${detail.replace(/^/gm, '        ')}`);
  return show(stage.title, result.outcome);
}

/** @param {string} name @param {Record<string, string>} settings @param {string[] | undefined} only */
function reasonToSkip(name, settings, only) {
  if (only !== undefined && !only.includes(name)) return 'DRYDOCK_TEST_ONLY leaves it out';
  const browser = settings.DRYDOCK_CHROMIUM ?? '';
  if (name === 'e2e' && !existsSync(browser)) return `there is no browser at ${browser} (set DRYDOCK_CHROMIUM)`;
  return undefined;
}

/** What the operator set, for the tests' own stacks; places and ports they choose themselves. @param {Record<string, string>} settings */
function given(settings) {
  const { DRYDOCK_CHROMIUM = '', DRYDOCK_MUST_WORK = '0' } = settings;
  return { DRYDOCK_CHROMIUM, ...(DRYDOCK_MUST_WORK === '1' ? { DRYDOCK_MUST_WORK } : {}) };
}

/** @param {string} name @param {string} reason @returns {Outcome} */
function skipped(name, reason) {
  return { ...nothing(), skipped: [{ name, reason }] };
}

/**
 * Prints a stage's line, its failures and its skips.
 * @param {string} title
 * @param {Outcome} outcome
 */
function show(title, outcome) {
  const { passed, failed, skipped: left } = outcome;
  progress.say(
    `${failed.length === 0 ? '✓' : '✗'} ${title}: ${passed} passed, ${failed.length} failed, ${left.length} skipped;`,
  );
  for (const { name, reason } of left) progress.say(`    skipped: ${name}: ${reason}`);
  for (const { name, detail } of failed) progress.say(`    FAILED: ${name}\n${detail.replace(/^/gm, '        ')}`);
  return outcome;
}

try {
  const { passed, failed, skipped: left } = await runAll();
  progress.close();
  if (unsteady.length > 0)
    console.log(`\nUnsteady (passed at the second try):\n${unsteady.map(({ name }) => `  ${name}`).join('\n')}`);
  if (failed.length > 0) console.log(`\nFailed:\n${failed.map(({ name }) => `  ${name}`).join('\n')}`);
  console.log(`${passed} passed, ${failed.length} failed, ${left.length} skipped`);
  process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1;
} catch (error) {
  progress.close();
  console.error(error instanceof Interrupted ? 'Interrupted.' : describeFailure(error));
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
