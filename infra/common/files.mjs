/** Small files that are never seen half-written. */
import { chownSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Writes `text` beside `path` and renames it into place.
 * @param {string} path
 * @param {string} text
 * @param {{mode?: number, uid?: number, gid?: number}} [options] `mode` defaults to 0644
 */
export function writeAtomic(path, text, { mode = 0o644, uid, gid } = {}) {
  const temporary = `${path}.new-${process.pid}`;
  writeFileSync(temporary, text, { mode });
  if (uid !== undefined && gid !== undefined) chownSync(temporary, uid, gid);
  renameSync(temporary, path);
}

/**
 * The text of a file, or undefined when there is none.
 * @param {string} path
 * @returns {string | undefined}
 */
export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * A JSON file's value, or undefined when it is missing or cut.
 * @param {string} path
 * @returns {any}
 */
export function readJsonIfThere(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
