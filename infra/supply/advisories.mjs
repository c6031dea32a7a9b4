/** The advisories that the clone carries: which fit what is installed, how old they are, and how they are read anew from a database of OSV. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { Problem } from '../common/problem.mjs';

export const ADVISORIES = join(REPO, 'infra/supply/advisories.json');
/** From the least. */
const SEVERITIES = ['low', 'moderate', 'high', 'critical'];
/** Holes below it are listed and do not fail: they are many, and seldom reachable. */
export const LEVEL = 'high';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * @typedef {object} Advisory
 * @property {string} id GHSA, CVE or MAL
 * @property {string} package its name at npm
 * @property {string} severity
 * @property {[string, string | null][]} affected from the first version on, up to and without the second; null: no version mends it
 * @property {string} title
 */
/** @typedef {{read: string, from: string, advisories: Advisory[]}} AdvisoryFile */
/** @typedef {{advisory: Advisory, version: string, production: boolean}} Hit */
/** @typedef {{packages: Record<string, {version?: string, link?: boolean, dev?: boolean}>}} LockFile */

/**
 * Compares versions as semver 2.0.0 orders them (section 11); what is built of them does not count.
 * @param {string} left
 * @param {string} right
 * @returns {number} below, at or above zero
 */
export function compareVersions(left, right) {
  const [a, b] = [left, right].map((version) => {
    const [core = '', ...rest] = (version.split('+')[0] ?? '').split('-');
    return { numbers: core.split('.').map(Number), before: rest.join('-') };
  });
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.numbers[index] ?? 0) - (b?.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePrereleases(a?.before ?? '', b?.before ?? '');
}

/** @param {string} left @param {string} right */
function comparePrereleases(left, right) {
  if (left === right) return 0;
  if (left === '' || right === '') return left === '' ? 1 : -1;
  const [a, b] = [left.split('.'), right.split('.')];
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (one === other) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber && isOtherNumber) return Number(one) - Number(other);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return -1;
}

/**
 * @param {string} [path]
 * @returns {AdvisoryFile}
 * @throws {Problem} ADVISORIES_UNREADABLE when it has not the form: an audit that passes over an entry would call a hole none
 */
export function readAdvisories(path = ADVISORIES) {
  /** @type {AdvisoryFile} */
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const wrong = (/** @type {string} */ what) => new Problem('ADVISORIES_UNREADABLE', `${path}: ${what}`, 'Mend it.');
  if (Number.isNaN(Date.parse(file.read))) throw wrong('`read` is no day');
  if (!Array.isArray(file.advisories) || file.advisories.length === 0) throw wrong('there are no advisories');
  for (const advisory of file.advisories) {
    const { id, package: name, severity, affected } = advisory;
    const isWhole =
      /^(GHSA|CVE|MAL)-/.test(id) && typeof name === 'string' && SEVERITIES.includes(severity) && affected?.length > 0;
    if (!isWhole) throw wrong(`${id} is not whole`);
    for (const [from, to] of affected)
      if (![from, to ?? '0.0.0'].every((version) => /^\d+(\.\d+){0,2}(-.+)?$/.test(version)))
        throw wrong(`${id}: ${from} to ${to} are no versions`);
  }
  return file;
}

/** @param {LockFile} lock @returns {{name: string, version: string, production: boolean}[]} what it installs, from anywhere in its tree */
function installedBy(lock) {
  return Object.entries(lock.packages).flatMap(([path, { version, link, dev }]) => {
    const name = path.split('node_modules/').at(-1) ?? '';
    const isOthers = path.includes('node_modules/') && !link && version !== undefined;
    return isOthers ? [{ name, version, production: !dev }] : [];
  });
}

/** @param {Advisory} advisory @param {string} version */
const isAffected = ({ affected }, version) =>
  affected.some(
    ([from, to]) => compareVersions(version, from) >= 0 && (to === null || compareVersions(version, to) < 0),
  );

/**
 * @param {LockFile} lock
 * @param {AdvisoryFile} file
 * @returns {Hit[]} those that fit a version that is installed
 */
