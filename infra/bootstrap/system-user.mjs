/** The unprivileged user that manager, web, Redis and the mirror run as. */
import { readIfThere } from '../common/files.mjs';
import { Problem } from '../common/problem.mjs';
import { runCommand } from '../common/run-command.mjs';

export const SYSTEM_USER = 'drydock';

/** @typedef {{uid: number, gid: number}} UserIds */

/**
 * The user's ids from /etc/passwd, or undefined when there is no such user.
 * @param {string} [passwd] the file's text
 * @returns {UserIds | undefined}
 */
export function findSystemUser(passwd = readIfThere('/etc/passwd') ?? '') {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((columns) => columns[0] === SYSTEM_USER);
  return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/**
 * Makes the user when it is missing: no shell, no home, no password.
 * @returns {Promise<UserIds>}
 * @throws {Problem} USER_FAILED
 */
export async function ensureSystemUser() {
  const there = findSystemUser();
  if (there !== undefined) return there;
  const { output } = await runCommand('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    '--comment',
    'Drydock services',
    SYSTEM_USER,
  ]);
  // Two first starts at once: the second useradd fails, and the user is there all the same.
  const made = findSystemUser();
  if (made === undefined) {
    throw new Problem(
      'USER_FAILED',
      `The system user ${SYSTEM_USER} could not be made: ${output.trim()}`,
      'Make it by hand: useradd --system --user-group drydock',
    );
  }
  return made;
}
