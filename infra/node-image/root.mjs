/** Makes the root file system of a node in an empty folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTAINED } from '../common/contained.mjs';
import { REPO } from '../common/paths.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';
import { withoutEnd } from '../common/without-end.mjs';
import { EXCLUDED_PATHS, includedPaths, nodePackages } from './packages.mjs';

/** A bootstrap that takes longer hangs on its network (ms). */
const BUILD_LIMIT_MS = 15 * 60_000;
const HERE = join(REPO, 'infra/node-image');

/**
 * @param {object} job
 * @param {string} job.staging gets `rootfs` and `image.json`
 * @param {{hash: string, frame: string, suite: string}} job.description
 * @param {import('../common/apt-archive.mjs').Release} job.release
 * @param {import('../common/apt-archive.mjs').Archive} job.archive
 * @param {readonly import('./programs.mjs').Program[]} job.programs
 * @param {(line: string) => void} job.say
 * @param {AbortSignal} job.signal
 */
export async function buildRoot({ staging, description, release, archive, programs, say, signal }) {
  const root = join(staging, 'rootfs');
  await bootstrap({ root, release, archive, say, signal });
  say('adding what makes it a Drydock node');
  const installed = programs.flatMap((program) => [join(REPO, 'native/build', program.name), program.path]);
  const customized = await runCommand('sh', [join(HERE, 'customize.sh'), root, join(HERE, 'files'), ...installed], {
    signal,
  });
  if (customized.code !== 0) {
    throw new Problem(
      'NODE_IMAGE_FAILED',
      `The node image could not be completed:\n${lastLines(customized.output, 5)}`,
      'This is a mistake in infra/node-image/customize.sh, or the disk is full.',
    );
  }
  await describe(staging, description);
}

/**
 * Writes image.json: how the node image presents itself to the agent.
 * @param {string} staging
 * @param {{hash: string, frame: string, suite: string, installedAt?: string}} description
 */
export async function describe(staging, description) {
  const root = join(staging, 'rootfs');
  const builtAt = new Date().toISOString();
  const whole = {
    installedAt: builtAt,
    ...description,
    builtAt,
    versions: await versionsIn(root),
    sizeBytes: await sizeOf(root),
  };
  writeFileSync(join(staging, 'image.json'), `${JSON.stringify(whole, null, 2)}\n`);
}

/**
 * @param {{root: string, release: import('../common/apt-archive.mjs').Release, archive: import('../common/apt-archive.mjs').Archive, say: (line: string) => void, signal: AbortSignal}} job
 */
async function bootstrap({ root, release, archive, say, signal }) {
  say(`installing ${release.suite} packages (about a minute)`);
  const options = [
    '--mode=root',
    '--variant=minbase',
    `--architectures=${release.arch}`,
    `--include=${nodePackages(release.family).join(',')}`,
    // The image is renamed into place when it is whole, so no write of it needs to be safe by itself.
    '--dpkgopt=force-unsafe-io',
    ...EXCLUDED_PATHS.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...includedPaths(release.arch).map((path) => `--dpkgopt=path-include=${path}`),
    '--aptopt=APT::Install-Recommends "false"',
    ...archive.aptOptions.map((option) => `--aptopt=${option}`),
  ];
  const [program = '', ...contained] = CONTAINED;
  const result = await runCommand(
    program,
    [...contained, 'mmdebstrap', ...options, release.suite, root, ...archive.sources],
    {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      signal,
      timeoutMs: BUILD_LIMIT_MS,
      onLine: (line) => {
        const step = /^I: (downloading|extracting|installing|cleaning)/.test(line);
        if (step) say(withoutEnd(line.slice(3), '.'));
      },
    },
  );
  if (signal.aborted)
    throw new Problem('INTERRUPTED', 'The build was interrupted.', 'Run it again; nothing half-made is left.');
  if (result.code === 0) return;
  throw new Problem(
    'NODE_IMAGE_FAILED',
    `mmdebstrap could not make the node image${result.timedOut ? ' in time' : ''}:\n${lastLines(result.output, 6)}`,
    'Check that this host reaches its package archive (`apt-get update`) and has 2 GB of free disk; DRYDOCK_APT_MIRROR names another archive.',
  );
}

/** @param {string} root */
async function versionsIn(root) {
  const packages = {
    docker: 'docker.io',
    containerd: 'containerd',
    runc: 'runc',
    compose: 'docker-compose*',
    buildx: 'docker-buildx',
  };
  /** @type {Record<string, string>} */
  const versions = {};
  for (const [name, pattern] of Object.entries(packages)) {
    const query = await runCommand('dpkg-query', [
      `--admindir=${root}/var/lib/dpkg`,
      '-W',
      '-f',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own form of a field.
      '${Version}\n',
      pattern,
    ]);
    // `26.1.5+dfsg1-9+b1` is docker 26.1.5 to everybody but the archive.
    versions[name] = query.stdout.split('\n')[0]?.replace(/^\d+:/, '').split(/[+~-]/, 1)[0] ?? '';
  }
  return versions;
}

/** @param {string} root */
async function sizeOf(root) {
  const used = await runCommand('du', ['--summarize', '--block-size=1', '--one-file-system', root]);
  return Number(used.stdout.split('\t')[0]);
}
