/** The Debian packages in the root of an image: which there are, and which of them the archive has newer. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/** Index files of one suite, over a slow line (ms). */
const UPDATE_LIMIT_MS = 5 * 60_000;

/** @typedef {{name: string, version: string, arch: string}} DebianPackage */
/** @typedef {{name: string, installed: string, newer: string}} Upgrade */

/**
 * @param {string} root
 * @returns {Promise<DebianPackage[]>} sorted by name
 */
export async function packagesIn(root) {
  const format = '$' + '{Package}|$' + '{Version}|$' + '{Architecture}\n';
  const query = await runCommand('dpkg-query', [`--admindir=${root}/var/lib/dpkg`, '--show', `--showformat=${format}`]);
  if (query.code !== 0) {
    throw new Problem(
      'NO_PACKAGE_LIST',
      `There is no list of packages in ${root}: ${lastLines(query.output, 2)}`,
      'Build the node image first: `npm start` does.',
    );
  }
  const rows = query.stdout.trim().split('\n');
  return rows.map((row) => {
    const [name = '', version = '', arch = ''] = row.split('|');
    return { name, version, arch };
  });
}

/**
 * Asks the archive by apt itself, with a state of its own: nothing of the host's apt or of the image is changed.
 * @param {string} root
 * @param {import('../common/apt-archive.mjs').Archive} archive
 * @returns {Promise<Upgrade[]>} sorted by name; empty when all are the newest
 * @throws {Problem} ARCHIVE_AWAY when the archive does not answer
 */
export async function newerPackages(root, { sources, aptOptions }) {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-apt-'));
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial', 'etc']) {
      mkdirSync(join(directory, folder), { recursive: true });
    }
    copyFileSync(join(root, 'var/lib/dpkg/status'), join(directory, 'status'));
    writeFileSync(join(directory, 'sources.list'), `${sources.join('\n')}\n`);
    writeFileSync(join(directory, 'apt.conf'), aptOptions.map((option) => `${option}\n`).join(''));
    const options = [
      `Dir::State::Lists=${directory}/lists`,
      `Dir::State::status=${directory}/status`,
      `Dir::Cache=${directory}/cache`,
      `Dir::Etc::SourceList=${directory}/sources.list`,
      `Dir::Etc::SourceParts=${directory}/etc`,
      'Debug::NoLocking=true',
    ].flatMap((option) => ['-o', option]);
    const env = { ...process.env, LC_ALL: 'C', APT_CONFIG: join(directory, 'apt.conf') };
    const update = await runCommand('apt-get', [...options, 'update', '--error-on=any'], {
      env,
      timeoutMs: UPDATE_LIMIT_MS,
    });
    if (update.code !== 0) {
      throw new Problem(
        'ARCHIVE_AWAY',
        `The archive did not answer:\n${lastLines(update.output, 3)}`,
        'Check that this host reaches its package archive (`apt-get update`).',
      );
    }
    const plan = await runCommand('apt-get', [...options, '--simulate', 'dist-upgrade'], { env });
    return parseUpgrades(plan.stdout);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Reads the `Inst NAME [OLD] (NEW ORIGIN [ARCH])` lines of `apt-get --simulate`; packages that would come new have no OLD.
 * @param {string} plan
 * @returns {Upgrade[]}
 */
export function parseUpgrades(plan) {
  const lines = plan.matchAll(/^Inst (\S+) \[([^\]]+)\] \((\S+) /gm);
  return [...lines]
    .map(([, name = '', installed = '', newer = '']) => ({ name, installed, newer }))
    .sort((left, right) => left.name.localeCompare(right.name));
}
