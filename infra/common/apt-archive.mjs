/** The distribution's archive as this host's own apt is configured for it; no mirror is named anywhere in Drydock. */
import { readFileSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { runCommand } from './run-command.mjs';

/** Debian hosts of every age get nodes of this release: older ones carry a Docker that is too old for learners. */
const DEBIAN_SUITE = 'trixie';
const DEBIAN_COMPONENTS = ['main'];
/** docker.io, nginx and redis live in universe. */
const UBUNTU_COMPONENTS = ['main', 'universe'];
/** apt settings of the host without which its archive may not be reachable or not be believed. */
const CARRIED_SETTINGS = /^Acquire::(?:(?:http|https)::Proxy|Check-Valid-Until|Check-Date|Retries|ForceIPv[46])\b/i;

/**
 * @typedef {object} Release what images are made of
 * @property {'debian' | 'ubuntu'} family
 * @property {string} suite
 * @property {string} codename of the host itself
 * @property {string} arch as dpkg names it
 */

/**
 * @typedef {object} Archive where it comes from
 * @property {string[]} sources lines of a sources.list
 * @property {string[]} aptOptions for mmdebstrap --aptopt
 */

/**
 * Quick: it is asked at every start.
 * @returns {Promise<Release>}
 * @throws {Problem} when the host is neither Debian nor Ubuntu
 */
export async function findRelease() {
  const { family, codename } = hostRelease(readFileSync('/etc/os-release', 'utf8'));
  const arch = (await runCommand('dpkg', ['--print-architecture'])).stdout.trim();
  return { family, codename, suite: family === 'debian' ? DEBIAN_SUITE : codename, arch };
}

/**
 * @param {Release} release
 * @param {Record<string, string | undefined>} environment DRYDOCK_APT_MIRROR, if set, takes the place of the host's archive
 * @returns {Promise<Archive>}
 * @throws {Problem} when apt knows no archive
 */
export async function findArchive({ family, codename, suite }, environment) {
  const components = (family === 'debian' ? DEBIAN_COMPONENTS : UBUNTU_COMPONENTS).join(' ');
  const aptOptions = await carriedSettings();
  const mirror = environment.DRYDOCK_APT_MIRROR;
  if (mirror !== undefined && mirror !== '') {
    return { sources: [`deb ${mirror} ${suite} ${components}`], aptOptions };
  }
  const format = '$(ORIGIN)|$(CODENAME)|$(REPO_URI)';
  const targets = await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const sources = sourcesFor(targets.stdout, family, codename, suite, components);
  if (sources.length === 0) {
    throw new Problem(
      'NO_APT_ARCHIVE',
      `apt on this host knows no archive of its own release (${codename}).`,
      'Run `apt-get update`, or set DRYDOCK_APT_MIRROR to the address of an archive.',
    );
  }
  return { sources, aptOptions };
}

/**
 * @param {string} osRelease content of /etc/os-release
 * @returns {{family: 'debian' | 'ubuntu', codename: string}}
 */
export function hostRelease(osRelease) {
  /** @param {string} key */
  const field = (key) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const names = `${field('ID')} ${field('ID_LIKE')}`.split(' ');
  const codename = field('VERSION_CODENAME');
  if (names.includes('ubuntu')) return { family: 'ubuntu', codename: field('UBUNTU_CODENAME') || codename };
  if (names.includes('debian')) return { family: 'debian', codename };
  throw new Problem(
    'WRONG_DISTRIBUTION',
    `This host is ${field('PRETTY_NAME') || 'of an unknown distribution'}; images are made from Debian or Ubuntu packages.`,
    'Use Debian 12, Debian 13 or Ubuntu 24.04.',
  );
}

/**
 * The host's lines for its own release, turned to the release that images are made of.
 * @param {string} targets `ORIGIN|CODENAME|URI` lines; third-party archives have another origin
 * @param {'debian' | 'ubuntu'} family
 * @param {string} codename the host's release
 * @param {string} suite
 * @param {string} components
 * @returns {string[]} empty when the main archive is missing
 */
export function sourcesFor(targets, family, codename, suite, components) {
  const sources = new Set();
  let main = false;
  for (const line of targets.split('\n')) {
    const [origin = '', release = '', uri = ''] = line.split('|');
    if (origin.toLowerCase() !== family) continue;
    // Backports and testing pools would replace the packages that the recipe was tried with.
    const pocket = ['', '-updates', '-security'].find((suffix) => release === `${codename}${suffix}`);
    if (pocket === undefined) continue;
    if (pocket === '') main = true;
    sources.add(`deb ${uri.replace(/\/$/, '')} ${suite}${pocket} ${components}`);
  }
  return main ? [...sources] : [];
}

async function carriedSettings() {
  const dump = await runCommand('apt-config', ['dump']);
  return dump.stdout.split('\n').filter((line) => CARRIED_SETTINGS.test(line) && !line.includes('""'));
}
