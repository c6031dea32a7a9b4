/** What a machine must have before anything is installed; each check answers undefined or one Problem. */
import { join } from 'node:path';
import { Problem } from '../../common/problem.mjs';
import { openByAccident } from '../settings/public-bind.mjs';

/**
 * @typedef {import('./machine.mjs').Machine} Machine
 * @typedef {Record<string, string>} Settings
 * @typedef {(machine: Machine, settings: Settings) => Problem | undefined | Promise<Problem | undefined>} Check
 */

const GIB = 1024 ** 3;
/** Packages, node_modules, the node image, the library and room for a first session (bytes). */
const FIRST_DISK = 8 * GIB;
/** Once all is built (bytes). */
const LATER_DISK = 2 * GIB;
/** `next build` and one node beside it (bytes); 2 GB machines show a little less than 2 GiB. */
const LEAST_MEMORY = 1.8 * GIB;
const LEAST_NODE = [20, 9];
/** overlayfs takes idmapped lower layers since this version. */
const LEAST_KERNEL = [5, 19];
/** First supported version of each distribution. */
const SYSTEMS = new Map([
  ['debian', 12],
  ['ubuntu', 24.04],
]);

/** @type {Check} */
export const operatingSystem = (machine) => {
  const { ID = '', VERSION_ID, PRETTY_NAME } = machine.osRelease();
  const least = SYSTEMS.get(ID);
  // Debian testing has no VERSION_ID: it is newer than any release.
  if (least !== undefined && (VERSION_ID === undefined || Number(VERSION_ID) >= least)) return undefined;
  return new Problem(
    'UNSUPPORTED_OS',
    `This is ${PRETTY_NAME ?? 'an unknown system'}, and Drydock installs itself on Debian 12, Debian 13 and Ubuntu 24.04 or newer only.`,
    'Use a machine or virtual machine with one of them.',
  );
};

/** @type {Check} */
export const architecture = (machine) =>
  ['x64', 'arm64'].includes(machine.arch())
    ? undefined
    : new Problem(
        'UNSUPPORTED_ARCHITECTURE',
        `The processor is ${machine.arch()}, and Drydock runs on x64 and arm64 only.`,
        'Use another machine.',
      );

/** @type {Check} */
export const nodeVersion = (machine) =>
  atLeast(machine.nodeVersion(), LEAST_NODE)
    ? undefined
    : new Problem(
        'OLD_NODE',
        `This is Node.js ${machine.nodeVersion()}, and Drydock needs ${LEAST_NODE.join('.')} or newer.`,
        'Install Node.js 20 or 22 (https://nodejs.org) and run the command again.',
      );

/** @type {Check} */
export const rootUser = (machine) => {
  if (machine.uid() !== 0) {
    return new Problem(
      'NOT_ROOT',
      'Drydock must be started as root: it makes namespaces, mounts and disks for its nodes.',
      'Run it again as root, for example: sudo npm start',
    );
  }
  if (!machine.maySysAdmin()) {
    return new Problem(
      'CONFINED_ROOT',
      'This root may not mount file systems (no CAP_SYS_ADMIN): the machine is an unprivileged container.',
      'Use a real or virtual machine, or a privileged container.',
    );
  }
  return undefined;
};

/** @type {Check} */
export const kernelVersion = (machine) =>
  atLeast(machine.kernel(), LEAST_KERNEL)
    ? undefined
    : new Problem(
        'OLD_KERNEL',
        `The kernel is ${machine.kernel()}, and nodes need ${LEAST_KERNEL.join('.')} or newer (idmapped mounts under overlayfs).`,
        "Install the distribution's current kernel (apt-get install linux-image-amd64) and reboot.",
      );

/** @type {Check} */
export const userNamespaces = async (machine) => {
  const most = machine.read('/proc/sys/user/max_user_namespaces')?.trim();
  if (!machine.exists('/proc/self/ns/user') || most === undefined) {
    return new Problem(
      'NO_USER_NAMESPACES',
      'The kernel has no user namespaces (CONFIG_USER_NS), and every node lives in one.',
      'Boot a kernel that has them; those of Debian and Ubuntu do.',
    );
  }
  if (Number(most) === 0) {
    return new Problem(
      'NO_USER_NAMESPACES',
      'User namespaces are switched off (user.max_user_namespaces is 0), and every node lives in one.',
      'Run: sysctl -w user.max_user_namespaces=15000',
    );
  }
  const { code, output } = await machine.shell('unshare --user --map-root-user true');
  return code === 0
    ? undefined
    : new Problem(
        'NO_USER_NAMESPACES',
        `A user namespace could not be made (${lastLine(output)}), and every node lives in one.`,
        'Check sysctl user.max_user_namespaces and the security modules of this machine.',
      );
};

