/** What the checks may ask about this machine; tests hand the checks a machine of their own making. */
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { readIfThere } from '../../common/files.mjs';
import { listenerOf, totalMemory } from '../../common/proc.mjs';
import { pingRedis } from '../../common/redis-ping.mjs';
import { runCommand } from '../../common/run-command.mjs';

/**
 * @typedef {object} Machine
 * @property {() => Record<string, string>} osRelease
 * @property {() => number} uid
 * @property {() => boolean} maySysAdmin whether root has its powers here (a container's root often has not)
 * @property {() => string} nodeVersion e.g. 20.9.0
 * @property {() => string} nodePath
 * @property {() => string} arch as Node names it
 * @property {() => string} kernel e.g. 6.1.0-18-amd64
 * @property {() => number} memory bytes
 * @property {(path: string) => number} freeDisk bytes, of the file system that would hold `path`
 * @property {(path: string) => string | undefined} read
 * @property {(path: string) => boolean} exists
 * @property {(path: string) => boolean} writable
 * @property {(host: string, port: number) => Promise<string | undefined>} listenError error code, e.g. EADDRINUSE
 * @property {(port: number) => {pid: number, command: string} | undefined} listenerOf
 * @property {(url: string, caFile?: string) => Promise<string | undefined>} redisError
 * @property {(script: string, input?: string) => Promise<{code: number, output: string}>} shell
 */

/** How long a probe may take (ms); a hanging mount must not hang the start. */
const PROBE_LIMIT_MS = 20_000;
const CAP_SYS_ADMIN = 21n;

/** @returns {Machine} the one this process runs on */
export function thisMachine() {
  return {
    osRelease: () => parseOsRelease(readIfThere('/etc/os-release') ?? ''),
    uid: () => process.getuid?.() ?? -1,
    maySysAdmin: () => {
      const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
      return (BigInt(`0x${mask}`) & (1n << CAP_SYS_ADMIN)) !== 0n;
    },
    nodeVersion: () => process.versions.node,
    nodePath: () => process.execPath,
    arch: () => process.arch,
    kernel: release,
    memory: totalMemory,
    freeDisk,
    read: readIfThere,
    exists: existsSync,
    writable: (path) => {
      try {
        accessSync(path, constants.W_OK);
        return true;
      } catch {
        return false;
      }
    },
    listenError,
    listenerOf,
    redisError: (url, caFile) => pingRedis(url, 3_000, caFile),
    shell: (script, input) =>
      runCommand('sh', ['-c', script], { timeoutMs: PROBE_LIMIT_MS, ...(input === undefined ? {} : { input }) }),
  };
}

/** @param {string} path */
function freeDisk(path) {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

/**
 * Tries to listen and lets go at once.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | undefined>}
 */
function listenError(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/**
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(?:"(.*)"|(.*))$/.exec(line.trim());
    if (match?.[1] !== undefined) fields[match[1]] = match[2] ?? match[3] ?? '';
  }
  return fields;
}
