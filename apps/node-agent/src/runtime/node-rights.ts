/** Capabilities, limits and devices of every process of a node: one list for PID 1 and for who enters later. */

/**
 * Capabilities in the node's own user namespace, by the kernel's numbers (linux/capability.h). Left out: those that mean
 * something only on the host itself (modules, raw I/O, clock, kernel log, audit log, security modules, BPF, perf).
 */
export const NODE_CAPABILITIES = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_BROADCAST: 11,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_IPC_OWNER: 15,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_NICE: 23,
  CAP_SYS_RESOURCE: 24,
  CAP_SYS_TTY_CONFIG: 26,
  CAP_MKNOD: 27,
  CAP_LEASE: 28,
  CAP_AUDIT_WRITE: 29,
  CAP_SETFCAP: 31,
} as const;

/** The set as the kernel's bit mask. */
export function capabilityMask(): bigint {
  return Object.values(NODE_CAPABILITIES).reduce((mask, number) => mask | (1n << BigInt(number)), 0n);
}

export interface Rlimit {
  name: 'nofile' | 'core' | 'memlock';
  soft: number;
  hard: number;
}

/**
 * Resource limits as Docker's own unit has them on a host of its own. Processes are limited by cgroup, not here.
 * `core` is 1 and not 0: a core_pattern of the host that pipes to a program runs it for 0 too, on the host (kernel/coredump.c).
 */
function wantedRlimits(files: number): Rlimit[] {
  return [
    { name: 'nofile', soft: files, hard: files },
    { name: 'core', soft: 1, hard: 1 },
    { name: 'memlock', soft: 67_108_864, hard: 67_108_864 },
  ];
}

/** What Docker's own unit gives its daemon. */
const DEFAULT_FILES = 1_048_576;

const CAP_SYS_RESOURCE = 24n;
const LIMIT_NAMES = { nofile: 'Max open files', core: 'Max core file size', memlock: 'Max locked memory' } as const;

/**
 * The limits of every process of a node on this host: as wanted, but no higher than the agent's own when it may not raise them.
 * `status` and `limits` are the agent's /proc/self files of these names, `files` what one process of a node may open.
 */
export function nodeRlimits(status: string, limits: string, files = DEFAULT_FILES): Rlimit[] {
  const wanted = wantedRlimits(files);
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  if ((effective & (1n << CAP_SYS_RESOURCE)) !== 0n) return wanted;
  return wanted.map(({ name, soft, hard }) => {
    const own = new RegExp(`^${LIMIT_NAMES[name]}\\s+\\S+\\s+(\\d+)`, 'm').exec(limits)?.[1];
    const most = own === undefined ? hard : Math.min(hard, Number(own));
    return { name, soft: Math.min(soft, most), hard: most };
  });
}

/**
 * What a command is begun with so that it and all that it starts have `rlimits`. runc sets those of its spec from outside of the
 * node, which takes CAP_SYS_RESOURCE over a user namespace that belongs to the node's id: a confined host's root lacks it.
 */
export function limitedCommand(rlimits: readonly Rlimit[]): string[] {
  return ['prlimit', ...rlimits.map(({ name, soft, hard }) => `--${name}=${soft}:${hard}`)];
}

/** Character devices of a node, as `type major:minor` of the device cgroup; everything else is refused there. */
export const NODE_DEVICES = [
  { path: '/dev/null', major: 1, minor: 3 },
  { path: '/dev/zero', major: 1, minor: 5 },
  { path: '/dev/full', major: 1, minor: 7 },
  { path: '/dev/random', major: 1, minor: 8 },
  { path: '/dev/urandom', major: 1, minor: 9 },
  { path: '/dev/tty', major: 5, minor: 0 },
  { path: '/dev/ptmx', major: 5, minor: 2 },
] as const;

/** Majors of Unix98 PTY slaves (Documentation/admin-guide/devices.txt). */
export const PTS_MAJORS = [136, 137, 138, 139, 140, 141, 142, 143] as const;

/** Ids of a node. Twice 65,536, so that dockerd's userns-remap finds a whole second range in it. */
export const NODE_ID_COUNT = 131_072;
