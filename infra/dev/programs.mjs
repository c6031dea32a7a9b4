/** The programs of `npm run dev`, in the order of their start: the product's own, from source, with fake nodes and without Redis. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';

/** The compiler's program. */
export const TSC = join(REPO, 'node_modules/typescript/bin/tsc');

/** What the compiler builds for the pages: the packages alone. */
export function packageProjects() {
  return readdirSync(join(REPO, 'packages')).map((name) => `packages/${name}`);
}

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} file
 * @property {string[]} args
 * @property {string} cwd
 * @property {Record<string, string>} env
 * @property {NodeJS.Signals} [endBy] how it is asked to end; SIGTERM unless something else is said
 */

/**
 * @param {{port: number, webPort: number, logLevel: string}} choices
 * @param {import('./scratch.mjs').Scratch} scratch
 * @returns {Program[]}
 */
export function programs({ port, webPort, logLevel }, { directory, keyFile, keysFile }) {
  const origin = `http://127.0.0.1:${port}`;
  const node = {
    DRYDOCK_RUNTIME: 'fake',
    DRYDOCK_STATE_DIR: directory,
    DRYDOCK_TERMINALS_SOCKET: join(directory, 'terminals'),
    DRYDOCK_LOG_LEVEL: logLevel,
  };
  const tsx = join(REPO, 'node_modules/tsx/dist/cli.mjs');
  /** @param {string} path @param {boolean} watch */
  const source = (path, watch) => ({
    file: process.execPath,
    args: [tsx, ...(watch ? ['watch', '--clear-screen=false'] : []), '--conditions=source', join(REPO, path)],
    cwd: REPO,
  });
  return [
    // What pages import of the packages is their build, as in production.
    {
      name: 'packages',
      file: process.execPath,
      args: [TSC, '-b', '--watch', '--preserveWatchOutput', ...packageProjects()],
      cwd: REPO,
      env: {},
    },
    // Not watched: open terminals would end with it.
    { name: 'terminals', ...source('apps/node-agent/src/terminals-main.ts', false), env: node },
    {
      name: 'manager',
      ...source('apps/session-manager/src/main.ts', true),
      env: {
        DRYDOCK_STORE: 'memory',
        DRYDOCK_PORT: String(port),
        DRYDOCK_WEB_URL: `http://127.0.0.1:${webPort}`,
        DRYDOCK_AGENT_KEYS_FILE: keysFile,
        DRYDOCK_LOG_LEVEL: logLevel,
      },
    },
    {
      name: 'agent',
      ...source('apps/node-agent/src/main.ts', true),
      env: {
        ...node,
        DRYDOCK_RUN_DIR: directory,
        DRYDOCK_MANAGER_URL: origin,
        DRYDOCK_AGENT_NAME: 'laptop',
        DRYDOCK_AGENT_KEY_FILE: keyFile,
        // Fake nodes pull nothing.
        DRYDOCK_LIBRARY_URL: 'http://127.0.0.1:9',
        DRYDOCK_MAX_NODES: '50',
        DRYDOCK_POOL_SIZE: '1',
        DRYDOCK_DISK_FLOOR: '0',
      },
      endBy: 'SIGINT',
    },
    {
      name: 'web',
      file: process.execPath,
      args: [
        join(REPO, 'node_modules/next/dist/bin/next'),
        'dev',
        '--hostname',
        '127.0.0.1',
        '--port',
        String(webPort),
      ],
      cwd: join(REPO, 'apps/web'),
      env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'development' },
    },
  ];
}
