/** A node's disk: one sparse ext4 file, mounted over a loop device, holding its root's changes and /var/lib/docker. */
import { chmod, chown, mkdir, open, readFile, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../runtime/run-program.ts';

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
  layout(nodeDirectory: string): DiskLayout;
  /** Makes and mounts a disk of `bytes`, its top directories owned by host id `ownerId`. */
  create(nodeDirectory: string, bytes: number, ownerId: number): Promise<void>;
  /** Unmounts and deletes; complete also for a disk that was half made. Nothing may use it any more. */
  destroy(nodeDirectory: string): Promise<void>;
  /** The block device under a mounted disk. */
  device(nodeDirectory: string): Promise<{ major: number; minor: number }>;
  /** Bytes used inside (what `df` in the node shows). */
  usedBytes(nodeDirectory: string): Promise<number>;
}

const imageFile = (nodeDirectory: string) => join(nodeDirectory, 'disk.img');

/** Builds the disks. */
export function createNodeDisks(): NodeDisks {
  const layout = (nodeDirectory: string): DiskLayout => {
    const mount = join(nodeDirectory, 'disk');
    return { mount, upper: join(mount, 'upper'), work: join(mount, 'work'), data: join(mount, 'data') };
  };

  return {
    layout,
    async create(nodeDirectory, bytes, ownerId) {
      const image = imageFile(nodeDirectory);
      const { mount, upper, work, data } = layout(nodeDirectory);
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
      const { mount } = layout(nodeDirectory);
      const image = imageFile(nodeDirectory);
      if (await isMounted(mount)) await runProgram('umount', [mount]);
      await rmdir(mount).catch(ignoreMissing);
      await waitUntilDetached(image);
      await unlink(image).catch(ignoreMissing);
    },
    async device(nodeDirectory) {
      const { dev } = await stat(layout(nodeDirectory).mount);
      // As sysmacros.h has it, for majors below 4096.
      return { major: (dev >> 8) & 0xfff, minor: (dev & 0xff) | ((dev >> 12) & 0xfff00) };
    },
    async usedBytes(nodeDirectory) {
      const { bsize, blocks, bfree } = await statfs(layout(nodeDirectory).mount);
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
