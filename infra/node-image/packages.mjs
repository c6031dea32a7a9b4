/** What a node has installed, and why. */

/** @typedef {'debian' | 'ubuntu'} Family */

/** The engine; Ubuntu packs the same programs under other names. */
const ENGINE = {
  debian: ['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose', 'containerd', 'runc'],
  ubuntu: ['docker.io', 'docker-buildx', 'docker-compose-v2', 'containerd', 'runc'],
};

/** Programs of other processors; Ubuntu's qemu-user is not static, and so of no use in a container. */
const EMULATORS = { debian: ['qemu-user'], ubuntu: ['qemu-user-static'] };

/** Those that are kept, as qemu names them, by the machine's own kind (dpkg's name). Others can be added: 30 kinds are 450 MB. */
const EMULATED = { amd64: ['aarch64', 'arm'], arm64: ['x86_64'] };

/** What docker needs of the system and what the node's own scripts use. */
const SYSTEM = [
  'ca-certificates',
  'iproute2',
  'iptables',
  'jq',
  'kmod',
  'mount',
  'nftables', // the swarm mesh programs it
  'openssh-client',
  'openssh-server',
  'procps',
  'sudo',
  'util-linux',
];

/** openssh-server would pull in all of systemd for the one program that makes its user; Ubuntu has no smaller one. */
const STAND_INS = { debian: ['systemd-standalone-sysusers'], ubuntu: [] };

/** What learners reach for. */
const TOOLS = [
  'apache2-utils', // ab, for watching a service balance
  'bash-completion',
  'bind9-dnsutils', // dig, nslookup
  'bridge-utils', // brctl, which the book uses
  'bsdextrautils', // column, hexdump
  'curl',
  'file',
  'git',
  'htop',
  'iputils-ping',
  'less',
  'lsof',
  'nano',
  'netcat-openbsd',
  'openssl',
  'perl',
  'psmisc',
  'strace',
  'tcpdump',
  'tmux',
  'traceroute',
  'tree',
  'unzip',
  'vim',
  'wget',
  'xz-utils',
];

/**
 * @param {Family} family
 * @returns {string[]} in a stable order: it is part of the image's hash
 */
export function nodePackages(family) {
  return [...ENGINE[family], ...SYSTEM, ...STAND_INS[family], ...EMULATORS[family], ...TOOLS].sort();
}

/** Folders that only fill a disk which nobody reads them on: manuals and translations (a node speaks C.UTF-8). */
export const EXCLUDED_PATHS = [
  '/usr/share/man/*',
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
  '/usr/bin/qemu-*',
];

/**
 * What is kept of those folders all the same: what the licences ask for, and the emulators.
 * @param {string} arch as dpkg names it
 * @returns {string[]}
 */
export function includedPaths(arch) {
  const kept = EMULATED[/** @type {keyof typeof EMULATED} */ (arch)] ?? [];
  return [
    '/usr/share/doc/*/copyright',
    ...kept.flatMap((name) => [`/usr/bin/qemu-${name}`, `/usr/bin/qemu-${name}-static`]),
  ];
}
