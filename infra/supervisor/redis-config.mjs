/** The configuration of the embedded redis-server. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeAtomic } from '../common/files.mjs';

/** Sessions, links and ports are small; a Redis that grows beyond this refuses writes instead of eating the host. */
const REDIS_MEMORY = '512mb';
/** What the manager is to Redis. Nobody else is let in. */
const REDIS_USER = 'drydock';
/** Every command on data; of those that rule the server only INFO, which the client asks to know whether it is ready. */
const RIGHTS = '~* &* +@all -@admin -@dangerous +info';
/**
 * Nobody can sign in as this one: it is off. It has all rights, because Redis itself reads its append-only file as the default user, and
 * leaves out each transaction, and each script of several writes, that this user may not run (NOPERM at EXEC; seen with 7.0.15).
 */
const DEFAULT_USER = 'user default off ~* &* +@all';

/**
 * The address by which the manager reaches it.
 * @param {number} port
 * @param {string} password letters, digits, - and _
 */
export function redisAddress(port, password) {
  return `redis://${REDIS_USER}:${password}@127.0.0.1:${port}`;
}

/**
 * Writes a configuration into Redis's own directory.
 * @param {{directory: string, name?: string, port: number, password: string, user: {uid: number, gid: number}}} options
 * @returns {string} its path
 */
export function writeRedisConfig({ directory, name = 'redis.conf', port, password, user }) {
  const path = join(directory, name);
  const hash = createHash('sha256').update(password).digest('hex');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    DEFAULT_USER,
    `user ${REDIS_USER} on #${hash} ${RIGHTS}`,
    'daemonize no',
    'databases 1',
    `dir ${directory}`,
    // Every write is in the file within a second: a restart keeps sessions, also after kill -9.
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    `maxmemory ${REDIS_MEMORY}`,
    'maxmemory-policy noeviction',
    'logfile ""',
  ];
  writeAtomic(path, `${lines.join('\n')}\n`, { mode: 0o400, ...user });
  return path;
}
