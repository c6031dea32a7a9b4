/**
 * A node's disk: one sparse ext4 file, mounted over a loop device, holding its root's changes and /var/lib/docker.
 *
 * Every node of a host can read the file behind each loop device (/sys/block), and its own overlay's directories: files and mount points
 * have random names in one directory, and only links in the node's directory, which no node sees, say whose they are.
 */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, readlink, rmdir, stat, statfs, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../system/run-program.ts';

/** Bytes of disk for one inode: half of mkfs's default, because image layers are made of small files. */
export const BYTES_PER_INODE = 8192;
/** A loop device lets go of its file a moment after the last mount has gone, and mounts of a node end in the background. */
const DETACH_TRIES = 100;
const DETACH_PAUSE_MS = 10;

/**
 * No journal, no barriers, no lazy zeroing: a disk never outlives its node, so a crash of the host must cost nothing here, and
 * what the node has not written must take no room. `discard` gives the host back what the node deletes.
 */
const MKFS_OPTIONS = ['-q', '-F', '-m', '0', '-O', '^has_journal,^resize_inode', '-i', String(BYTES_PER_INODE)];
const EXTENDED_OPTIONS = 'lazy_itable_init=1,nodiscard,assume_storage_prezeroed=1';
const MOUNT_OPTIONS = 'loop,nosuid,nodev,noatime,barrier=0,discard,noinit_itable';

/** Directories of a node's disk, as the host sees them. */
export interface DiskLayout {
  mount: string;
  upper: string;
  work: string;
  data: string;
}

export interface NodeDisks {
  layout(nodeDirectory: string): Promise<DiskLayout>;
  /** Makes and mounts a disk of `bytes`, its top directories owned by host id `ownerId`. */
  create(nodeDirectory: string, bytes: number, ownerId: number): Promise<void>;
  /** Unmounts and deletes; complete also for a disk that was half made. Nothing may use it any more. */
  destroy(nodeDirectory: string): Promise<void>;
  /** The block device under a mounted disk. */
  device(nodeDirectory: string): Promise<{ major: number; minor: number }>;
  /** Bytes used inside (what `df` in the node shows). */
  usedBytes(nodeDirectory: string): Promise<number>;
}

/** The links to a disk's file and mount point. Nodes of the release before have the things themselves there. */
const imageLink = (nodeDirectory: string) => join(nodeDirectory, 'disk.img');
const mountLink = (nodeDirectory: string) => join(nodeDirectory, 'disk');

/** What a link leads to; the path itself when it is none. */
const follow = (path: string) => readlink(path).catch(() => path);

/** Builds the disks, all in `directory`; it is made with the first and stays. */
export function createNodeDisks(directory: string): NodeDisks {
  const layout = async (nodeDirectory: string): Promise<DiskLayout> => {
    const mount = await follow(mountLink(nodeDirectory));
    return { mount, upper: join(mount, 'upper'), work: join(mount, 'work'), data: join(mount, 'data') };
  };

  /** Links before what they lead to: a disk that is half made has an owner. */
  async function name(nodeDirectory: string): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, randomBytes(12).toString('hex'));
    await symlink(`${path}.img`, imageLink(nodeDirectory));
    await symlink(path, mountLink(nodeDirectory));
  }

  return {
    layout,
    async create(nodeDirectory, bytes, ownerId) {
      await name(nodeDirectory);
      const image = await follow(imageLink(nodeDirectory));
      const { mount, upper, work, data } = await layout(nodeDirectory);
      const file = await open(image, 'wx', 0o600);
      try {
        await file.truncate(bytes);
      } finally {
        await file.close();
      }
      await runProgram('mkfs.ext4', [...MKFS_OPTIONS, '-E', EXTENDED_OPTIONS, image]);
      await mkdir(mount, { mode: 0o700 });
      await runProgram('mount', ['-t', 'ext4', '-o', MOUNT_OPTIONS, image, mount]);
      for (const directory of [upper, work, data]) {
        await mkdir(directory, { mode: 0o755 });
        await chown(directory, ownerId, ownerId);
      }
      await chmod(data, 0o710); // as dockerd makes it
      await rmdir(join(mount, 'lost+found')).catch(() => undefined);
    },
    async destroy(nodeDirectory) {
      const { mount } = await layout(nodeDirectory);
      const image = await follow(imageLink(nodeDirectory));
      if (await isMounted(mount)) await runProgram('umount', [mount]);
      await rmdir(mount).catch(ignoreMissing);
      await waitUntilDetached(image);
      await unlink(image).catch(ignoreMissing);
      for (const link of [imageLink(nodeDirectory), mountLink(nodeDirectory)]) await unlink(link).catch(ignoreMissing);
    },
    async device(nodeDirectory) {
      const { dev } = await stat(mountLink(nodeDirectory));
      // As sysmacros.h has it, for majors below 4096.
      return { major: (dev >> 8) & 0xfff, minor: (dev & 0xff) | ((dev >> 12) & 0xfff00) };
    },
    async usedBytes(nodeDirectory) {
      const { bsize, blocks, bfree } = await statfs(mountLink(nodeDirectory));
      return bsize * (blocks - bfree);
    },
  };
}

/** Whether something is mounted exactly there (octal escapes of /proc/mounts cannot occur in our own paths). */
async function isMounted(path: string): Promise<boolean> {
  const text = await readFile('/proc/self/mounts', 'utf8');
  return text.split('\n').some((line) => line.split(' ')[1] === path);
}

/** A file that a loop device still holds would be freed only later, and its room counted as used until then. */
async function waitUntilDetached(image: string): Promise<void> {
  for (let attempt = 0; attempt < DETACH_TRIES; attempt += 1) {
    if (
      (
        await runProgram('losetup', ['--noheadings', '--output', 'NAME', '--associated', image]).catch(() => '')
      ).trim() === ''
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, DETACH_PAUSE_MS));
  }
  throw new Error(`a loop device still holds ${image}`);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
