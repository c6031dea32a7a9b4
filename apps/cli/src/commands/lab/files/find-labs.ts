/** From a path that an author gives to the labs that it means: a file, a folder with a lab, or a folder of labs. */
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Finding, type LabFile, MAX_COURSE_LABS, readCourse } from '@drydock/lab';
import { EXIT, Failure } from '../../../failure.ts';
import { readFile, readFolder } from './read-folder.ts';

/** Names of a lab's own file, the first that is there counts. */
const ENTRIES = ['lab.md', 'README.md', 'index.md'];
const COURSE = 'course.yaml';

export type FoundLab = {
  /** The folder as the author wrote it, for messages. */
  folder: string;
  entry: string;
  files: Map<string, LabFile>;
  findings: Finding[];
};

export type Found = {
  labs: FoundLab[] /** Findings of a course's own file, and where it lies. */;
  course?: CourseFile;
};
export type CourseFile = { folder: string; findings: Finding[] };

/** @throws Failure NO_LAB where there is nothing to read. */
export async function findLabs(path: string): Promise<Found> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) throw noLab(`There is no file or folder "${path}".`);
  if (stats.isFile()) return { labs: [await labOfFile(path)] };
  if (!stats.isDirectory()) throw noLab(`"${path}" is neither a file nor a folder.`);
  const names = new Set(await readdir(path));
  if (!names.has(COURSE)) {
    const entry = ENTRIES.find((name) => names.has(name));
    if (entry !== undefined && (entry === 'lab.md' || (await labFolders(path)).length === 0))
      return { labs: [await labOfFolder(path, entry)] };
  }
  return courseOf(path, names.has(COURSE));
}

/** A lab that is one file: a README of a repository brings nothing along but what stands beside it by name. */
async function labOfFile(path: string): Promise<FoundLab> {
  const folder = dirname(path);
  const entry = basename(path);
  if (entry === 'lab.md') return labOfFolder(folder, entry);
  const file = await readFile(path, await lstat(path));
  const files = new Map([[entry, file]]);
  const text = 'text' in file ? file.text : '';
  const named = new Set(
    [...text.matchAll(/(?:\]\(|include:\s*|:\s*)(?:\.\/)?([\w][\w./-]{0,200}\.\w{1,8})/g)].flatMap(
      ([, name]) => name ?? [],
    ),
  );
  for (const name of named) {
    if (name.split('/').includes('..')) continue;
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    if (stats?.isFile() === true) files.set(name, await readFile(join(folder, name), stats));
  }
  return { folder, entry, files, findings: [] };
}

async function labOfFolder(folder: string, entry: string): Promise<FoundLab> {
  return { folder, entry, ...(await readFolder(folder)) };
}

/** Folders with a `lab.md`, at most as many as a course may hold. */
async function labFolders(path: string): Promise<string[]> {
  const folders: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isDirectory() || folders.length > MAX_COURSE_LABS) continue;
    const lab = await lstat(join(path, entry.name, 'lab.md')).catch(() => undefined);
    if (lab?.isFile() === true) folders.push(entry.name);
  }
  return folders.sort();
}

async function courseOf(path: string, hasFile: boolean): Promise<Found> {
  const folders = await labFolders(path);
  if (folders.length === 0) throw noLab(`"${path}" holds no lab.md, and no folder with one.`);
  const labs = await Promise.all(folders.map((name) => labOfFolder(join(path, name), 'lab.md')));
  if (!hasFile) return { labs };
  const file = await readFile(join(path, COURSE), await lstat(join(path, COURSE)));
  const { findings } = readCourse({
    path: COURSE,
    text: 'text' in file ? file.text : '',
    labs: new Set(folders.map((name) => `${name}/lab.md`)),
  });
  return { labs, course: { folder: path, findings } };
}

export function noLab(message: string): Failure {
  return new Failure('NO_LAB', message, EXIT.noInput, 'drydock lab new <path> begins one.');
}
