import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AgentFact, NodePort } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createNodeHandles, type NodeHandles } from '../runtime/runc/node-handle.ts';
import type { NodeHandle } from '../runtime/runtime.ts';
import { loadNetnsAddon } from '../system/netns-addon.ts';
import { createNetnsSockets } from '../system/netns-sockets.ts';
import { processStartTime } from '../system/process-start.ts';
import { createNodeWatchers, type NodeWatchers } from './node-watchers.ts';

const NATIVE_DIR = fileURLToPath(new URL('../../../../native/build', import.meta.url));
/** For what a busy machine delays; how quickly ports are seen is a figure of the bench. */
const PATIENCE = { timeout: 10_000, interval: 5 };

const fact = (name: string, state: 'running' | 'destroying') =>
  ({ kind: 'node', node: { sessionId: 'watchtst', name, state } }) as unknown as AgentFact;
let watchers: NodeWatchers;
let nodes: Record<string, NodeHandle>;
let handles: NodeHandles;
let children: ChildProcess[];
let ports: Record<string, NodePort[]>;

beforeEach(() => {
  nodes = {};
  children = [];
  ports = {};
  const sockets = createNetnsSockets(loadNetnsAddon(NATIVE_DIR));
  handles = createNodeHandles({
    nativeDir: NATIVE_DIR,
    sockets,
    clock: systemClock,
    logger: createLogger('test', 'silent'),
  });
  watchers = createNodeWatchers({
    findNode: (_session, name) => nodes[name],
    connectPort: (_session, name, port) => (nodes[name] as NodeHandle).connectTcp('127.0.0.1', port, 1000),
    observe: (_session, name, observation) => {
      if (observation.ports) ports[name] = observation.ports;
    },
    onOom: () => {},
    onSwarm: () => {},
    onEngineEvent: () => {},
    clock: systemClock,
  });
});
afterEach(() => {
  watchers.close();
  handles.close();
  for (const child of children) child.kill('SIGKILL');
});

async function run(command: string, args: string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

async function node(name: string): Promise<number> {
  const script = 'mount -t tmpfs none /run && ip link set lo up && echo up && exec sleep 1000';
  const child = await run('unshare', ['--net', '--mount', 'sh', '-c', script]);
  const startTime = (await processStartTime(child.pid as number)) ?? 0n;
  nodes[name] = await handles.of({ pid: child.pid as number, startTime, memoryGroup: undefined });
  watchers.onFact(fact(name, 'running'));
  return child.pid as number;
}

/** A program in the node that listens and closes on command. */
async function listener(pid: number): Promise<{ open(port: number): void; close(): void }> {
  const script = `
    let server;
    process.stdin.on('data', (line) => {
      const port = Number(line);
      if (port) server = require('net').createServer().listen(port, '0.0.0.0');
      else server.close();
    });
    console.log('ready');`;
  const child = await run('nsenter', ['-n', '-t', String(pid), process.execPath, '-e', script]);
  return { open: (port) => void child.stdin?.write(`${port}\n`), close: () => void child.stdin?.write('0\n') };
}

test('a port is seen when it listens and when it closes, in the node where it is', async () => {
  const [first] = [await node('node1'), await node('node2')];
  const program = await listener(first);
  for (let round = 0; round < 10; round += 1) {
    program.open(8080);
    await vi.waitFor(() => expect((ports.node1 ?? []).map(({ port }) => port)).toEqual([8080]), PATIENCE);
    program.close();
    await vi.waitFor(() => expect(ports.node1).toEqual([]), PATIENCE);
  }
  expect(ports.node2 ?? []).toEqual([]);
});

test('a watcher that dies is started again and knows all nodes', async () => {
  const pid = await node('node1');
  const program = await listener(pid);
  program.open(8081);
  await vi.waitFor(() => expect(ports.node1 ?? []).toHaveLength(1), PATIENCE);
  const watcher = await once(spawn('pgrep', ['-P', String(process.pid), '-x', 'dd-watch']).stdout, 'data');
  process.kill(Number(String(watcher[0]).trim()), 'SIGKILL');
  program.close();
  await vi.waitFor(() => expect(ports.node1).toEqual([]), PATIENCE);
});

test('a node that goes is let go: nothing of ours keeps its network', async () => {
  const pid = await node('node1');
  const program = await listener(pid);
  program.open(8082);
  await vi.waitFor(() => expect(ports.node1 ?? []).toHaveLength(1), PATIENCE);
  watchers.onFact(fact('node1', 'destroying'));
  program.close();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(ports.node1).toHaveLength(1);
});
