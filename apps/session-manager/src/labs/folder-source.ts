/** Labs in a folder of this machine: folders with a `lab.md`, also within courses, which are folders with a `course.yaml`. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, opendir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_ASSET_BYTES, MAX_COURSE_LABS, MAX_LAB_BYTES, MAX_LAB_FILES, readCourse } from '@drydock/lab';
import type { BundleFile, LabBundle } from './lab-bundle.ts';

/** A lab with its place in a course, where it is in one. */
export interface FolderLab {
  readonly bundle: LabBundle;
  readonly course?: { readonly id: string; readonly title: string; readonly position: number };
}

export interface FolderLabs {
  readonly labs: FolderLab[];
  /** What could not be read, one sentence each, for the operator's log. */
  readonly problems: string[];
}

const ENTRY = 'lab.md';
const COURSE = 'course.yaml';
/** Folders within folders of a lab: a path of more is no author's. */
const MAX_DEPTH = 16;
/** Courses and labs of one folder. */
const MAX_FOLDERS = 500;
/** Files that a stamp looks at: more than a large catalogue has. */
const MAX_STAMPED = 20_000;
/** A part of a lab's id, which stands in addresses. */
const PART = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** Reads all labs below `root`; a folder that is not there has none. */
export async function readFolderLabs(root: string): Promise<FolderLabs> {
  const problems: string[] = [];
  const labs: FolderLab[] = [];
  for (const name of await foldersIn(root)) {
    const path = join(root, name);
    if (await isFile(join(path, ENTRY))) await take(path, name);
    else await takeCourse(path, name);
  }
  return { labs, problems };

  async function take(path: string, id: string, course?: FolderLab['course']): Promise<void> {
    try {
      const files = await readFiles(path);
      labs.push({ bundle: { id, entry: ENTRY, files }, ...(course === undefined ? {} : { course }) });
    } catch (error) {
      problems.push(`${path}: ${(error as Error).message}`);
    }
  }

  async function takeCourse(path: string, id: string): Promise<void> {
    const inside: string[] = [];
    for (const name of await foldersIn(path)) if (await isFile(join(path, name, ENTRY))) inside.push(name);
    if (inside.length === 0) return;
    const text = (await isFile(join(path, COURSE))) ? await readText(join(path, COURSE)) : undefined;
    const { course, findings } = readCourse({
      path: COURSE,
      ...(text === undefined ? {} : { text }),
      labs: new Set(inside.map((name) => `${name}/${ENTRY}`)),
    });
    for (const { severity, message, line } of findings)
      if (severity === 'error') problems.push(`${path}/${COURSE}:${line}: ${message}`);
    const order = course?.labs.map(({ path: lab }) => lab.slice(0, -`/${ENTRY}`.length)) ?? inside;
    const title = course?.title ?? id;
    for (const [position, name] of order.slice(0, MAX_COURSE_LABS).entries())
      await take(join(path, name), `${id}/${name}`, { id, title, position });
  }
}

/** Tells whether anything below `root` has changed since another stamp was taken: names, sizes and times, without reading a file. */
export async function folderStamp(root: string): Promise<string> {
  const hash = createHash('sha256');
  let left = MAX_STAMPED;
  async function walk(path: string, depth: number): Promise<void> {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      left -= 1;
      if (left < 0 || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const stats = await lstat(join(path, entry.name)).catch(() => undefined);
      hash.update(JSON.stringify([path, entry.name, stats?.size, stats?.mtimeMs, stats?.ctimeMs, stats?.mode]));
      if (entry.isDirectory() && depth < MAX_DEPTH + 2) await walk(join(path, entry.name), depth + 1);
    }
  }
  await walk(root, 0);
  return hash.digest('base64url');
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && PART.test(entry.name) && entry.name !== 'node_modules')
    .map(({ name }) => name)
    .sort()
    .slice(0, MAX_FOLDERS);
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() === true;
}

async function readText(path: string): Promise<string> {
  return (await readBytes(path, MAX_ASSET_BYTES)).bytes.toString('utf8');
}

/** All plain files of a lab; links and special files are not followed and not read. @throws where there are too many, or too much. */
async function readFiles(root: string): Promise<Map<string, BundleFile>> {
  const files = new Map<string, BundleFile>();
  let left = MAX_LAB_BYTES;
  async function walk(folder: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new Error(`folders are nested deeper than ${MAX_DEPTH}`);
    for await (const entry of await opendir(join(root, folder))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await walk(path, depth + 1);
      else if (entry.isFile()) {
        if (files.size >= MAX_LAB_FILES) throw new Error(`a lab has at most ${MAX_LAB_FILES} files`);
        const file = await readBytes(join(root, path), Math.min(MAX_ASSET_BYTES, left));
        left -= file.bytes.length;
        files.set(path, file);
      }
    }
  }
  await walk('', 0);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function readBytes(path: string, most: number): Promise<BundleFile> {
  // It may have become a link since its folder was listed.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, mode } = await handle.stat();
    if (size > most) throw new Error(`${path} is larger than a lab may bring along`);
    const bytes = await handle.readFile();
    if (bytes.length > most) throw new Error(`${path} is larger than a lab may bring along`);
    return (mode & 0o100) === 0 ? { bytes } : { bytes, executable: true };
  } finally {
    await handle.close();
  }
}
