/** Everything that one test needs: a node of a swarm in network namespaces, a played docker, and the real swarm-mesh. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.mjs';
import { addHost, layOut, removeAll, run } from './namespaces.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
/* The sanitizer build, say. */
// biome-ignore lint/style/noProcessEnv: the one setting of these tests, read in this one place
export const program = path.resolve(process.env.NATIVE_BUILD ?? path.join(here, '../../../build'), 'swarm-mesh');
const diagnosticPort = 3990;

export const INGRESS = 'ingressingressingressingre';
export const N1 = 'n1n1n1n1n1n1n1n1n1n1n1n1n';
const networks = [
  { Id: INGRESS, Name: 'ingress', Ingress: true },
  { Id: N1, Name: 'n1', Ingress: false },
];
/** The names of the sandboxes' files. */
export const SANDBOXES = { ingress: 'ingress_sbox', n1: `lb_${N1.slice(0, 9)}` };

/** @param {() => boolean | Promise<boolean>} what @param {string} sentence @param {number} [limit] in milliseconds */
export async function until(what, sentence, limit = 3000) {
  const start = performance.now();
  while (!(await what())) {
    if (performance.now() - start > limit) throw new Error(`not within ${limit} ms: ${sentence}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - start;
}

export const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function createWorld() {
  const prefix = `sm${process.pid}`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'swarm-mesh-'));
  const files = {
    netns: path.join(folder, 'netns'),
    socket: path.join(folder, 'docker.sock'),
    pid: path.join(folder, 'docker.pid'),
  };
  /** @type {(() => unknown)[]} */
  const cleanup = [() => fs.rmSync(folder, { recursive: true, force: true }), () => removeAll(prefix)];
  fs.mkdirSync(files.netns);
  const close = async () => {
    for (const release of cleanup.reverse().splice(0)) await release();
  };
  const inNode = (/** @type {string} */ name) => ['nsenter', `--net=/run/netns/${prefix}-${name}`];

  /** Puts a namespace where docker would, under a sandbox's name. */
  const mount = (/** @type {string} */ sandbox, /** @type {string} */ name) => {
    const file = path.join(files.netns, sandbox);
    if (!fs.existsSync(file)) fs.writeFileSync(file, '');
    run(['mount', '--bind', `/run/netns/${prefix}-${name}`, file]);
    cleanup.push(() => run(['umount', '-q', file], { mayFail: true }));
  };
  const unmount = (/** @type {string} */ sandbox) => run(['umount', path.join(files.netns, sandbox)]);

  try {
    layOut(prefix);
    mount(SANDBOXES.ingress, 'ingress');
    mount(SANDBOXES.n1, 'lb');
  } catch (error) {
    await close();
    throw error;
  }

  const startPeer = (/** @type {string} */ name) => {
    const peer = startChild([...inNode(name), process.execPath, path.join(here, 'peer.mjs'), name]);
    cleanup.push(() => peer.stop());
    return peer;
  };
  const docker = startChild([
    ...inNode('node'),
    process.execPath,
    path.join(here, 'fake-docker.mjs'),
    files.socket,
    files.pid,
    files.netns,
    `${diagnosticPort}`,
  ]);
  cleanup.push(() => docker.stop());

  const options = [
    '--socket',
    files.socket,
    '--pidfile',
    files.pid,
    '--netns-dir',
    files.netns,
    '--daemon-config',
    '/nonexistent',
  ];

  /** @param {{diagnostic?: boolean, force?: boolean}} [how] */
  const startMesh = ({ diagnostic = true, force = true } = {}) => {
    const argv = [
      ...inNode('node'),
      program,
      ...options,
      ...(diagnostic ? ['--diagnostic-port', `${diagnosticPort}`] : []),
      ...(force ? ['--force'] : []),
    ];
    const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
    const mesh = {
      child,
      pid: child.pid ?? 0,
      log: '',
      /** What was said before this place in the log is old news. */
      from: 0,
      status: /** @type {number | null} */ (null),
      lastLineAt: 0,
      stop,
      says,
      /** From here on `says` waits for what is said anew. */
      forget() {
        mesh.from = mesh.log.length;
      },
    };
    child.stderr.on('data', (text) => {
      mesh.log += text;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    void ended.then((status) => {
      mesh.status = status;
    });
    /** Waits for a line. @param {string | RegExp} text @param {number} [limit] in milliseconds */
    function says(text, limit = 3000) {
      const news = () => mesh.log.slice(mesh.from);
      const there = () => (typeof text === 'string' ? news().includes(text) : text.test(news()));
      return until(there, `the line ${text} in the log`, limit);
    }
    async function stop(/** @type {NodeJS.Signals} */ signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
      return mesh.status;
    }
    cleanup.push(() => stop());
    meshes.push(mesh);
    return mesh;
  };

  /** @type {ReturnType<typeof startMesh>[]} */
  const meshes = [];

  return {
    prefix,
    program,
    meshes,
    files,
    inNode,
    docker,
    close,
    mount,
    unmount,
    startPeer,
    startMesh,
    /** Runs a command in one of the namespaces. @param {string} name @param {string[]} argv */
    inside: (name, argv) => run([...inNode(name), ...argv], { mayFail: true }),
    /** @param {string} name @param {string[]} what arguments of raw.py */
    raw: (name, what) =>
      run([...inNode(name), 'python3', path.join(here, 'raw.py'), ...what], { mayFail: true }).trim(),
    /** A task with its servers. @param {string} name @param {number} number @param {{protocol: string, target: number, published: number}[]} ports */
    async addTask(name, number, ports) {
      addHost(prefix, name, number, ports);
      const peer = startPeer(name);
      for (const { protocol, target } of ports)
        if (protocol !== 'sctp') await peer.order('listen', { protocol, port: target });
      return peer;
    },
    /** Runs swarm-mesh with a mode that ends by itself. @param {string[]} more */
    once: (more) =>
      run([...inNode('node'), program, ...options, '--diagnostic-port', `${diagnosticPort}`, '--force', ...more], {
        mayFail: true,
      }),
    /** Sets what docker says and touches the sandboxes as it would. @param {object} changes @param {string[]} [touch] */
    say: (changes, touch = Object.values(SANDBOXES)) => docker.order('set', { networks, touch, ...changes }),
    status() {
      return JSON.parse(run([...inNode('node'), program, ...options, '--status']));
    },
  };
}

/** The records of one task on both networks. @param {object} task */
export function task({ service = 'web', number, ports = [], vip = 100, disabled = false, owner = 'node' }) {
  const common = { name: `${service}.${number}`, service, serviceId: `id-${service}`, disabled, owner };
  return {
    ingress: { ...common, address: `10.0.0.${number}`, vip: vip && `10.0.0.${vip}`, ports },
    n1: { ...common, address: `10.0.1.${number}`, vip: vip && `10.0.1.${vip}` },
  };
}

/** What docker's tables hold for these tasks. @param {ReturnType<typeof task>[]} tasks */
export const tables = (tasks) => ({
  tables: { [INGRESS]: tasks.map((t) => t.ingress).filter((r) => r.ports.length), [N1]: tasks.map((t) => t.n1) },
});
