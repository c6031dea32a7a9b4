/** The distribution's archive as this host's own apt is configured for it; no mirror is named anywhere in Drydock. */
import { readFileSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { runCommand } from './run-command.mjs';

/** Debian hosts of every age get nodes of this release: older ones carry a Docker that is too old for learners. */
const DEBIAN_SUITE = 'trixie';
const DEBIAN_COMPONENTS = ['main'];
/** docker.io, nginx and redis live in universe. */
const UBUNTU_COMPONENTS = ['main', 'universe'];
/** Index files of three suites, over a slow line (ms). */
const UPDATE_LIMIT_MS = 5 * 60_000;
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
 * @param {Record<string, string | undefined>} environment DRYDOCK_APT_MIRROR, if set, takes the place of the host's archive;
 *   DRYDOCK_APT_SECURITY names where its security suite is
 * @returns {Promise<Archive>}
 * @throws {Problem} NO_APT_ARCHIVE, NO_SECURITY_SUITE
 */
export async function findArchive(release, environment) {
  return { sources: await archiveSources(release, environment, HOST_APT), aptOptions: await carriedSettings() };
}

/**
 * What of the host's apt decides where packages come from.
 * @typedef {object} Apt
 * @property {() => Promise<string>} targets `ORIGIN|CODENAME|URI` lines of the lists that it has
 * @property {() => Promise<void>} refresh brings the lists up to date as well as it can
 */

/** @type {Apt} */
const HOST_APT = {
  async targets() {
    const format = '$(ORIGIN)|$(CODENAME)|$(REPO_URI)';
    return (await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])).stdout;
  },
  async refresh() {
    await runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=60', 'update'], { timeoutMs: UPDATE_LIMIT_MS });
  },
};

/**
 * Lines of a sources.list, the security suite among them: an image without its updates is not made unless somebody said so.
 * @param {Release} release
 * @param {Record<string, string | undefined>} environment
 * @param {Apt} apt
 * @returns {Promise<string[]>}
 * @throws {Problem} NO_APT_ARCHIVE, NO_SECURITY_SUITE
 */
export async function archiveSources({ family, codename, suite }, environment, apt) {
  const components = (family === 'debian' ? DEBIAN_COMPONENTS : UBUNTU_COMPONENTS).join(' ');
  const { DRYDOCK_APT_MIRROR: mirror, DRYDOCK_APT_SECURITY: security } = environment;
  const securitySuite = `${suite}-security`;
  const complete = (/** @type {string[]} */ sources) => sources.some((line) => line.split(' ')[2] === securitySuite);

  async function find() {
    if (mirror) return [`deb ${mirror} ${suite} ${components}`];
    const sources = sourcesFor(await apt.targets(), family, codename, suite, components);
    if (sources.length > 0 && (security || complete(sources))) return sources;
    // The lists are missing, or of an update that was cut off.
    await apt.refresh();
    return sourcesFor(await apt.targets(), family, codename, suite, components);
  }

  const found = await find();
  if (found.length === 0) {
    throw new Problem(
      'NO_APT_ARCHIVE',
      `apt on this host knows no archive of its own release (${codename}).`,
      'Run `apt-get update`, or set DRYDOCK_APT_MIRROR to the address of an archive.',
    );
  }
  if (acceptsNoSecurity(environment)) return found;
  if (security) {
    const others = found.filter((line) => !complete([line]));
    return [...others, `deb ${security.replace(/\/$/, '')} ${securitySuite} ${components}`];
  }
  if (complete(found)) return found;
  throw new Problem(
    'NO_SECURITY_SUITE',
    `The archive that images are made from has no suite ${securitySuite}: what is made of it would have no security updates.`,
    mirror
      ? 'Set DRYDOCK_APT_SECURITY to the address of the archive with that suite, or to none to go without.'
      : `Let apt know ${codename}-security and run \`apt-get update\`, or set DRYDOCK_APT_SECURITY to the address of an archive with ${securitySuite}, or to none to go without.`,
  );
}

/**
 * Whether the operator has accepted images without security updates. An image that was made so is no answer for who has not.
 * @param {Record<string, string | undefined>} environment
 */
export function acceptsNoSecurity({ DRYDOCK_APT_SECURITY: security }) {
  return security === 'none';
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
