/** What turns a fresh clone into something that can run, as steps that are skipped while their inputs are the same. */
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { basePathOf } from '../../common/base-path.mjs';
import { REPO } from '../../common/paths.mjs';
import { Problem } from '../../common/problem.mjs';
import { excerpt, runCommand } from '../../common/run-command.mjs';
import { installPackages, missingPackages } from '../apt.mjs';
import { INSTALLED_CHECKS, runChecks } from '../checks/preflight.mjs';
import { installedAsLocked } from '../installed-as-locked.mjs';
import { PACKAGES, UNWANTED_SERVICES } from '../packages.mjs';
import { contentHash } from './content-hash.mjs';
import { createStamp } from './step-stamp.mjs';

/** Stamps of what is built inside the clone lie in the clone: a second clone builds for itself. */
const STAMPS = join(REPO, '.drydock/steps');
/** No build takes that long on two cores, unless it hangs (ms). */
const STEP_LIMIT_MS = 20 * 60_000;
/** What tsc builds for a start and its command line; the pages are built by Next.js, and tests are not built at all. */
const DAEMONS = [
  'packages/protocol',
  'packages/client',
  'packages/service-kit',
  'packages/terminal-text',
  'packages/lab',
  'apps/session-manager',
  'apps/node-agent',
  'apps/cli',
];
/** What the pages are built of. */
const PAGES = ['packages/protocol', 'packages/client', 'packages/terminal-text'];
/** What pages of other sites load from here. */
const EMBED = 'packages/embed';
const WORKSPACES = [...DAEMONS, EMBED, 'apps/web', 'e2e'];
const TYPESCRIPT = ['tsconfig.json', 'tsconfig.base.json'];

/**
 * @typedef {object} BuildContext
 * @property {import('../../common/paths.mjs').Layout} layout
 * @property {Record<string, string>} settings
 * @property {import('../checks/machine.mjs').Machine} machine
 * @property {readonly import('../packages.mjs').Package[]} [extraPackages] what tests need besides
 */

/**
 * @param {BuildContext} context
 * @returns {import('./run-steps.mjs').Step[]}
 */
export function buildSteps(context) {
  const manifests = ['package.json', ...WORKSPACES.map((workspace) => `${workspace}/package.json`)];
  const basePath = basePathOf(context.settings.DRYDOCK_PUBLIC_URL);
  const abi = [process.versions.modules, process.arch, REPO];
  return [
    packages(context),
    kernel(context),
    // The longest chain first: npm ci, tsc, next build; the images beside it.
    cloneStep(context, {
      name: 'npm-ci',
      title: 'npm ci',
      needs: ['packages'],
      inputs: ['package-lock.json', '.npmrc', ...manifests],
      salt: abi,
      outputs: ['node_modules/.package-lock.json'],
      command: [...npm(), 'ci', '--include=dev', '--no-audit', '--no-fund'],
      // A developer's own `npm install` is as good.
      isDoneAnyway: () => installedAsLocked(REPO),
    }),
    cloneStep(context, {
      name: 'native',
      title: 'native programs',
      // The add-on among them wants the headers that come with npm.
      needs: ['npm-ci'],
      inputs: ['native'],
      salt: abi,
      outputs: ['native/build'],
      command: ['make', '-C', 'native', `-j${availableParallelism()}`],
    }),
    image(context, { name: 'node-image', title: 'node image', needs: ['packages', 'native'] }),
    cloneStep(context, {
      name: 'typescript',
      title: 'TypeScript',
      needs: ['npm-ci'],
      inputs: ['package-lock.json', ...TYPESCRIPT, ...DAEMONS],
      salt: abi,
      outputs: DAEMONS.map((workspace) => `${workspace}/dist`),
      command: [process.execPath, 'node_modules/typescript/bin/tsc', '-b', ...DAEMONS],
    }),
    cloneStep(context, {
      name: 'embed',
      title: 'scripts for pages of other sites',
      needs: ['npm-ci'],
      inputs: ['package-lock.json', EMBED, 'packages/protocol/src'],
      salt: abi,
      outputs: [`${EMBED}/dist/embed.js`],
      command: [...npm(), 'run', '-s', 'build', '-w', '@drydock/embed'],
    }),
    image(context, { name: 'library', title: 'image library', needs: ['packages'] }),
    cloneStep(context, {
      name: 'web',
      title: 'pages (next build)',
      needs: ['typescript'],
      inputs: ['package-lock.json', ...TYPESCRIPT, ...PAGES, 'apps/web'],
      salt: [...abi, basePath],
      outputs: [`apps/web/.next${basePath.replaceAll('/', '-')}/BUILD_ID`],
      command: ['env', `NEXT_PUBLIC_BASE_PATH=${basePath}`, ...npm(), 'run', 'build', '-w', '@drydock/web'],
    }),
  ];
}

/** @param {BuildContext} context @returns {import('./run-steps.mjs').Step} */
function packages({ layout, extraPackages = [] }) {
  const names = [...PACKAGES, ...extraPackages].map(({ name }) => name);
  /** @type {string[]} */
  let missing = [];
  return {
    name: 'packages',
    title: 'packages of the distribution',
    needs: [],
    isDone: async () => {
      missing = await missingPackages(names);
      return missing.length === 0;
    },
    run: ({ signal, detail }) =>
      installPackages(missing, { services: UNWANTED_SERVICES, logFile: logOf(layout, 'packages'), signal, detail }),
  };
}

