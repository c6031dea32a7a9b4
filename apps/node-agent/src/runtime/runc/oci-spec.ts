/** The OCI runtime spec of a node: a pure function of the node, so that a test can read what a node is given. */
import { NODE_CAPABILITIES, NODE_ID_COUNT } from '../node-rights.ts';

export interface SpecInput {
  hostname: string;
  /** Root file system, and the directory that becomes /var/lib/docker, as runc sees them. */
  root: string;
  data: string;
  /** Names the user namespace that the node lives in, which is there already. */
  userNamespace: string;
  /** First host id of the node's range. */
  idBase: number;
  /** Path in each cgroup hierarchy, from its root. */
  cgroupsPath: string;
  /** `linux.seccomp` as native/seccomp makes it. */
  seccomp: unknown;
  memoryBytes: number;
  apparmorProfile?: string;
}

/** The first program of a node. */
const INIT = '/usr/lib/drydock/init';
const SMALL_TMPFS = ['nosuid', 'nodev', 'mode=755', 'size=65536k'];

/**
 * Paths that tell of the host. What protects the host is that their owner, the host's root, does not exist in the node; the masks
 * keep the leftovers that anybody may read out of sight. The node's root can unmount them and gains nothing by it.
 */
const MASKED_PATHS = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/kernel/debug',
  '/sys/kernel/security',
  '/sys/kernel/tracing',
];
const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sysrq-trigger'];

function mounts(input: SpecInput) {
  // A tmpfs counts as the node's memory, but without a bound of its own a node would not see "disk full" before the OOM killer.
  const shmBytes = Math.max(64 * 1024 * 1024, Math.floor(input.memoryBytes / 2));
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${shmBytes}`],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/sys/fs/cgroup',
      type: 'cgroup',
      source: 'cgroup',
      options: ['nosuid', 'noexec', 'nodev', 'relatime', 'rw'],
    },
    // A whole /proc out of sight: without one the kernel lets no nested user namespace mount its own (userns-remap).
    // Under LXC's name for the same trick, because docker passes it over when it lists /dev for a privileged container
    // (moby, opencontainers/runc libcontainer/devices).
    { destination: '/dev/.lxc/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/dev/.lxc/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/run', type: 'tmpfs', source: 'tmpfs', options: SMALL_TMPFS },
    {
      destination: '/tmp',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'nodev', 'mode=1777', `size=${shmBytes}`],
    },
    { destination: '/var/lib/docker', type: 'bind', source: input.data, options: ['bind', 'rw'] },
  ];
}

/** Builds config.json. */
export function ociSpec(input: SpecInput): Record<string, unknown> {
  const capabilities = Object.keys(NODE_CAPABILITIES);
  const mapping = [{ containerID: 0, hostID: input.idBase, size: NODE_ID_COUNT }];
  return {
    ociVersion: '1.0.2',
    hostname: input.hostname,
    root: { path: input.root, readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0, umask: 0o022 },
      args: [INIT],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'container=drydock'],
      cwd: '/',
      // Set-user-id programs (sudo, ping, su) work in a node as anywhere; inheritable sets stay empty.
      noNewPrivileges: false,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      oomScoreAdj: 0,
      ...(input.apparmorProfile === undefined ? {} : { apparmorProfile: input.apparmorProfile }),
    },
    mounts: mounts(input),
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount', 'network', 'cgroup'].map((type) => ({ type })),
        { type: 'user', path: input.userNamespace },
      ],
      // Those that it has; runc wants to be told.
      uidMappings: mapping,
      gidMappings: mapping,
      cgroupsPath: input.cgroupsPath,
      seccomp: input.seccomp,
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
    },
  };
}
