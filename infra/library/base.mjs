/** The Debian base of the library's images, and the package lists that the layers over it are installed from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTAINED } from '../common/contained.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/** A bootstrap that takes longer hangs on its network (ms). */
const BASE_LIMIT_MS = 10 * 60_000;

/** Left out as in every slim image; licences stay. */
const EXCLUDED = [
  '/usr/share/man/*',
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
];

/** Cleans the traces of the bootstrap and of this host; `$1` is the root. */
const CLEAN = [
  'rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1/etc/fstab" "$1/var/cache/apt/"*.bin "$1/var/lib/dpkg/"*-old',
  'find "$1/var/log" -type f -delete',
  'rm -rf "$1/dev/"* "$1/run/"* "$1/tmp/"*',
  ': >"$1/etc/resolv.conf"; echo localhost >"$1/etc/hostname"; : >"$1/etc/machine-id"',
  // In an image layer a package cache is only weight.
  'echo \'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\' >"$1/etc/apt/apt.conf.d/docker-clean"',
].join('\n');

/**
 * @param {object} job
 * @param {string} job.work scratch folder; gets `base`, `lists` and `apt.conf`
 * @param {import('../common/apt-archive.mjs').Release} job.release
 * @param {import('../common/apt-archive.mjs').Archive} job.archive
 * @param {AbortSignal} job.signal
 */
export async function makeBase({ work, release, archive, signal }) {
  const base = join(work, 'base');
  writeFileSync(join(work, 'apt.conf'), aptConfiguration(archive));
  mkdirSync(join(work, 'lists/partial'), { recursive: true });
  const [program = '', ...contained] = CONTAINED;
  const result = await runCommand(
    program,
    [
      ...contained,
      'mmdebstrap',
      '--mode=root',
      '--variant=minbase',
      `--architectures=${release.arch}`,
      '--dpkgopt=force-unsafe-io',
      ...EXCLUDED.map((path) => `--dpkgopt=path-exclude=${path}`),
      '--dpkgopt=path-include=/usr/share/doc/*/copyright',
      ...archive.aptOptions.map((option) => `--aptopt=${option}`),
      // The layers are installed from the very lists that the base came from.
      `--customize-hook=cp -R "$1/var/lib/apt/lists/." "${join(work, 'lists')}/"`,
      release.suite,
      base,
      ...archive.sources,
    ],
    { env: { ...process.env, LC_ALL: 'C.UTF-8' }, signal, timeoutMs: BASE_LIMIT_MS },
  );
  if (result.code !== 0) {
    throw new Problem(
      'LIBRARY_FAILED',
      `mmdebstrap could not make the base of the library's images:\n${lastLines(result.output, 6)}`,
      'Check that this host reaches its package archive (`apt-get update`); DRYDOCK_APT_MIRROR names another one.',
    );
  }
  await runCommand('sh', ['-c', CLEAN, 'sh', base]);
  return base;
}

/** @param {import('../common/apt-archive.mjs').Archive} archive */
export function aptConfiguration(archive) {
  return `${[...archive.aptOptions, ...APT_OPTIONS].join('\n')}\n`;
}

/** Layers are unpacked into a scratch folder: no write needs to be safe by itself. */
const APT_OPTIONS = [
  'APT::Install-Recommends "false";',
  'Acquire::Languages "none";',
  'DPkg::Options:: "--force-unsafe-io";',
];
