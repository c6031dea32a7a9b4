/** Writes what an importer or exporter made, into a folder that is not there yet. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { LabFile, LabFiles } from '@drydock/lab';
import { EXIT, Failure } from '../../../failure.ts';

/**
 * Writes `files` into the new folder `target`; pictures and other bytes are copied from `source`, whose files are known by content.
 * @throws Failure TARGET_EXISTS: nothing of an author's is ever overwritten.
 */
export async function writeFolder(
  target: string,
  files: LabFiles,
  source: { folder: string; files: LabFiles },
): Promise<void> {
  await mkdir(dirname(resolve(target)), { recursive: true });
  await mkdir(target).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? targetExists(target) : error;
  });
  const bytesOf = new Map<string, string>();
  for (const [path, file] of source.files) if ('digest' in file) bytesOf.set(file.digest, path);
  const root = resolve(target);
  for (const [path, file] of files) {
    const to = resolve(root, path);
    // The importers make paths below the lab; a foreign one that is not shall end here at the latest.
    if (!to.startsWith(root + sep))
      throw new Failure('BAD_ANSWER', `"${path}" leads out of the folder.`, EXIT.software);
    await mkdir(dirname(to), { recursive: true });
    const from = 'digest' in file ? bytesOf.get(file.digest) : undefined;
    if ('text' in file) await writeFile(to, file.text, { flag: 'wx', mode: modeOf(file) });
    else if (from !== undefined) await copyFile(join(source.folder, from), to);
  }
}

export function targetExists(target: string): Failure {
  return new Failure('TARGET_EXISTS', `"${target}" is there already.`, EXIT.refused, 'Name another folder.');
}

function modeOf({ executable }: LabFile): number {
  return executable === true ? 0o755 : 0o644;
}
