/** The command lines that give a service its user, its view of the file system and its death with the supervisor. */
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';

const JAIL = join(REPO, 'infra/supervisor/jail.sh');
/** Ports below are root's; the manager alone may get the right to one. */
const FIRST_FREE_PORT = 1024;

/**
 * @typedef {object} Confinement
 * @property {string} root an empty directory; may be shared, each service mounts over it in a namespace of its own
 * @property {import('../bootstrap/system-user.mjs').UserIds} user
 * @property {readonly string[]} readOnly
 * @property {readonly string[]} writable
 * @property {number} [port] the port it listens on, when that may need a right
 */

/**
 * The command line of an unprivileged service.
 * @param {Confinement} confinement
 * @param {readonly string[]} command
 * @returns {{command: string, args: string[]}}
 */
export function confined({ root, user, readOnly, writable, port }, command) {
  const capabilities = port !== undefined && port < FIRST_FREE_PORT ? '-all,+net_bind_service' : '-all';
  const visible = [
    // What lies under /usr and /etc is visible anyway.
    ...readOnly.filter((path) => !/^\/(usr|etc)\//.test(path)).map((path) => `ro:${path}`),
    ...writable.map((path) => `rw:${path}`),
  ];
  const ids = [String(user.uid), String(user.gid)];
  return {
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', JAIL, root, ...ids, capabilities, ...visible, '--', ...command],
  };
}

/**
 * The command line of a service that keeps root: it only dies with the supervisor.
 * @param {readonly string[]} command
 * @returns {{command: string, args: string[]}}
 */
export function privileged(command) {
  return { command: 'setpriv', args: ['--pdeathsig', 'TERM', ...command] };
}
