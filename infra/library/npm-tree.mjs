/** The npm that goes into the node image: the one of this very machine, since Debian's own is 300 packages. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * @returns {{path: string, version: string} | undefined} undefined when this machine's npm is not in one piece
 */
export function findNpm() {
  const candidates = [
    process.env.npm_execpath === undefined ? undefined : resolve(dirname(process.env.npm_execpath), '..'),
    resolve(dirname(process.execPath), '../lib/node_modules/npm'),
    '/usr/lib/node_modules/npm',
    '/usr/local/lib/node_modules/npm',
  ];
  for (const path of candidates) {
    if (path === undefined || !existsSync(join(path, 'node_modules/@npmcli/arborist'))) continue;
    const { name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    if (name === 'npm') return { path, version };
  }
  return undefined;
}
