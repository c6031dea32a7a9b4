/** `npm run dev`: the whole product on this machine as whoever calls it, from source, with nodes that only play nodes (docs/development.md). */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedAsLocked } from '../bootstrap/installed-as-locked.mjs';
import { REPO } from '../common/paths.mjs';
import { managerStatus } from '../supervisor/readiness.mjs';
import { startChildren } from './children.mjs';
import { packageProjects, programs, TSC } from './programs.mjs';
import { makeScratch } from './scratch.mjs';

const DEFAULT_PORT = 3000;
/** Between two looks whether it is up (ms). */
const LOOK_MS = 200;

/** @param {string[]} command program and arguments, run in the clone */
function run([file = '', ...args]) {
  const { status } = spawnSync(file, args, { cwd: REPO, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * @param {number} wanted 0: any
 * @returns {Promise<number | undefined>} a port of the loopback that is free now
 */
function freePort(wanted) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** The port that was asked for, else 3000 or one near it. */
async function choosePort() {
  const { DRYDOCK_PORT: set } = process.env;
  for (const wanted of set ? [Number(set)] : [DEFAULT_PORT, DEFAULT_PORT + 100, DEFAULT_PORT + 200, 0]) {
    const port = await freePort(wanted);
    if (port !== undefined) return port;
  }
  console.error(`dev: port ${set} is taken by another program`);
  process.exit(69);
}

if (!installedAsLocked(REPO)) run(['npm', 'ci']);
const port = await choosePort();
const webPort = /** @type {number} */ (await freePort(0));
run([process.execPath, TSC, '-b', ...packageProjects()]);
run(['npm', 'run', '-s', 'build', '-w', '@drydock/embed']);

const scratch = makeScratch();
const origin = `http://localhost:${port}`;
/** @type {number | undefined} */
let ending;
const children = startChildren(
  programs({ port, webPort, logLevel: process.env.DRYDOCK_LOG_LEVEL ?? 'info' }, scratch),
  (name) => {
    console.error(`dev: ${name} has ended`);
    void end(1);
  },
);

/** @param {number} code */
async function end(code) {
  if (ending !== undefined) return;
  ending = code;
  console.log('dev: ending');
  await children.stop();
  scratch.remove();
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0));

while (ending === undefined) {
  const status = await managerStatus(origin);
  const isWebUp = await fetch(`http://127.0.0.1:${webPort}`, { method: 'HEAD' }).then(
    () => true,
    () => false,
  );
  if (isWebUp && status?.hosts.some(({ state }) => state === 'connected')) {
    console.log(
      `\n  Drydock for development: ${origin}\n  Nodes are fakes: directories and processes of yours. Ctrl-C ends all of it.\n`,
    );
    // Its first compilation may take longer than the manager waits for a page.
    fetch(`http://127.0.0.1:${webPort}/s/aaaaaaaa`, { method: 'HEAD' }).catch(() => undefined);
    break;
  }
  await sleep(LOOK_MS);
}
