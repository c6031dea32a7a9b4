/** A folder of content-hashed builds: `DIR/<hash>` appears whole or not at all, and `DIR/current` points at the one in use. */
import { spawn } from 'node:child_process';
import {
  existsSync,
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
 */

/**
 * Makes sure that `directory/current` is the build with this hash; builds it when it is not there.
 * Several callers may do this at once: one builds, the others wait for it.
 * @param {Build} build
 * @returns {Promise<{path: string, built: boolean}>}
 */
export async function ensureBuild({ directory, hash, build, say }) {
  const path = join(directory, hash);
  if (isCurrent(directory, hash)) return { path, built: false };
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const release = await lock(directory, say);
  try {
    await removeLeftovers(directory);
    const built = !existsSync(path);
    if (built) {
      const staging = join(directory, `.building-${hash}-${process.pid}`);
      mkdirSync(staging, { mode: 0o755 });
      try {
        await build(staging);
        renameSync(staging, path);
      } finally {
        await removeTree(staging);
      }
    }
    pointCurrent(directory, hash);
    await collectGarbage(directory, hash);
    return { path, built };
  } finally {
    release();
  }
}

/**
 * @param {string} directory
 * @param {string} hash
 */
function isCurrent(directory, hash) {
  try {
    return readlinkSync(join(directory, 'current')) === hash && statSync(join(directory, 'current')).isDirectory();
  } catch {
    return false;
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
 */
async function collectGarbage(directory, current) {
  const builds = readdirSync(directory)
    .filter((name) => /^[0-9a-f]+$/.test(name) && name !== current)
    .map((name) => ({ name, time: statSync(join(directory, name)).mtimeMs }))
    .sort((left, right) => right.time - left.time);
  for (const { name, time } of builds.slice(KEPT_BUILDS - 1)) {
    if (Date.now() - time > KEPT_FOR_MS) await removeTree(join(directory, name));
  }
}
