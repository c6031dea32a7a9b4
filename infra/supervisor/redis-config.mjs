/** The configuration of the embedded redis-server. */
import { join } from 'node:path';
import { writeAtomic } from '../common/files.mjs';

/** Sessions, links and ports are small; a Redis that grows beyond this refuses writes instead of eating the host. */
const REDIS_MEMORY = '512mb';

/**
 * Writes redis.conf into Redis's own directory.
 * @param {{directory: string, port: number, password: string, user: {uid: number, gid: number}}} options
 * @returns {string} its path
 */
export function writeRedisConfig({ directory, port, password, user }) {
  const path = join(directory, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
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
