/**
 * A host and its world, played by two network namespaces: a stack that runs in the first has its uplink end in the second, which
 * answers for every address there is, the internet's, private ones and the metadata service's alike. Nothing leaves the machine.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { forwardOrigin } from './forward-origin.ts';
import type { Stack } from './stack.ts';

/** The played host's address in the played world (documentation, RFC 5737). */
export const HOST_ADDRESS = '198.51.100.1';
/** Its router, in the same network. */
export const WORLD_ADDRESS = '198.51.100.2';

/** Listens on the ports of its arguments, on all addresses; says so. */
const LISTENER = `
const net = require('node:net');
const ports = process.argv.slice(1).map(Number);
let left = ports.length;
for (const port of ports)
  net.createServer((socket) => socket.on('error', () => {}).end('played')).listen(port, '0.0.0.0', () => --left || console.log('up'));
`;

export interface PlayedWorld {
  /** Runs a command in the played host's network. */
  within: readonly string[];
  /** Lets the tests reach the stack in the played host by its origin. */
  open(stack: Stack): Promise<void>;
  /** Listens on a port of the played host, on all of its addresses. */
  hostService(port: number): Promise<void>;
  /** Runs a shell script in the played host's network; its output. */
  sh(script: string): string;
  close(): void;
}

/** Plays them; the world answers on `ports`. */
export async function playWorld(ports: readonly number[]): Promise<PlayedWorld> {
  const [host, world] = [`ddt-host-${process.pid}`, `ddt-world-${process.pid}`];
  const inside = (name: string) => ['nsenter', `--net=/run/netns/${name}`, '--'];
  const children: ChildProcess[] = [];
  const releases: (() => void)[] = [];

  async function run(where: string, script: string, args: readonly string[]): Promise<void> {
    const [program = '', ...rest] = [...inside(where), process.execPath, '-e', script, ...args];
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
  }

  execFileSync('sh', [
    '-ec',
    `for n in ${host} ${world}; do ip netns add $n; ip -n $n link set lo up; done
    ip -n ${host} link add eth0 type veth peer name eth0 netns ${world}
    ip -n ${host} addr add ${HOST_ADDRESS}/30 dev eth0; ip -n ${world} addr add ${WORLD_ADDRESS}/30 dev eth0
    ip -n ${host} link set eth0 up; ip -n ${world} link set eth0 up
    ip -n ${host} route add default via ${WORLD_ADDRESS}
    # Every address is the world's own, but for the host's (Documentation/networking/ip-sysctl.rst knows it as AnyIP).
    ip -n ${world} route add local default dev lo table main`,
  ]);
  await run(world, LISTENER, ports.map(String));

  return {
    within: inside(host),
    async open(stack) {
      releases.push(await forwardOrigin(stack, inside(host)));
    },
    hostService: (port) => run(host, LISTENER, [String(port)]),
    sh(script) {
      const [program = '', ...args] = [...inside(host), 'sh', '-c', script];
      return spawnSync(program, args, { encoding: 'utf8' }).stdout;
    },
    close() {
      for (const release of releases) release();
      for (const child of children) child.kill('SIGKILL');
      for (const name of [host, world]) execFileSync('ip', ['netns', 'del', name]);
    },
  };
}