/** @param {BuildContext} context @returns {import('./run-steps.mjs').Step} */
function kernel({ layout, machine, settings }) {
  const stamp = createStamp(join(layout.state, 'steps'), 'kernel');
  const hash = contentHash(REPO, ['infra/bootstrap/checks/kernel-checks.mjs'], [machine.kernel()]);
  return {
    name: 'kernel',
    title: 'kernel features',
    needs: ['packages'],
    isDone: () => stamp.matches(hash, []),
    run: async () => {
      await runChecks(INSTALLED_CHECKS, machine, settings);
      stamp.set(hash, 0);
    },
  };
}

/**
 * A build of an image: it knows by itself, from its own content hash, whether there is anything to do.
 * @param {BuildContext} context
 * @param {{name: string, title: string, needs: string[]}} options
 * @returns {import('./run-steps.mjs').Step}
 */
function image({ layout, settings }, { name, title, needs }) {
  const script = join('infra', name, 'build.mjs');
  return {
    name,
    title,
    needs,
    isDone: () => !existsSync(join(REPO, script)),
    run: (step) =>
      command(layout, name, [process.execPath, script, '--images-dir', layout.images], step, apartFrom(settings)),
  };
}

/**
 * @typedef {object} CloneStep
 * @property {string} name
 * @property {string} title
 * @property {string[]} needs
 * @property {string[]} inputs
 * @property {string[]} salt
 * @property {string[]} outputs
 * @property {string[]} command
 * @property {() => boolean} [isDoneAnyway] another proof that it is done, when there is no stamp
 */

/**
 * A step that builds something inside the clone.
 * @param {BuildContext} context
 * @param {CloneStep} step
 * @returns {import('./run-steps.mjs').Step}
 */
function cloneStep({ layout }, step) {
  const stamp = createStamp(STAMPS, step.name);
  const outputs = step.outputs.map((output) => join(REPO, output));
  const hash = () => contentHash(REPO, step.inputs, step.salt);
  return {
    name: step.name,
    title: step.title,
    needs: step.needs,
    isDone: () => stamp.matches(hash(), outputs) || step.isDoneAnyway?.() === true,
    run: async (running) => {
      const startedAt = performance.now();
      // Before the build: an input that changes meanwhile is built again the next time.
      const inputs = hash();
      stamp.clear();
      await command(layout, step.name, step.command, running, {});
      stamp.set(inputs, Math.round(performance.now() - startedAt));
    },
  };
}

/**
 * Runs a build command in the clone.
 * @param {import('../../common/paths.mjs').Layout} layout
 * @param {string} name
 * @param {string[]} words
 * @param {import('./run-steps.mjs').StepContext} step
 * @param {Record<string, string>} extra
 * @throws {Problem} STEP_FAILED with the last lines of its output
 */
async function command(layout, name, words, { signal, detail }, extra) {
  const [program = '', ...args] = words;
  const logFile = logOf(layout, name);
  const { code, output, timedOut } = await runCommand(program, args, {
    cwd: REPO,
    env: { ...buildEnvironment(), ...extra },
    logFile,
    signal,
    timeoutMs: STEP_LIMIT_MS,
    onLine: (line) => {
      if (!line.startsWith('npm warn')) detail(line);
    },
  });
  if (code === 0 || signal.aborted) return signal.throwIfAborted();
  throw new Problem(
    'STEP_FAILED',
    `The step "${name}" failed (${timedOut ? 'it took too long' : `exit code ${code}`}):\n${excerpt(output, 12)}`,
    `Correct the cause and run the command again: it goes on from here. Whole output: ${logFile}`,
  );
}

/** The environment of builds: complete development packages, headers of this very Node, no questions, no telemetry. */
function buildEnvironment() {
  const { NODE_ENV: _, ...environment } = process.env;
  const prefix = dirname(dirname(process.execPath));
  return {
    ...environment,
    PATH: `${dirname(process.execPath)}:${environment.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`,
    NEXT_TELEMETRY_DISABLED: '1',
    CI: environment.CI ?? '1',
    ...(existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {}),
  };
}

/** @param {Record<string, string>} settings */
function apartFrom(settings) {
  const names = ['DRYDOCK_APT_MIRROR', 'DRYDOCK_APT_SECURITY', 'DRYDOCK_IMAGE_DAYS'];
  return Object.fromEntries(names.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])));
}

/** The npm that belongs to this Node, whichever PATH says. @returns {string[]} */
function npm() {
  const own = process.env.npm_execpath;
  if (own?.endsWith('npm-cli.js') && existsSync(own)) return [process.execPath, own];
  const beside = join(dirname(process.execPath), 'npm');
  return existsSync(beside) ? [beside] : ['npm'];
}

/** @param {import('../../common/paths.mjs').Layout} layout @param {string} name */
function logOf(layout, name) {
  mkdirSync(layout.logs, { recursive: true });
  return join(layout.logs, `step-${name}.log`);
}
