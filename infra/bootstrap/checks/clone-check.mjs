/** The services run as a user who is not the clone's owner: what they read must be readable by others. */
import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPO } from '../../common/paths.mjs';
import { Problem } from '../../common/problem.mjs';

/** The parents of the clone may be closed (`/root` is): services see the clone through a mount of their own. */
const READ_BY_SERVICES = ['package.json', 'node_modules', 'apps', 'packages', 'infra'];
const OTHERS_READ = 0o004;
const OTHERS_SEARCH = 0o001;

/**
 * The first file or folder that others may not read, or undefined.
 * @param {string} path
 * @returns {string | undefined}
 */
export function firstUnreadable(path) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isSymbolicLink()) return undefined;
  const needed = stat.isDirectory() ? OTHERS_READ | OTHERS_SEARCH : OTHERS_READ;
  if ((stat.mode & needed) !== needed) return path;
  // Installed packages are many, and npm gives them the modes of its own umask, which we set.
  if (!stat.isDirectory() || basename(path) === 'node_modules') return undefined;
  for (const name of readdirSync(path)) {
    const found = firstUnreadable(join(path, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @type {import('./checks.mjs').Check} */
export const cloneReadable = (machine) => {
  for (const path of [machine.nodePath(), ...READ_BY_SERVICES.map((name) => join(REPO, name))]) {
    const unreadable = firstUnreadable(path);
    if (unreadable === undefined) continue;
    return new Problem(
      'CLONE_UNREADABLE',
      `${unreadable} is readable by its owner only, and the services run as the unprivileged user drydock.`,
      path === machine.nodePath() ? `Run: chmod go+rx ${path}` : `Run: chmod -R go+rX ${REPO}`,
    );
  }
  return undefined;
};
