/** What of one stack is on the host beside its processes: looked for, not remembered. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../common/files.mjs';

const CGROUPS = '/sys/fs/cgroup';
const NAMESPACES = '/run/netns';
const LINKS = '/sys/class/net';

/**
 * A line for each thing that is left: nodes' directories, disks, loop devices and mounts below the state directory, the claims of this
 * stack, and the groups, namespaces and links of the sessions in them.
 * @param {Pick<import('../common/paths.mjs').Layout, 'state' | 'run'>} layout
 * @returns {string[]}
 */
export function leftOnHost({ state, run }) {
  const nodes = entries(join(state, 'nodes')).flatMap((session) =>
    entries(join(state, 'nodes', session)).map((name) => ({ session, name })),
  );
  const claims = entries(join(run, 'alloc')).flatMap((file) => claimOf(join(run, 'alloc', file), file, state));
  const keys = [...nodes, ...claims.filter(({ name }) => name !== undefined)];
  const sessions = new Set([...keys, ...claims].map(({ session }) => session));
  const groups = new Set(keys.map(({ session, name }) => join('drydock', session, name ?? '')));
  return [
    ...nodes.map(({ session, name }) => `node directory ${join(state, 'nodes', session, name)}`),
    ...entries(join(state, 'disks')).map((name) => `disk ${join(state, 'disks', name)}`),
    ...loopDevices(state),
    ...mounts(state),
    ...claims.map(({ file }) => `claim ${file}`),
    ...hierarchies()
      .flatMap((root) => [...groups].map((group) => join(root, group)).filter(existsSync))
      .map((path) => `cgroup ${path}`),
    ...[...sessions]
      .map((session) => join(NAMESPACES, `dd-${session}`))
      .filter(existsSync)
      .map((path) => `network namespace ${path}`),
    ...[...sessions]
      .map((session) => `dd-${session}`)
      .filter((name) => existsSync(join(LINKS, name)))
      .map((name) => `link ${name}`),
  ];
}

/**
 * @param {string} path
 * @param {string} file
 * @param {string} owner
 * @returns {{file: string, session: string, name: string | undefined}[]}
 */
function claimOf(path, file, owner) {
  try {
    const claim = JSON.parse(readIfThere(path) ?? '');
    return claim.owner === owner ? [{ file, session: String(claim.sessionId), name: claim.name }] : [];
  } catch {
    return []; // Half written, or just gone.
  }
}

/** @param {string} state */
function loopDevices(state) {
  return entries('/sys/block').flatMap((name) => {
    const file = readIfThere(`/sys/block/${name}/loop/backing_file`)?.trim();
    return file?.startsWith(`${state}/`) ? [`loop device /dev/${name} (${file})`] : [];
  });
}

/** Those that nodes have: the supervisor's own go with it. @param {string} state */
function mounts(state) {
  return (readIfThere('/proc/self/mounts') ?? '')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${state}/nodes/`) || point.startsWith(`${state}/disks/`))
    .map((point) => `mount ${point}`);
}

/** The v2 hierarchy and each of v1's. */
function hierarchies() {
  return [CGROUPS, ...entries(CGROUPS).map((name) => join(CGROUPS, name))];
}

/** @param {string} directory */
function entries(directory) {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
