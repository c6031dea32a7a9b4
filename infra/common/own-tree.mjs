/** Directories that belong to one service alone. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';

/**
 * Makes a service's own directory, closed to all others. Where another user had it, as in an installation of before each service had a
 * user of its own, all that lies in it changes hands.
 * @param {string} path
 * @param {{uid: number, gid: number}} owner
 * @throws {Error} when the files cannot be given away
 */
export function ownTree(path, owner) {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
  if (statSync(path).uid === owner.uid) return;
  // find enters no link, nor one that the former owner puts in the place of a directory meanwhile. The directory itself comes last: a walk
  // that was cut off is done again.
  const chown = ['-execdir', 'chown', '--no-dereference', `${owner.uid}:${owner.gid}`, '{}', '+'];
  const env = { PATH: '/usr/bin:/bin' };
  const { status, stderr } = spawnSync('find', [path, '-mindepth', '1', ...chown], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${path} could not be given to its new user: ${stderr}`);
  chownSync(path, owner.uid, owner.gid);
}
