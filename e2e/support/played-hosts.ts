/**
 * Several hosts of one place, played by namespaces of the network and of mounts, so that each has links and named namespaces of its
 * own; one bridge plays the network between them. Nothing leaves the machine.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { forwardOrigin } from './forward-origin.ts';
import type { Stack } from './stack.ts';

export interface PlayedHost {
  readonly address: string;
  /** Runs a command on the host. */
  readonly within: readonly string[];
  /** Runs a shell script on the host; its output. */
  sh(script: string): string;
}

export interface PlayedHosts {
  readonly hosts: readonly PlayedHost[];
  /** Lets the tests reach a stack on one of them by its origin. */
  open(host: PlayedHost, stack: Stack): Promise<void>;
  close(): void;
}

/** Plays `count` hosts at 198.51.100.101 and so on (documentation, RFC 5737). */
export async function playHosts(count: number): Promise<PlayedHosts> {
  const bridge = `ddt-between-${process.pid}`;
  const holders: ChildProcess[] = [];
  const releases: (() => void)[] = [];
  execFileSync('sh', [
    '-ec',
    `ip netns add ${bridge}; ip -n ${bridge} link add u0 type bridge; ip -n ${bridge} link set u0 up`,
  ]);

  async function play(number: number): Promise<PlayedHost> {
    const address = `198.51.100.${100 + number}`;
    const holder = spawn(
      'unshare',
      ['--net', '--mount', 'sh', '-ec', 'mount -t tmpfs none /run/netns; echo up; exec sleep 100000'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    holders.push(holder);
    await once(holder.stdout, 'data');
    const within = ['nsenter', '--net', '--mount', '-t', String(holder.pid), `--wd=${process.cwd()}`, '--'];
    const [program = '', ...args] = within;
    const sh = (script: string) => execFileSync(program, [...args, 'sh', '-ec', script], { encoding: 'utf8' });
    execFileSync('sh', [
      '-ec',
      `ip -n ${bridge} link add h${number} type veth peer name eth0 netns ${holder.pid}
      ip -n ${bridge} link set h${number} master u0; ip -n ${bridge} link set h${number} up`,
    ]);
    sh(`ip link set lo up; ip addr add ${address}/24 dev eth0; ip link set eth0 up`);
    return { address, within, sh };
  }

  const hosts: PlayedHost[] = [];
  for (let number = 1; number <= count; number += 1) hosts.push(await play(number));
  return {
    hosts,
    async open(host, stack) {
      releases.push(await forwardOrigin(stack, host.within));
    },
    close() {
      for (const release of releases) release();
      for (const holder of holders) holder.kill('SIGKILL');
      execFileSync('ip', ['netns', 'del', bridge]);
    },
  };
}
