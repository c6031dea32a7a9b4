/** One hash for the content of files and folders: the same content gives the same hash, whatever the dates say. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Folders that builds write into, and what an editor leaves: never part of a hash. */
const NEVER = new Set(['node_modules', 'dist', 'build', '.next', '.git', 'coverage', 'test-results']);

/**
 * Hashes names, execute bits and content of all files under `paths`; a path that is missing counts as missing.
 * @param {string} root paths are relative to it, and so are the names that are hashed
 * @param {readonly string[]} paths
 * @param {readonly string[]} [salt] whatever else decides the result (versions, flags)
 * @returns {string} 64 hex digits
 */
export function contentHash(root, paths, salt = []) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(salt));
  for (const path of [...paths].sort()) {
    for (const file of filesUnder(join(root, path))) {
      hash.update(`\0${relative(root, file.path)}\0${file.kind}\0`);
      if (file.kind !== 'missing') hash.update(createHash('sha256').update(file.content()).digest());
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {Generator<{path: string, kind: string, content: () => Buffer | string}>}
 */
function* filesUnder(path) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) yield { path, kind: 'missing', content: () => '' };
  else if (stat.isSymbolicLink()) yield { path, kind: 'link', content: () => readlinkSync(path) };
  else if (stat.isFile()) {
    yield { path, kind: stat.mode & 0o100 ? 'executable' : 'file', content: () => readFileSync(path) };
  } else if (stat.isDirectory()) {
    for (const name of readdirSync(path).sort()) {
      if (!NEVER.has(name) && !name.startsWith('.next-') && !name.endsWith('.tsbuildinfo') && !name.endsWith('~'))
        yield* filesUnder(join(path, name));
    }
  }
}
