/** The unprivileged users that services run as: one each, so that none can read what another has. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfThere } from '../common/files.mjs';
import { Problem } from '../common/problem.mjs';
import { runCommand } from '../common/run-command.mjs';

/**
 * The services and their users. The manager has the oldest name: operators have given it their certificates to read.
 * @satisfies {Record<string, string>}
 */
export const SERVICE_USERS = {
  manager: 'drydock',
  web: 'drydock-web',
  redis: 'drydock-redis',
  mirror: 'drydock-mirror',
  hub: 'drydock-hub',
};

/** Another start of this machine makes the same users at this moment, and the password file is locked (tries, ms). */
const TRIES = 20;
const PAUSE_MS = 250;

/** @typedef {{uid: number, gid: number}} UserIds */
/** @typedef {Record<keyof typeof SERVICE_USERS, UserIds>} ServiceUsers */

/**
 * A user's ids from /etc/passwd, or undefined when there is no such user.
 * @param {string} name
 * @param {string} [passwd] the file's text
 * @returns {UserIds | undefined}
 */
export function findUser(name, passwd = readIfThere('/etc/passwd') ?? '') {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((columns) => columns[0] === name);
  return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/**
 * Makes the users that are missing: no shell, no home, no password.
 * @returns {Promise<ServiceUsers>}
 * @throws {Problem} USER_FAILED
 */
export async function ensureServiceUsers() {
  /** @type {Partial<ServiceUsers>} */
  const users = {};
  for (const [service, name] of Object.entries(SERVICE_USERS)) {
    users[/** @type {keyof ServiceUsers} */ (service)] = await ensureUser(name);
  }
  return /** @type {ServiceUsers} */ (users);
}

/** @param {string} name */
async function ensureUser(name) {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  const look = ['--shell', '/usr/sbin/nologin', '--comment', 'Drydock service'];
  let said = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const there = findUser(name);
    if (there !== undefined) return there;
    const { code, output } = await runCommand('useradd', [...options, ...look, name]);
    said = output.trim();
    if (code !== 0 && findUser(name) === undefined) await sleep(PAUSE_MS);
  }
  throw new Problem(
    'USER_FAILED',
    `The system user ${name} could not be made: ${said}`,
    `Make it by hand: useradd --system --user-group ${name}`,
  );
}