export function hits(lock, { advisories }) {
  return installedBy(lock).flatMap(({ name, version, production }) =>
    advisories
      .filter((advisory) => advisory.package === name && isAffected(advisory, version))
      .map((advisory) => ({ advisory, version, production })),
  );
}

/** Whether it fails: it runs in production, and is no small matter. @param {Hit} hit */
export const isGrave = ({ advisory, production }) =>
  production && SEVERITIES.indexOf(advisory.severity) >= SEVERITIES.indexOf(LEVEL);

/** @param {Hit} hit */
export const describe = ({ advisory, version, production }) =>
  `${advisory.severity}: ${advisory.package}@${version}, ${advisory.id} (${advisory.title})${production ? '' : '; in development alone'}`;

/** How long ago it was read (whole days). @param {AdvisoryFile} file @param {number} now ms since the epoch */
export const ageDays = ({ read }, now) => Math.floor((now - Date.parse(read)) / DAY_MS);

/**
 * What a record of OSV says of packages of npm that the lock file has. Withdrawn ones say nothing.
 * @param {any} record https://ossf.github.io/osv-schema
 * @param {ReadonlySet<string>} names
 * @returns {Advisory[]}
 */
export function advisoriesOf(record, names) {
  if (record.withdrawn !== undefined) return [];
  /** @type {Map<string, [string, string | null][]>} */
  const affected = new Map();
  for (const { package: of, ranges = [] } of record.affected ?? []) {
    if (of?.ecosystem !== 'npm' || !names.has(of.name)) continue;
    const found = ranges.flatMap((/** @type {any} */ { events = [] }) => spansOf(events));
    affected.set(of.name, [...(affected.get(of.name) ?? []), ...found]);
  }
  const told = String(record.database_specific?.severity ?? '').toLowerCase();
  // What does not say how grave it is counts as grave.
  const severity = SEVERITIES.includes(told) ? told : LEVEL;
  return [...affected].map(([name, spans]) => ({
    id: record.id,
    package: name,
    severity,
    affected: spans,
    title: record.summary ?? '',
  }));
}

/**
 * The spans that a range's events mean, in their order. `last_affected` is the last version that has the hole: the next possible one ends it.
 * @param {{introduced?: string, fixed?: string, last_affected?: string}[]} events
 * @returns {[string, string | null][]}
 */
function spansOf(events) {
  /** @type {[string, string | null][]} */
  const spans = [];
  for (const { introduced, fixed, last_affected: last } of events) {
    const open = spans.at(-1);
    if (introduced !== undefined) spans.push([introduced, null]);
    else if (open !== undefined && open[1] === null) open[1] = fixed ?? after(last ?? '');
  }
  return spans;
}

/** The least version above one: nothing lies between a release and the first prerelease of the next. @param {string} version */
function after(version) {
  const [major = 0, minor = 0, patch = 0] = version.split('-')[0]?.split('.').map(Number) ?? [];
  return version.includes('-') ? `${version}.0` : `${major}.${minor}.${patch + 1}-0`;
}

/**
 * Reads a folder of OSV records (a clone of GitHub's advisory database, an export of OSV) and keeps what it says of packages of the lock file.
 * @param {string} directory
 * @param {LockFile} lock
 * @param {number} now ms since the epoch
 * @returns {AdvisoryFile}
 * @throws {Problem} ADVISORIES_UNREADABLE when it has none: an empty file would look like no hole
 */
export function advisoriesFrom(directory, lock, now) {
  const names = new Set(installedBy(lock).map(({ name }) => name));
  const advisories = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .filter((text) => text.includes('"npm"'))
    .flatMap((text) => advisoriesOf(JSON.parse(text), names))
    .sort((a, b) => a.package.localeCompare(b.package) || a.id.localeCompare(b.id));
  if (advisories.length === 0) {
    const what = `No record of OSV in ${directory} is about a package that is installed.`;
    throw new Problem('ADVISORIES_UNREADABLE', what, 'Name the folder that holds them. Nothing was written.');
  }
  return { read: new Date(now).toISOString().slice(0, 10), from: 'records of OSV, all of them', advisories };
}
