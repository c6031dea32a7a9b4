/** The stages of `npm test`, in order: cheap ones first, what the whole leaves behind last. */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJsonIfThere } from '../common/files.mjs';
import { REPO } from '../common/paths.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';
import { audit, auditByFile } from '../supply/audit.mjs';
import { foreignImages, looseNames } from '../supply/image-pins.mjs';
import { licenceProblem } from '../supply/licences.mjs';
import { hostSnapshot, leftovers } from './host-snapshot.mjs';
import { nothing, parseNative, parsePlaywright, single, sum } from './outcome.mjs';

/** @typedef {import('./outcome.mjs').Outcome} Outcome */

/**
 * @typedef {object} StageContext
 * @property {string} work a directory for results and logs
 * @property {string} testRun marks the processes of this run
 * @property {Record<string, string>} settings
 * @property {string} images
 * @property {AbortSignal} signal
 * @property {(line: string) => void} detail a sign of life
 */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} title
 * @property {(context: StageContext, files?: readonly string[]) => Promise<Outcome>} run
 *   all of it, or only these test files where `again`
 * @property {boolean} [again] whether what failed is tried again
 */

/** The release whose breaks native/ has. */
const CLANG_FORMAT = '14';
const MINUTE = 60_000;
/** Bounds against hanging, not promises of speed (ms). */
const LIMIT = { check: 5 * MINUTE, unit: 8 * MINUTE, native: 10 * MINUTE, integration: 20 * MINUTE, e2e: 30 * MINUTE };
/** Devices and groups of what was just destroyed vanish within this time (ms). */
const VANISH_MS = 10_000;

/** @type {readonly Stage[]} */
export const STAGES = [
  {
    name: 'lint',
    title: 'lint',
    run: lint,
  },
  { name: 'types', title: 'types', run: types },
  { name: 'supply', title: 'supply chain', run: supply },
  {
    name: 'unit',
    title: 'unit tests',
    again: true,
    run: (context, files) => vitest(context, ['unit', 'process'], LIMIT.unit, files),
  },
  { name: 'native', title: 'native tests', again: true, run: native('test', 'TESTS') },
  {
    name: 'sanitized',
    title: 'native tests under sanitizers',
    again: true,
    run: native('test-sanitized', 'SANITIZED_TESTS'),
  },
  {
    name: 'integration',
    title: 'integration tests',
    again: true,
    run: (context, files) => vitest(context, ['integration'], LIMIT.integration, files),
  },
  { name: 'e2e', title: 'end-to-end tests', again: true, run: endToEnd },
];

/** @param {StageContext} context */
async function lint(context) {
  const biome = ['check', '--diagnostic-level=warn', '--max-diagnostics=30', '.'];
  return sum([
    await check(context, 'Biome', 'node_modules/@biomejs/biome/bin/biome', biome),
    await check(context, 'what documents and comments name is there', 'infra/docs/check.mjs', []),
    await check(context, 'no text makes a regular expression slow', 'infra/lint/expressions.mjs', []),
    await formatOfC(context),
    await shellScripts(context),
  ]);
}

/** What others made and we run: under which licences, with which known holes, and by which content. */
async function supply() {
  const licences = await licenceProblem(REPO);
  const found = await audit();
  const name = 'npm knows no hole in what runs in production';
  const { grave, lines } = auditByFile(Date.now());
  const loose = looseNames();
  return sum([
    single('no advisory of the clone fits what runs in production', !grave, lines.join('\n')),
    single('actions, images and downloads are named by their content', loose.length === 0, loose.join('\n')),
    single('every installed package has a licence of the list', licences === undefined, licences ?? ''),
    found.kind === 'unanswered'
      ? { ...nothing(), skipped: [{ name, reason: `the registry does not say: ${found.reason}` }] }
      : single(name, found.kind === 'clean', found.kind === 'holes' ? found.text : ''),
    pins(),
  ]);
}

/** Only a registry knows digests, and a release is made where it can be asked (RELEASING.md). */
function pins() {
  const name = 'images of the compose files are pinned by digest';
  const free = [...new Set(foreignImages().flatMap(({ name: image, pinned }) => (pinned ? [] : [image])))];
  if (free.length === 0) return single(name, true, '');
  const reason = `a release does it (npm run -s pin-images); by tag alone: ${free.join(', ')}`;
  return { ...nothing(), skipped: [{ name, reason }] };
}

/** @param {StageContext} context */
async function types(context) {
  const tsc = 'node_modules/typescript/bin/tsc';
  return sum([
    await check(context, 'TypeScript', tsc, ['-b']),
    await check(context, 'types of infra', tsc, ['-p', 'infra']),
    await check(context, 'types of tests', tsc, ['-p', 'tsconfig.test.json']),
    await check(context, 'types of tests of the page', tsc, ['-p', 'apps/web/tsconfig.test.json']),
  ]);
}

/**
 * @param {StageContext} context
 * @param {string} name
 * @param {string} program in node_modules
 * @param {string[]} args
 */
async function check(context, name, program, args) {
  const { code, output } = await run(context, name, [process.execPath, program, ...args], LIMIT.check);
  return single(name, code === 0, lastLines(output, 40));
}

/**
 * @param {StageContext} context
 * @param {readonly [string, ...string[]]} projects of vitest.config.ts, side by side; the first names the stage
 * @param {number} limit
 * @param {readonly string[]} [files]
 */
