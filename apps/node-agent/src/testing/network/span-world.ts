/**
 * For tests of sessions that span hosts: hosts played by namespaces of the network and of mounts, so that each has links and named
 * namespaces of its own, joined by one bridge that plays the network between them.
 */

import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SessionId } from '@drydock/protocol';

const MAIN = fileURLToPath(new URL('./span-host-main.ts', import.meta.url));

export interface SpanHost {
  readonly address: string;
  /** Asks the host's agent, one thing at a time. */
  ask(call: string, order?: object): Promise<unknown>;
  /** Runs a shell script on the host; its output. */
  sh(script: string): string;
  /** A process with a network of its own stands for a node; gives its pid. */
  node(sessionId: SessionId, index: number): Promise<number>;
  /** Another life of the agent; `adopt` are the sessions that it finds. */
  restart(adopt: readonly string[]): Promise<void>;
}

export interface SpanWorld {
  host(): Promise<SpanHost>;
  close(): Promise<void>;
}

const run = (script: string) => execFileSync('sh', ['-ec', script], { encoding: 'utf8' });

/** Runs a shell script in a node's network; its output. */
export function inNode(pid: number, script: string): string {
  return execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, 'sh', '-c', script], { encoding: 'utf8' });
}

/** Opens it without hosts. */
export function openSpanWorld(): SpanWorld {
  const bridge = `ddt-u${process.pid}`;
  const releases: (() => void | Promise<void>)[] = [];
  let count = 0;
  run(`ip netns add ${bridge}; ip -n ${bridge} link add u0 type bridge; ip -n ${bridge} link set u0 up`);
  releases.push(() => void run(`ip netns del ${bridge}`));

  async function host(): Promise<SpanHost> {
    count += 1;
    const address = `198.51.100.${200 + count}`;
    const stateDir = mkdtempSync(join(tmpdir(), 'dd-span-'));
    releases.push(() => rmSync(stateDir, { recursive: true }));
    // It holds the host's namespaces while agents come and go.
    const holder = spawn(
      'unshare',
      ['--net', '--mount', 'sh', '-ec', 'mount -t tmpfs none /run/netns; echo up; exec sleep 1000'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    releases.push(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const within = ['--net', '--mount', '-t', String(holder.pid)];
    run(`ip -n ${bridge} link add h${count} type veth peer name eth0 netns ${holder.pid}
      ip -n ${bridge} link set h${count} master u0; ip -n ${bridge} link set h${count} up
      nsenter ${within.join(' ')} sh -ec 'ip link set lo up; ip addr add ${address}/24 dev eth0; ip link set eth0 up'`);
    const children = new Map<string, number[]>();
    releases.push(() => {
      for (const pid of [...children.values()].flat()) process.kill(pid, 'SIGKILL');
    });
    let agent: ChildProcessWithoutNullStreams | undefined;
    let answers: AsyncIterator<string> | undefined;

    async function answer(): Promise<unknown> {
      const line = await answers?.next();
      const said = JSON.parse(line?.value ?? '{"error":"the agent has ended"}') as { answer?: unknown; error?: string };
      if (said.error !== undefined) throw new Error(said.error);
      return said.answer;
    }
    async function start(adopt: readonly string[]): Promise<void> {
      const settings = JSON.stringify({ stateDir, address, adopt });
      const node = [process.execPath, '--conditions=source', '--import', 'tsx', MAIN, settings];
      agent = spawn('nsenter', [...within, `--wd=${process.cwd()}`, '--', ...node], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }) as never;
      answers = createInterface({ input: (agent as ChildProcessWithoutNullStreams).stdout })[Symbol.asyncIterator]();
      await answer();
    }
    async function ask(call: string, order: object = {}): Promise<unknown> {
      agent?.stdin.write(`${JSON.stringify({ call, sessionId: '', ...order })}\n`);
      return answer();
    }
    async function stop(): Promise<void> {
      if (agent === undefined) return;
      const ended = once(agent, 'close');
      agent.kill('SIGKILL');
      await ended;
    }
    releases.push(stop);
    await start([]);
    releases.push(async () => {
      for (const sessionId of children.keys()) await ask('destroy', { sessionId });
    });

    return {
      address,
      ask,
      sh: (script) => execFileSync('nsenter', [...within, '--', 'sh', '-c', script], { encoding: 'utf8' }),
      async node(sessionId, index) {
        const child = spawn('unshare', ['--net', 'sh', '-c', 'echo up; exec sleep 1000'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const pid = child.pid as number;
        children.set(sessionId, [...(children.get(sessionId) ?? []), pid]);
        await once(child.stdout, 'data');
        await ask('attach', { sessionId, name: `node${index}`, index, pid });
        return pid;
      },
      async restart(adopt) {
        await stop();
        await start(adopt);
      },
    };
  }

  return {
    host,
    async close() {
      for (const release of releases.reverse()) await release();
    },
  };
}
