/** Kernel features whose probes need installed tools: asked after the packages are there, in namespaces that vanish. */
import { Problem } from '../../common/problem.mjs';
import { kernelSettings } from '../../host/kernel-settings.mjs';

/** Each line is one feature: what is tried inside an empty network namespace, and what it is for. */
const NETWORK_PROBES = [
  { feature: 'veth links', option: 'CONFIG_VETH', script: 'ip link add ddp0 type veth peer name ddp1' },
  { feature: 'bridges', option: 'CONFIG_BRIDGE', script: 'ip link add ddp2 type bridge' },
  { feature: 'VXLAN links', option: 'CONFIG_VXLAN', script: 'ip link add ddp3 type vxlan id 7 dstport 4789' },
  { feature: 'nf_tables', option: 'CONFIG_NF_TABLES', script: 'nft add table ip drydock_probe' },
  {
    feature: 'NAT in nf_tables',
    option: 'CONFIG_NFT_NAT, CONFIG_NFT_MASQ',
    script:
      "nft 'table ip drydock_nat { chain post { type nat hook postrouting priority 100; ct status dnat masquerade; }; }'",
  },
  {
    feature: 'fib and numgen expressions in nf_tables',
    option: 'CONFIG_NFT_FIB_IPV4, CONFIG_NFT_NUMGEN',
    script:
      "nft 'table ip drydock_mesh { chain pre { type nat hook prerouting priority -100; " +
      "fib daddr type local tcp dport 80 dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }; }; }'",
  },
];

/** @type {import('./checks.mjs').Check} */
export const networkFeatures = async (machine) => {
  for (const { feature, option, script } of NETWORK_PROBES) {
    const { code, output } = await machine.shell(`exec unshare --net sh -c "$(cat)"`, script);
    if (code === 0) continue;
    return new Problem(
      'KERNEL_NETWORK',
      `The kernel lacks ${feature} (${output.trim().split('\n').at(0) ?? ''}), and sessions need them.`,
      `Boot a kernel with ${option}; those of Debian and Ubuntu have it.`,
    );
  }
  return undefined;
};

/** @type {import('./checks.mjs').Check} */
export const loopDisks = async (machine, settings) => {
  const directory = settings.DRYDOCK_STATE_DIR ?? '/var/lib/drydock';
  // The mount lives and dies with the mount namespace, and the loop device with the mount.
  const { code, output } = await machine.shell(
    'set -e; modprobe -q loop 2>/dev/null || true; d=$(mktemp -d -p "$(cat)"); trap \'rm -r "$d"\' EXIT; ' +
      'truncate -s 16M "$d/disk"; mkfs.ext4 -q "$d/disk"; mkdir "$d/mnt"; ' +
      'unshare --mount --propagation private mount -o loop "$d/disk" "$d/mnt"',
    directory,
  );
  return code === 0
    ? undefined
    : new Problem(
        'NO_LOOP_DISKS',
        `An ext4 image under ${directory} could not be mounted (${output.trim().split('\n').at(-1)}), and a node's disk is one.`,
        'Run: modprobe loop; if that fails, boot a kernel with CONFIG_BLK_DEV_LOOP and CONFIG_EXT4_FS.',
      );
};

/**
 * Kernel settings that are lower than nodes need and cannot be raised here, as in a container: nodes live, with less room.
 * @param {import('./machine.mjs').Machine} machine
 */
export function fixedSettings(machine) {
  const low = kernelSettings({ directory: '/nonexistent' }).low();
  return low.filter(({ name }) => !machine.writable(`/proc/sys/${name.replaceAll('.', '/')}`));
}

/**
 * A warning when the kernel hands core dumps to a program: it runs as the host's root, outside of every node, with names and memory that a
 * node's program chose. Nodes cannot have dumps made (native/seccomp/node.rules), but such handlers have had holes, and this is the second wall.
 * @param {import('./machine.mjs').Machine} machine
 * @returns {string | undefined}
 */
export function coreHandler(machine) {
  const pattern = machine.read('/proc/sys/kernel/core_pattern')?.trim() ?? '';
  if (!pattern.startsWith('|')) return undefined;
  const program = pattern.slice(1).trim().split(' ')[0];
  return (
    `Warning: core dumps of this machine, those of nodes' programs among them, go to ${program}, which runs as root.\n` +
    '  Remedy: sysctl -w kernel.core_pattern=core, and put kernel.core_pattern = core into a file of /etc/sysctl.d; on Ubuntu also: systemctl disable --now apport'
  );
}
