/** Whether node_modules holds what package-lock.json says, by npm's own record of what it installed. */
import { join } from 'node:path';
import { readJsonIfThere } from '../common/files.mjs';

/** @typedef {{version?: string, integrity?: string, link?: boolean, optional?: boolean}} LockedPackage */

/**
 * @param {string} root directory of package-lock.json and node_modules
 * @returns {boolean} every package that is not optional has the locked version, and nothing else is there
 */
export function installedAsLocked(root) {
  /** @type {Record<string, LockedPackage> | undefined} */
  const locked = readJsonIfThere(join(root, 'package-lock.json'))?.packages;
  /** @type {Record<string, LockedPackage> | undefined} */
  const installed = readJsonIfThere(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (locked === undefined || installed === undefined) return false;
  for (const [path, { version, integrity, optional }] of packagesOf(locked)) {
    const there = installed[path];
    if (there === undefined && optional === true) continue;
    if (there === undefined || there.version !== version || there.integrity !== integrity) return false;
  }
  return packagesOf(installed).every(([path]) => locked[path] !== undefined);
}

/**
 * The entries that are installed packages: not the root, not workspaces.
 * @param {Record<string, LockedPackage>} packages
 */
function packagesOf(packages) {
  return Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
}
