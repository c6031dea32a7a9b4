/** A lab's files out of a repository's archive (tar, gzip), in memory: nothing of it is ever a file of this machine. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_ASSET_BYTES, MAX_LAB_BYTES, MAX_LAB_FILES } from '@drydock/lab';
import { DrydockError } from '@drydock/protocol';
import type { BundleFile } from '../lab-bundle.ts';
import { readTar } from './tar.ts';

/** What an archive may unpack to (bytes): a repository with its lab among other things. */
const MAX_UNPACKED = 100 * 1024 * 1024;
/** Entries of a whole repository. */
const MAX_ENTRIES = 20_000;
const MAX_PATH = 1_000;

const invalid = (message: string) => new DrydockError('LAB_INVALID', message);

/**
 * Files below `path` of the archive's one folder, by their paths in the lab. @throws DrydockError LAB_INVALID for what is no honest archive: links and
 * devices in the lab, names that leave it, or that one file system takes for the same, more than a lab may bring along.
 */
export async function filesOfArchive(archive: Buffer, path: string): Promise<Map<string, BundleFile>> {
  const unpacked = await promisify(gunzip)(archive, { maxOutputLength: MAX_UNPACKED }).catch(() => {
    throw invalid('The archive cannot be read, or unpacks to more than a repository may hold.');
  });
  try {
    return take(unpacked, path);
  } catch (error) {
    throw error instanceof DrydockError ? error : invalid('The archive cannot be read.');
  }
}

function take(unpacked: Buffer, path: string): Map<string, BundleFile> {
  const files = new Map<string, BundleFile>();
  const folded = new Set<string>();
  let entries = 0;
  let left = MAX_LAB_BYTES;
  for (const entry of readTar(unpacked)) {
    entries += 1;
    if (entries > MAX_ENTRIES) throw invalid(`The archive has more than ${MAX_ENTRIES} entries.`);
    const inLab = pathInLab(entry.path, path);
    if (inLab === undefined || entry.type === 'directory') continue;
    const shown = inLab.slice(0, 200);
    if (entry.type !== 'file') throw invalid(`"${shown}" is no plain file.`);
    if (files.size >= MAX_LAB_FILES) throw invalid(`A lab has at most ${MAX_LAB_FILES} files.`);
    left -= entry.bytes.length;
    if (entry.bytes.length > MAX_ASSET_BYTES || left < 0) throw invalid(`"${shown}" makes the lab too large.`);
    const key = inLab.normalize('NFC').toLowerCase();
    if (folded.has(key)) throw invalid(`"${shown}" is there twice, where upper and lower case count the same.`);
    folded.add(key);
    // A copy: the whole archive would stay in memory for one of its files.
    const bytes = Buffer.from(entry.bytes);
    files.set(inLab, entry.executable ? { bytes, executable: true } : { bytes });
  }
  return files;
}

/** Without the archive's own folder and the lab's; undefined for what is not of the lab. @throws DrydockError for names that are a trick. */
function pathInLab(name: string, path: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name.length > MAX_PATH || name.startsWith('/') || /[\u0000-\u001f\u007f\\]/.test(name))
    throw invalid('The archive holds a name that leaves it.');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw invalid('The archive holds a name that leaves it.');
  const rest = parts.slice(1).join('/');
  if (path === '') return rest === '' || rest.startsWith('.') ? undefined : rest;
  return rest.startsWith(`${path}/`) ? rest.slice(path.length + 1) : undefined;
}
