/**
 * A folder of content-hashed builds: `DIR/<hash>` appears whole or not at all, and `DIR/current` points at the one in use.
 * A build that is made again because it is old lies beside the first one, as `DIR/<hash><day>`: nodes may stand on that.
 */
import { spawn } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { runCommand } from './run-command.mjs';

/** Builds that stay: the current one and the one before it, which nodes that live on may still stand on. */
const KEPT_BUILDS = 2;
/** A build that is not kept goes when it is older than this (ms). */
const KEPT_FOR_MS = 24 * 3600 * 1000;

/**
 * @typedef {object} Build
 * @property {string} directory the store; made when it is missing
 * @property {string} hash of everything that decides the result
 * @property {(staging: string) => Promise<void>} build fills the empty folder `staging`
 * @property {(line: string) => void} say
 * @property {Freshness} [freshness] without it a build is good for ever
 * @property {() => (name: string) => boolean} [inUse] looks which builds must stay, however old they are
 */

/**
 * @typedef {object} Freshness
 * @property {number} forMs a build whose packages are older is made again
 * @property {(path: string) => number} installedAt when the packages of the build at `path` were installed (ms since 1970)
 */

/**
 * Makes sure that `directory/current` is the build with this hash; builds it when it is not there or no longer fresh.
 * Several callers may do this at once: one builds, the others wait for it. When an old build cannot be made again, for
 * example because the archive is away, the old one stays in use and that is said.
 * @param {Build} build
 * @returns {Promise<{path: string, built: boolean}>}
 */
export async function ensureBuild({ directory, hash, build, say, freshness, inUse }) {
  const current = currentBuild(directory, hash);
  if (current !== undefined && isFresh(join(directory, current), freshness)) {
    return { path: join(directory, current), built: false };
  }
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const release = await lock(directory, say);
  try {
    await removeLeftovers(directory);
    const found = newestBuild(directory, hash);
    const isGood = found !== undefined && isFresh(join(directory, found), freshness);
    const made = isGood ? undefined : await makeBuild({ directory, hash, build, say }, found);
    const name = made ?? found ?? hash;
    pointCurrent(directory, name);
    await collectGarbage(directory, name, inUse);
    return { path: join(directory, name), built: made !== undefined };
  } finally {
    release();
  }
}

/**
 * Whether `directory/current` is a build with this hash, and fresh.
 * @param {Pick<Build, 'directory' | 'hash' | 'freshness'>} build
 */
export function isCurrent({ directory, hash, freshness }) {
  const current = currentBuild(directory, hash);
  return current !== undefined && isFresh(join(directory, current), freshness);
}

/**
 * @param {Pick<Build, 'directory' | 'hash' | 'build' | 'say'>} job
 * @param {string | undefined} old the build of the same hash that is no longer fresh
 * @returns {Promise<string | undefined>} the new build's name; undefined when the old one must do
 */
async function makeBuild({ directory, hash, build, say }, old) {
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const name = old === undefined ? hash : `${hash}${today}`;
  const staging = join(directory, `.building-${name}-${process.pid}`);
  mkdirSync(staging, { mode: 0o755 });
  try {
    if (old !== undefined) say('its packages are old: making it again');
    await build(staging);
    renameSync(staging, join(directory, name));
    return name;
  } catch (error) {
    if (old === undefined) throw error;
    say(`WARNING: it could not be made again, so the old one (${old}) stays in use: ${oneLine(error)}`);
    return undefined;
  } finally {
    await removeTree(staging);
  }
}

/** @param {unknown} error */
function oneLine(error) {
  return String(error instanceof Error ? error.message : error).split('\n')[0];
}

/** @param {string} path @param {Freshness | undefined} freshness */
function isFresh(path, freshness) {
  return freshness === undefined || Date.now() - freshness.installedAt(path) < freshness.forMs;
}

/** Whether `name` is a build of `hash`, the first one or one that was made again. @param {string} name @param {string} hash */
function isBuildOf(name, hash) {
  return name.startsWith(hash) && (name.length === hash.length || /^\d{8}$/.test(name.slice(hash.length)));
}

/** The name of the last build of `hash`, if there is one. @param {string} directory @param {string} hash */
function newestBuild(directory, hash) {
  // The first has no day, and so sorts before those that were made again.
  return readdirSync(directory)
    .filter((name) => isBuildOf(name, hash))
    .sort()
    .at(-1);
}

/** The build that `current` points at, if it is one of `hash`. @param {string} directory @param {string} hash */
function currentBuild(directory, hash) {
  try {
    const name = readlinkSync(join(directory, 'current'));
    return isBuildOf(name, hash) && statSync(join(directory, 'current')).isDirectory() ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} directory
 * @param {string} hash
 */
function pointCurrent(directory, hash) {
  const temporary = join(directory, `.current-${process.pid}`);
  rmSync(temporary, { force: true });
  symlinkSync(hash, temporary);
  renameSync(temporary, join(directory, 'current'));
}

/**
 * An flock(2) on the store: the kernel drops it with this process, however that ends. Node.js has no flock of its own,
 * so flock(1) holds it and goes when its standard input is closed.
 * @param {string} directory
 * @param {(line: string) => void} say
 * @returns {Promise<() => void>}
 */
function lock(directory, say) {
  return new Promise((resolve, reject) => {
    const holder = spawn('flock', [join(directory, '.lock'), 'sh', '-c', 'echo locked; cat >/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const waiting = setTimeout(() => say('another build is under way; waiting for it'), 1000);
    holder.stdout.once('data', () => {
      clearTimeout(waiting);
      resolve(() => holder.stdin.end());
    });
    holder.once('error', reject);
    holder.once('exit', (code) => {
      clearTimeout(waiting);
      reject(
        new Problem(
          'NO_LOCK',
          `flock on ${directory} ended with code ${code}.`,
          'Check that the folder can be written.',
        ),
      );
    });
  });
}

/**
 * Whatever an interrupted build left; called under the lock, so nobody is at work in it.
 * @param {string} directory
 */
async function removeLeftovers(directory) {
  for (const name of readdirSync(directory)) {
    if (name.startsWith('.building-') || name.startsWith('.current-')) await removeTree(join(directory, name));
  }
}

/**
 * Removes a tree, but nothing that is mounted in it: an interrupted bootstrap may have left /proc or /dev of the host there.
 * @param {string} path
 */
async function removeTree(path) {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((mount) => mount.startsWith(`${path}/`))
    .reverse();
  for (const mount of mounts) await runCommand('umount', ['--lazy', mount]);
  await runCommand('rm', ['-rf', '--one-file-system', path]);
}

/**
 * @param {string} directory
 * @param {string} current
 * @param {Build['inUse']} inUse
 */
async function collectGarbage(directory, current, inUse = () => () => false) {
  const builds = readdirSync(directory)
    .filter((name) => /^[0-9a-f]+$/.test(name) && name !== current)
    .map((name) => ({ name, time: statSync(join(directory, name)).mtimeMs }))
    .sort((left, right) => right.time - left.time);
  const old = builds.slice(KEPT_BUILDS - 1).filter(({ time }) => Date.now() - time > KEPT_FOR_MS);
  if (old.length === 0) return;
  const isInUse = inUse();
  for (const { name } of old) {
    if (!isInUse(name)) await removeTree(join(directory, name));
  }
}
