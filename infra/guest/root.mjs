/** The root file system and kernel of the guest that plays another kind of host: Debian's own, from the archive of this host. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findArchive, findRelease } from '../common/apt-archive.mjs';
import { CONTAINED } from '../common/contained.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

const BUILD_LIMIT_MS = 15 * 60_000;
const DISK_SIZE = '4G';

/** What a host of nodes needs at work (infra/bootstrap/packages.mjs), and its kernel. */
const PACKAGES = [
  'apparmor',
  'busybox-static',
  'e2fsprogs',
  'iproute2',
  'iptables',
  'kmod',
  'libstdc++6',
  'linux-image-cloud-amd64',
  'lxcfs',
  'mount',
  'nftables',
  'procps',
  'runc',
  'util-linux',
];

/** The first process; what it does comes with each run, on a disk of its own. */
const INIT =
  'printf "#!/bin/sh\\nmkdir -p /payload && mount -o ro /dev/vdc /payload && exec sh /payload/init\\n" >"$1/guest-init" && chmod 755 "$1/guest-init"';

/**
 * Makes it once for each list of packages; `kernel`, `initrd` and `disk` are files.
 * @param {string} images directory of built images
 * @returns {Promise<{kernel: string, initrd: string, disk: string}>}
 * @throws {Problem} GUEST_FAILED
 */
export async function ensureGuestRoot(images) {
  const release = await findRelease();
  const hash = createHash('sha256')
    .update(JSON.stringify([release.suite, PACKAGES, INIT, DISK_SIZE]))
    .digest('hex');
  const directory = join(images, 'guest', hash.slice(0, 16));
  if (!existsSync(directory)) {
    const staging = `${directory}.part-${process.pid}`;
    mkdirSync(staging, { recursive: true });
    try {
      await make(staging, release);
      renameSync(staging, directory);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }
  return { kernel: join(directory, 'kernel'), initrd: join(directory, 'initrd'), disk: join(directory, 'disk') };
}

/**
 * @param {string} staging
 * @param {import('../common/apt-archive.mjs').Release} release
 */
async function make(staging, release) {
  const archive = await findArchive(release, process.env);
  const root = join(staging, 'root');
  const [program = '', ...contained] = CONTAINED;
  const options = [
    ...['--mode=root', '--variant=minbase', `--architectures=${release.arch}`, `--include=${PACKAGES.join(',')}`],
    ...['--dpkgopt=force-unsafe-io', '--aptopt=APT::Install-Recommends "false"', `--customize-hook=${INIT}`],
    ...archive.aptOptions.map((option) => `--aptopt=${option}`),
  ];
  await must([program, ...contained, 'mmdebstrap', ...options, release.suite, root, ...archive.sources]);
  await must([
    'sh',
    '-c',
    `cp ${root}/boot/vmlinuz-* ${staging}/kernel && cp ${root}/boot/initrd.img-* ${staging}/initrd`,
  ]);
  await makeDisk(join(staging, 'disk'), root, DISK_SIZE);
  rmSync(root, { recursive: true });
}

/**
 * An ext4 image with what is in a directory.
 * @param {string} file
 * @param {string} directory
 * @param {string} size as mke2fs takes it
 */
export async function makeDisk(file, directory, size) {
  await must(['mke2fs', '-q', '-F', '-t', 'ext4', '-m', '0', '-d', directory, file, size]);
}

/** @param {string[]} command */
async function must([program = '', ...args]) {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { code, output } = await runCommand(program, args, { env, timeoutMs: BUILD_LIMIT_MS });
  if (code === 0) return;
  throw new Problem(
    'GUEST_FAILED',
    `The guest could not be made: ${program} failed:\n${lastLines(output, 6)}`,
    'Check that this host reaches its package archive (`apt-get update`) and has 6 GB of free disk.',
  );
}
