/** What nodes of this host can honestly do: every answer is tried out or read from the kernel. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostFeatures } from '@drydock/protocol';
import type { Egress, TrafficLimits } from '../network/egress.ts';
import { nodeRlimits } from '../runtime/node-rights.ts';
import { readCgroupHost } from '../runtime/runc/cgroup-host.ts';
import { BYTES_PER_INODE } from '../runtime/runc/node-disk.ts';
import { runProgram } from '../system/run-program.ts';

export interface FeaturesDeps {
  imagesDir: string;
  nativeDir: string;
  egress: Egress;
}

/** linux/netlink.h, sys/socket.h */
const AF_NETLINK = 16;
const NETLINK_XFRM = 6;
const ARCHITECTURES: Record<string, string> = { x64: 'linux/amd64', arm64: 'linux/arm64' };
/** Names that qemu-user's packages give their entries, and the platform each runs. */
const BINFMT_PLATFORMS: Record<string, string> = {
  'qemu-x86_64': 'linux/amd64',
  'qemu-aarch64': 'linux/arm64',
  'qemu-arm': 'linux/arm/v7',
  'qemu-i386': 'linux/386',
  'qemu-riscv64': 'linux/riscv64',
  'qemu-ppc64le': 'linux/ppc64le',
  'qemu-s390x': 'linux/s390x',
};

interface SeccompProfile {
  syscalls: { names: string[]; action: string; args?: { index: number; value: number }[] }[];
}

/** Whether a node's filter lets it open netlink sockets of that protocol. */
export function allowsNetlink(profile: SeccompProfile, protocol: number): boolean {
  return profile.syscalls.some(({ names, action, args = [] }) => {
    const is = (index: number, value: number) => args.every((arg) => arg.index !== index || arg.value === value);
    return names.includes('socket') && action === 'SCMP_ACT_ALLOW' && is(0, AF_NETLINK) && is(2, protocol);
  });
}

/** Platforms by the contents of binfmt_misc entries (name to text); only fixed interpreters work in another root (flag F). */
export function emulatedPlatforms(entries: ReadonlyMap<string, string>): string[] {
  return Object.entries(BINFMT_PLATFORMS).flatMap(([name, platform]) => {
    const text = entries.get(name) ?? '';
    return text.startsWith('enabled') && /^flags: .*F/m.test(text) ? [platform] : [];
  });
}

/**
 * Platforms of the emulators that the node image has (file names), which init registers. They take the place of the host's: a node with
 * registrations of its own does not see those (binfmt_misc(5) of the kernel, since Linux 6.7).
 */
export function imagePlatforms(files: readonly string[]): string[] {
  return Object.entries(BINFMT_PLATFORMS).flatMap(([name, platform]) => (files.includes(name) ? [platform] : []));
}

async function readBinfmt(): Promise<Map<string, string>> {
  const directory = '/proc/sys/fs/binfmt_misc';
  const entries = new Map<string, string>();
  for (const name of await readdir(directory).catch(() => [])) {
    entries.set(name, await readFile(join(directory, name), 'utf8').catch(() => ''));
  }
  return entries;
}

/** Runs shell lines in new namespaces that end with them. */
async function worksIn(namespaces: readonly string[], script: string): Promise<boolean> {
  return runProgram('unshare', [...namespaces, '--', 'sh', '-ec', script]).then(
    () => true,
    () => false,
  );
}

/** As a node does it: in a user namespace, with mounts that nobody else sees. */
const USER_NAMESPACE = ['--user', '--map-root-user', '--mount', '--propagation', 'private'];
const MOUNT_BINFMT = 'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc';
const ADD_VLAN = 'ip link add d0 type dummy; ip link add link d0 name d0.5 type vlan id 5';
const ADD_ESP =
  'ip link set lo up; ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x100 mode transport ' +
  'aead "rfc4106(gcm(aes))" 0x0102030405060708090a0b0c0d0e0f1011121314 128';

/** Tries everything out; a few hundred milliseconds, once at the agent's start. */
export async function probeFeatures({
  imagesDir,
  nativeDir,
  egress,
}: FeaturesDeps): Promise<Omit<HostFeatures, 'figures' | 'bounds'>> {
  const profile = JSON.parse(await readFile(join(nativeDir, 'node.seccomp.json'), 'utf8')) as SeccompProfile;
  const programs = join(imagesDir, 'node/current/rootfs/usr/lib/drydock');
  const [files, vlan, esp, ownBinfmt, binfmt, cgroups] = await Promise.all([
    readdir(programs).catch((): string[] => []),
    worksIn(['--net'], ADD_VLAN),
    worksIn(['--net'], ADD_ESP),
    worksIn(USER_NAMESPACE, MOUNT_BINFMT),
    readBinfmt(),
    readCgroupHost(),
  ]);
  const own = ARCHITECTURES[process.arch];
  const ofImage = ownBinfmt ? imagePlatforms(files) : [];
  const emulated = ofImage.length > 0 ? ofImage : emulatedPlatforms(binfmt);
  return {
    // The kernel lets no user namespace configure IPVS, so it is never `kernel` here.
    ingress: files.includes('swarm-mesh') ? 'mesh' : 'none',
    // An overlay's encryption needs the kernel's ESP and a node that may ask for it.
    encryptedOverlay: esp && allowsNetlink(profile, NETLINK_XFRM),
    vlan,
    platforms: [...new Set([...(own ? [own] : []), ...emulated])],
    cgroup: cgroups.version,
    isolation: 'shared-kernel',
    egress,
  };
}

/** Bounds of every node that are not among its limits; `files` is what is set, and a host that is itself confined cannot give that. */
export async function nodeBounds(files: number, traffic: TrafficLimits): Promise<NonNullable<HostFeatures['bounds']>> {
  const own = (name: string) => readFile(`/proc/self/${name}`, 'utf8');
  const rlimits = nodeRlimits(await own('status'), await own('limits'), files);
  const { connections, connectionsPerSecond, bandwidth } = traffic;
  return {
    bytesPerInode: BYTES_PER_INODE,
    files: rlimits.find(({ name }) => name === 'nofile')?.soft ?? files,
    connections,
    connectionsPerSecond,
    bitsPerSecond: bandwidth,
  };
}