async function vitest(context, projects, limit, files = []) {
  const [project] = projects;
  const result = join(context.work, `${project}.json`);
  rmSync(result, { force: true });
  const named = projects.flatMap((name) => ['--project', name]);
  const args = ['run', ...named, '--reporter', join(REPO, 'infra/test/vitest-reporter.mjs')];
  const command = [process.execPath, 'node_modules/vitest/vitest.mjs', ...args, ...files];
  const ended = await run(context, project, command, limit, { VITEST_OUTCOME: result });
  return complete(`${project} tests`, ended, readJsonIfThere(result));
}

/**
 * @param {string} goal of native/Makefile
 * @param {string} variable the name of its list of tests
 * @returns {Stage['run']}
 */
function native(goal, variable) {
  return async (context, files = []) => {
    const only = files.length === 0 ? [] : [`${variable}=${files.join(' ')}`];
    const ended = await run(
      context,
      goal,
      ['make', '-C', 'native', `-j${availableParallelism()}`, goal, ...only],
      LIMIT.native,
    );
    return complete('native tests', ended, parseNative(ended.stdout));
  };
}

/** Another release breaks some lines otherwise: the one of Debian 12 judges. @param {StageContext} context */
async function formatOfC(context) {
  const name = 'clang-format';
  const { stdout } = await runCommand(name, ['--version']);
  const release = /version (\d+)/.exec(stdout)?.[1];
  if (release !== CLANG_FORMAT) {
    const reason = `clang-format ${CLANG_FORMAT} judges, and here is ${release ?? 'none'}`;
    return { ...nothing(), skipped: [{ name, reason }] };
  }
  const { code, output } = await run(context, name, ['make', '-s', '-C', 'native', 'check-format'], LIMIT.check);
  return single(name, code === 0, lastLines(output, 40));
}

/** Everything that a shell is named for in its first line. @param {StageContext} context */
async function shellScripts(context) {
  const find =
    "grep -rlE --exclude-dir=node_modules --exclude-dir=build --exclude='*.mjs' '^#!/(usr/)?bin/(env )?(ba|da)?sh' .ci infra native";
  const { code, output } = await run(context, 'shellcheck', ['sh', '-c', `${find} | xargs shellcheck`], LIMIT.check);
  return single('shellcheck', code === 0, lastLines(output, 40));
}

/** @param {StageContext} context @param {readonly string[]} [files] */
async function endToEnd(context, files = []) {
  const report = join(REPO, 'e2e/test-results/results.json');
  rmSync(report, { force: true });
  // Pictures and traces of the first try stay.
  const only =
    files.length === 0 ? [] : ['--output', 'e2e/test-results/second-try', ...files.map((file) => `/${file}`)];
  const command = [process.execPath, 'node_modules/@playwright/test/cli.js', 'test', '-c', 'e2e', ...only];
  const ended = await run(context, 'e2e', command, LIMIT.e2e);
  const found = readJsonIfThere(report);
  return complete('end-to-end tests', ended, found === undefined ? undefined : parsePlaywright(found));
}

/**
 * A runner that crashed, hung or ran nothing is a failure of its own.
 * @param {string} name
 * @param {import('../common/run-command.mjs').RunResult} ended
 * @param {Outcome | undefined} outcome
 */
export function complete(name, ended, outcome = nothing()) {
  const count = outcome.passed + outcome.failed.length + outcome.skipped.length;
  const explained = ended.code === 0 ? count > 0 : outcome.failed.length > 0;
  if (explained && !ended.timedOut) return outcome;
  const why = ended.timedOut
    ? 'It took too long and was ended.'
    : `It ended with code ${ended.code} after ${count} tests.`;
  return sum([outcome, single(name, false, `${why}\n${lastLines(ended.output, 30)}`)]);
}

/**
 * Compares the host with what was there before the tests; each kind of thing is a test.
 * @param {import('./host-snapshot.mjs').Snapshot} before
 * @param {{testRun: string}} options
 * @returns {Promise<Outcome>}
 */
export async function leftoverStage(before, { testRun }) {
  const deadline = performance.now() + VANISH_MS;
  let left = leftovers(before, hostSnapshot({ testRun }));
  while (Object.values(left).some((names) => names.length > 0) && performance.now() < deadline) {
    await sleep(250);
    left = leftovers(before, hostSnapshot({ testRun }));
  }
  return sum(
    Object.entries(left).map(([kind, names]) => single(`no ${kind} is left`, names.length === 0, names.join('\n'))),
  );
}

/**
 * @param {StageContext} context
 * @param {string} name
 * @param {readonly string[]} words
 * @param {number} timeoutMs
 * @param {Record<string, string>} [extra]
 */
function run(context, name, [program = '', ...args], timeoutMs, extra = {}) {
  mkdirSync(context.work, { recursive: true });
  return runCommand(program, args, {
    cwd: REPO,
    env: {
      ...process.env,
      ...context.settings,
      DRYDOCK_IMAGES_DIR: context.images,
      TEST_RUN: context.testRun,
      FORCE_COLOR: '0',
      ...extra,
    },
    logFile: join(context.work, `${name.replaceAll(' ', '-')}.log`),
    signal: context.signal,
    timeoutMs,
    onLine: context.detail,
  });
}