/** @type {Check} */
export const overlayFs = async (machine) => {
  const { code, output } = await machine.shell(
    'd=$(mktemp -d) || exit 1; ' +
      'unshare --mount --propagation private sh -c \'set -e; mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir l u w m; ' +
      'mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m\' sh "$d"; e=$?; rmdir "$d"; exit $e',
  );
  return code === 0
    ? undefined
    : new Problem(
        'NO_OVERLAYFS',
        `overlayfs could not be mounted (${lastLine(output)}), and a node's root file system is one.`,
        'Run: modprobe overlay; if that fails, boot a kernel with CONFIG_OVERLAY_FS.',
      );
};

/** @type {Check} */
export const controlGroups = (machine) => {
  const root = '/sys/fs/cgroup';
  const controllers = machine.read(`${root}/cgroup.controllers`)?.trim().split(' ');
  const needed = ['cpu', 'memory', 'pids'];
  const missing = needed.filter((name) =>
    controllers === undefined ? !machine.exists(`${root}/${name}/cgroup.procs`) : !controllers.includes(name),
  );
  if (missing.length > 0) {
    return new Problem(
      'NO_CGROUPS',
      `The control groups ${missing.join(', ')} are missing under ${root}, and limits of nodes rest on them.`,
      'Mount cgroup v2 there (mount -t cgroup2 none /sys/fs/cgroup), or boot with cgroup_enable=memory.',
    );
  }
  const probe = controllers === undefined ? `${root}/memory` : root;
  return machine.writable(probe)
    ? undefined
    : new Problem(
        'NO_CGROUPS',
        `${probe} is read-only, and limits of nodes are written there.`,
        'Use a real or virtual machine, or a privileged container.',
      );
};

/** @type {Check} */
export const seccomp = (machine) =>
  machine.exists('/proc/sys/kernel/seccomp/actions_avail')
    ? undefined
    : new Problem(
        'NO_SECCOMP',
        'The kernel has no seccomp filters (CONFIG_SECCOMP_FILTER), and nodes are not safe without.',
        'Boot a kernel that has them; those of Debian and Ubuntu do.',
      );

/** @type {Check} */
export const memory = (machine) =>
  machine.memory() >= LEAST_MEMORY
    ? undefined
    : new Problem(
        'LITTLE_MEMORY',
        `The machine has ${gigabytes(machine.memory())} GB of memory, and Drydock needs 2 GB.`,
        'Give it more memory.',
      );

/** @type {Check} */
export const disk = (machine, settings) => {
  const state = settings.DRYDOCK_STATE_DIR ?? '/var/lib/drydock';
  const images = settings.DRYDOCK_IMAGES_DIR ?? join(state, 'images');
  const built = machine.exists(join(images, 'node/current')) && machine.exists(join(images, 'library/current'));
  const needed = built ? LATER_DISK : FIRST_DISK;
  const free = machine.freeDisk(state);
  return free >= needed
    ? undefined
    : new Problem(
        'LITTLE_DISK',
        `${state} has ${gigabytes(free)} GB of free disk, and Drydock needs ${gigabytes(needed)} GB.`,
        'Free some space, or set DRYDOCK_STATE_DIR to a directory on a larger disk.',
      );
};

/** @type {Check} */
export const publicPort = async (machine, settings) => {
  const host = settings.DRYDOCK_HOST ?? '127.0.0.1';
  const port = Number(settings.DRYDOCK_PORT ?? 3000);
  const error = await machine.listenError(host, port);
  if (error === undefined) return undefined;
  if (error !== 'EADDRINUSE') {
    return new Problem(
      'BAD_ADDRESS',
      `It cannot listen on ${host} port ${port} (${error}).`,
      'Set DRYDOCK_HOST to an address of this machine.',
    );
  }
  const who = machine.listenerOf(port);
  return new Problem(
    'PORT_TAKEN',
    `Port ${port} is taken${who === undefined ? '' : ` by process ${who.pid} (${who.command})`}.`,
    `Stop that program, or choose another port: DRYDOCK_PORT=${port === 3000 ? 3100 : port + 1} npm start`,
  );
};

/** @type {Check} */
export const startChoice = (_machine, settings) => openByAccident(settings);

/** @type {Check} */
export const givenRedis = async (machine, settings) => {
  if (settings.REDIS_URL === undefined) return undefined;
  const error = await machine.redisError(settings.REDIS_URL, settings.DRYDOCK_REDIS_CA_FILE);
  const { host } = new URL(settings.REDIS_URL);
  return error === undefined
    ? undefined
    : new Problem(
        'REDIS_UNREACHABLE',
        `The Redis of REDIS_URL (${host}) is out of reach: ${error}.`,
        'Start it or correct REDIS_URL; without REDIS_URL Drydock runs a Redis of its own.',
      );
};

/**
 * Whether a dotted version is at least `least` (major, minor).
 * @param {string} version
 * @param {readonly number[]} least
 */
function atLeast(version, least) {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [leastMajor = 0, leastMinor = 0] = least;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** @param {number} bytes */
function gigabytes(bytes) {
  return (bytes / GIB).toFixed(1).replace('.0', '');
}

/** @param {string} output */
function lastLine(output) {
  return output.trim().split('\n').at(-1) ?? '';
}
