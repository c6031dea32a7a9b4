/** What of Drydock is on the host: taken before and after the tests, the difference is what they left behind. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../common/files.mjs';
import { allPids, commandOf, environmentOf, startTicks } from '../common/proc.mjs';

/**
 * Names of things on the host, by kind.
 * @typedef {Record<string, string[]>} Snapshot
 */

const CGROUP_ROOT = '/sys/fs/cgroup';
/** A stack's own processes carry this in their environment. */
const INSTANCE = 'DRYDOCK_INSTANCE';

/**
 * @param {{testRun: string, stateParent?: string, runDirectory?: string}} options `testRun` marks processes of the tests by
 *   an environment variable TEST_RUN; `stateParent` is where stacks of tests put their state directories
 * @returns {Snapshot}
 */
export function hostSnapshot({ testRun, stateParent = '/var/lib', runDirectory = '/run/drydock' }) {
  return {
    'network namespace': entries('/run/netns').filter((name) => name.startsWith('dd-')),
    link: entries('/sys/class/net').filter((name) => name.startsWith('dd-')),
    mount: mounts(),
    'loop device': loopDevices(),
    cgroup: cgroups(),
    'nftables table': tables(),
    process: processes(testRun),
    'state directory': entries(stateParent).filter((name) => name.startsWith('drydock-')),
    claim: entries(join(runDirectory, 'alloc')),
    // The run directory's own folders stay, as its claims' does; what is in them must not.
    'run file': ['.', 'runc', 'stage'].flatMap((folder) =>
      entries(join(runDirectory, folder)).filter((name) => !['alloc', 'runc', 'stage'].includes(name)),
    ),
  };
}

/**
 * What is in `after` and was not in `before`, by kind; every kind is there, also when nothing is left.
 * @param {Snapshot} before
 * @param {Snapshot} after
 * @returns {Snapshot}
 */
export function leftovers(before, after) {
  return Object.fromEntries(
    Object.entries(after).map(([kind, names]) => {
      const old = new Set(before[kind]);
      return [kind, names.filter((name) => !old.has(name))];
    }),
  );
}

/** Mount points of stacks and sessions, by the names that Drydock gives. */
function mounts() {
  return (readIfThere('/proc/self/mountinfo') ?? '')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => /drydock|\/dd-/.test(point));
}

function loopDevices() {
  return entries('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .flatMap((name) => {
      const file = readIfThere(`/sys/block/${name}/loop/backing_file`)?.trim();
      return file === undefined ? [] : [`${name} ${file}`];
    });
}

/** Rules of ours among those of the host. */
function tables() {
  const { stdout } = spawnSync('nft', ['list', 'tables'], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter((line) => /\bdrydock/.test(line));
}

/** Groups named drydock in the v2 hierarchy and in each of v1's. */
function cgroups() {
  const roots = [CGROUP_ROOT, ...entries(CGROUP_ROOT).map((name) => join(CGROUP_ROOT, name))];
  return roots
    .map((root) => join(root, 'drydock'))
    .filter((path) => existsSync(path))
    .flatMap((path) => [
      path,
      ...entries(path)
        .filter((name) => existsSync(join(path, name, 'cgroup.procs')))
        .map((name) => join(path, name)),
    ]);
}

/** @param {string} testRun */
function processes(testRun) {
  return allPids()
    .filter((pid) => pid !== process.pid && !isKernelThread(pid) && belongs(pid, testRun))
    .flatMap((pid) => {
      const ticks = startTicks(pid);
      return ticks === undefined ? [] : [`${pid} (started ${ticks}) ${commandOf(pid)}`];
    });
}

/** @param {number} pid @param {string} testRun */
function belongs(pid, testRun) {
  return (
    environmentOf(pid, INSTANCE) !== undefined ||
    environmentOf(pid, 'TEST_RUN') === testRun ||
    /:\/drydock\//m.test(readIfThere(`/proc/${pid}/cgroup`) ?? '')
  );
}

/** @param {number} pid */
function isKernelThread(pid) {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return false;
  } catch {
    return true;
  }
}

/** @param {string} directory */
function entries(directory) {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
