/** The command lines that give a service its user, its view of the machine, its system calls and its death with the supervisor. */
import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { REPO } from '../common/paths.mjs';

const NATIVE = join(REPO, 'native/build');
/** Ports below are root's; the manager alone may get the right to one. */
const FIRST_FREE_PORT = 1024;
/** Bytes of a service's /tmp. */
const TMP_BYTES = 64 * 1024 * 1024;

/**
 * @typedef {object} Confinement
 * @property {import('../bootstrap/system-user.mjs').UserIds} user
 * @property {readonly string[]} readOnly
 * @property {readonly string[]} writable
 * @property {boolean} [offline] whether it has a network of its own with nothing in it
 * @property {number} [port] the port it listens on, when that may need a right
 */

/**
 * The command line of an unprivileged service, run by bubblewrap. It sees the system's programs and configuration, its own directories
 * and its own processes. A path appears at its own name, also when its parents are closed to others (a clone under /root).
 *
 * bubblewrap stays, outside as what was started and inside as process 1, whose end is that of all in its namespace: the end of the one is
 * that of the other. It passes no signal on, but writes the id of that process 1 to descriptor 3; the service is its child.
 * @param {Confinement} confinement
 * @param {readonly string[]} command
 * @returns {{command: string, args: string[], tellsPid: true}}
 */
export function confined({ user, readOnly, writable, offline, port }, command) {
  const isLow = port !== undefined && port < FIRST_FREE_PORT;
  const capabilities = isLow ? '-all,+net_bind_service' : '-all';
  const namespaces = ['pid', 'ipc', 'uts', ...(offline === true ? ['net'] : [])].map((name) => `--unshare-${name}`);
  // What setpriv takes to become the user, who keeps none of them.
  const needed = ['setuid', 'setgid', 'setpcap', ...(isLow ? ['net_bind_service'] : [])];
  const bubblewrap = [
    ...['--die-with-parent', '--new-session', ...namespaces, '--unshare-cgroup-try'],
    ...['--cap-drop', 'ALL', ...needed.flatMap((name) => ['--cap-add', `CAP_${name.toUpperCase()}`])],
    ...systemBinds(),
    ...['--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--size', String(TMP_BYTES), '--tmpfs', '/tmp'],
    // What lies under /usr and /etc is visible anyway.
    ...readOnly.filter((path) => !/^\/(usr|etc)\//.test(path)).flatMap((path) => bind('--ro-bind', path)),
    ...writable.flatMap((path) => bind('--bind', path)),
    ...['--remount-ro', '/', '--chdir', '/', '--json-status-fd', '3', '--seccomp', '9'],
  ];
  const ids = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'];
  const rights = ['inh-caps', 'ambient-caps', 'bounding-set'].flatMap((set) => [`--${set}`, capabilities]);
  const setpriv = ['setpriv', ...ids, '--no-new-privs', ...rights];
  return {
    command: 'sh',
    // bubblewrap reads the filter from a descriptor.
    args: ['-c', 'exec bwrap "$@" 9<"$0"', join(NATIVE, 'service.bpf'), ...bubblewrap, '--', ...setpriv, ...command],
    tellsPid: true,
  };
}

/**
 * By itself bubblewrap closes the parents of what is closed, and the service would not get there.
 * @param {string} option
 * @param {string} path
 * @throws {Error} when it is not absolute: it has no parents to walk up
 */
function bind(option, path) {
  if (!isAbsolute(path)) throw new Error(`a service cannot be shown the path '${path}': it is not absolute`);
  const parents = [];
  for (let parent = dirname(path); parent !== '/'; parent = dirname(parent)) parents.unshift(parent);
  return [...parents.flatMap((parent) => ['--perms', '0755', '--dir', parent]), option, path, path];
}

/** The distribution's programs, libraries and configuration. @returns {string[]} */
function systemBinds() {
  const links = ['bin', 'sbin', 'lib', 'lib32', 'lib64'].filter((name) => isLink(`/${name}`));
  // /etc/resolv.conf may point to where a resolver keeps it.
  const resolver = existsSync('/etc/resolv.conf') ? realpathSync('/etc/resolv.conf') : '/etc/resolv.conf';
  return [
    ...['--ro-bind', '/usr', '/usr', '--ro-bind', '/etc', '/etc'],
    ...links.flatMap((name) => ['--symlink', readlinkSync(`/${name}`), `/${name}`]),
    ...(/^\/(etc|usr)\//.test(resolver) ? [] : ['--ro-bind', resolver, resolver]),
  ];
}

/** @param {string} path */
function isLink(path) {
  try {
    return readlinkSync(path) !== '';
  } catch {
    return false;
  }
}

/**
 * The command line of a service that keeps root: it dies with the supervisor, and lacks the system calls that it never needs.
 * @param {readonly string[]} command
 * @returns {{command: string, args: string[]}}
 */
export function privileged(command) {
  const filtered = [join(NATIVE, 'dd-seccomp'), 'run', join(NATIVE, 'host.bpf')];
  return { command: 'setpriv', args: ['--pdeathsig', 'TERM', ...filtered, ...command] };
}
