/** What Drydock needs from the distribution, each package with its reason. Whoever needs another adds it here. */

/** @typedef {{name: string, reason: string}} Package */

/** @type {readonly Package[]} */
export const PACKAGES = [
  { name: 'runc', reason: 'makes nodes from OCI specs' },
  { name: 'iproute2', reason: 'namespaces, links and addresses of sessions' },
  { name: 'nftables', reason: 'egress rules of sessions and the host' },
  { name: 'iptables', reason: "a host's own Docker rules, which the agent has to see" },
  { name: 'apparmor', reason: 'loads the profile of nodes, where the kernel has AppArmor' },
  { name: 'lxcfs', reason: "nodes' own figures in /proc, where the kernel has FUSE" },
  { name: 'e2fsprogs', reason: 'mkfs.ext4 for the disks of nodes' },
  { name: 'util-linux', reason: 'unshare, setpriv, nsenter' },
  { name: 'bubblewrap', reason: 'gives each service its view of the machine' },
  { name: 'mount', reason: 'loop and bind mounts' },
  { name: 'procps', reason: 'sysctl' },
  { name: 'mmdebstrap', reason: 'makes the root file system of nodes and of library images' },
  { name: 'debian-archive-keyring', reason: 'lets mmdebstrap check the signatures of the archive' },
  { name: 'ca-certificates', reason: 'lets the mirror fetch from Docker Hub' },
  { name: 'attr', reason: 'getfattr: finds folders that a library layer hides from its base' },
  { name: 'redis-server', reason: 'the store, unless REDIS_URL names another' },
  { name: 'docker-registry', reason: 'the image mirror' },
  { name: 'gcc', reason: 'compiles native/' },
  { name: 'g++', reason: 'compiles node-pty' },
  { name: 'libc6-dev', reason: 'headers for native/ and node-pty' },
  { name: 'linux-libc-dev', reason: 'kernel headers for native/' },
  { name: 'libseccomp-dev', reason: "compiles the nodes' system call filter (native/seccomp)" },
  { name: 'libjansson-dev', reason: 'JSON for native/swarm-mesh' },
  { name: 'make', reason: 'builds native/ and node-pty' },
  { name: 'python3', reason: 'node-gyp needs it to build node-pty' },
];

/** @type {readonly Package[]} */
const TEST_PACKAGES = [
  { name: 'chromium', reason: 'the browser of the end-to-end tests' },
  { name: 'fonts-dejavu-core', reason: 'screenshots with real letters, box-drawing included' },
  { name: 'busybox-static', reason: 'the images of tests that do without the library: one program without libraries' },
  { name: 'qemu-system-x86', reason: 'the guest with cgroup v2 of `npm run test:slow`' },
  { name: 'prometheus', reason: 'promtool judges and tries the alert rules; the server itself never runs here' },
  { name: 'skopeo', reason: 'asks registries for the digests of images (infra/supply/image-pins.mjs)' },
  { name: 'openssh-client', reason: 'ssh-keygen judges the keys that sessions get' },
  { name: 'clang-format', reason: 'judges the form of native/' },
  { name: 'shellcheck', reason: 'judges shell scripts' },
];

/** What the fuzzers of `npm run test:slow` need, which install it themselves: too large for everybody. @type {readonly Package[]} */
export const FUZZ_PACKAGES = [
  { name: 'clang', reason: 'libFuzzer, for native/fuzz' },
  { name: 'libclang-rt-dev', reason: "libFuzzer's and the sanitizers' own part of each fuzzer" },
];

/**
 * What `npm test` needs besides.
 * @param {string} distribution ID of os-release
 */
export function testPackages(distribution) {
  // Ubuntu has Chromium as a snap only, which does not run as root's child; DRYDOCK_CHROMIUM names another there.
  return TEST_PACKAGES.filter(({ name }) => distribution !== 'ubuntu' || name !== 'chromium');
}

/** Services of the packages above that would start by themselves; we run our own copies and want none of theirs. */
export const UNWANTED_SERVICES = ['redis-server', 'docker-registry', 'lxcfs', 'prometheus'];
