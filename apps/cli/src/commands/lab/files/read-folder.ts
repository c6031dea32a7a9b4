/** A lab's files from a disk, within the bounds that every other source of labs keeps. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, type LabFile, labFileOf, MAX_ASSET_BYTES, MAX_LAB_BYTES, MAX_LAB_FILES } from '@drydock/lab';

/** Folders within folders: a path of more is no author's. */
const MAX_DEPTH = 16;
/** What version control and package managers leave beside a lab is no part of it. */
const LEFT_OUT = new Set(['node_modules']);

export type ReadFolder = {
  files: Map<string, LabFile>;
  /** What was not read, and why. */
  findings: Finding[];
};

/**
 * Reads all plain files below `folder`, by their paths in it. Links and special files are findings and never opened; of files beyond
 * the bounds only the sizes are kept, which the compiler tells.
 * @throws what the file system says where `folder` cannot be read.
 */
export async function readFolder(folder: string): Promise<ReadFolder> {
  const files = new Map<string, LabFile>();
  const findings: Finding[] = [];
  let bytes = 0;
  const refuse = (file: string, message: string) =>
    findings.push({ severity: 'error', code: 'FILE_UNSAFE_PATH', message, file, line: 1, column: 1 });

  async function walk(path: string, depth: number): Promise<void> {
    const names: string[] = [];
    for await (const { name } of await opendir(join(folder, path))) {
      if (name.startsWith('.') || LEFT_OUT.has(name)) continue;
      names.push(name);
      if (names.length > MAX_LAB_FILES) break;
    }
    for (const name of names.sort()) {
      // One more than is allowed, so that the compiler sees that there are too many.
      if (files.size > MAX_LAB_FILES) return;
      await take(path === '' ? name : `${path}/${name}`, depth);
    }
  }

  async function take(path: string, depth: number): Promise<void> {
    const stats = await lstat(join(folder, path));
    if (stats.isSymbolicLink()) refuse(path, `"${path}" is a symbolic link; a lab holds plain files.`);
    else if (stats.isDirectory()) {
      if (depth >= MAX_DEPTH) refuse(path, `Folders of a lab are nested at most ${MAX_DEPTH} deep.`);
      else await walk(path, depth + 1);
    } else if (!stats.isFile()) refuse(path, `"${path}" is no plain file.`);
    else {
      bytes += stats.size;
      const isOver = stats.size > MAX_ASSET_BYTES || bytes > MAX_LAB_BYTES;
      files.set(path, isOver ? { size: stats.size, digest: '' } : await readFile(join(folder, path), stats));
    }
  }

  await walk('', 0);
  return { files, findings };
}

/** One file: its text, or what identifies it where it is none. */
export async function readFile(path: string, stats: Stats): Promise<LabFile> {
  // It may have become a link since it was looked at.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const bytes = await readBounded(handle, Math.min(stats.size, MAX_ASSET_BYTES));
    return labFileOf(bytes, (stats.mode & 0o100) !== 0);
  } finally {
    await handle.close();
  }
}

async function readBounded(handle: FileHandle, most: number): Promise<Buffer> {
  const bytes = Buffer.alloc(most);
  let length = 0;
  while (length < most) {
    const { bytesRead } = await handle.read(bytes, length, most - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
