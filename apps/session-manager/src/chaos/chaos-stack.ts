/** Everything that a small site runs, as processes that can be killed and that come back: Redis, managers, hosts with fake nodes and real shells, bad links. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpClient } from '@drydock/client';
import { statusResponseSchema } from '@drydock/protocol';
import { freePort, startTestRedis, type TestRedis } from '@drydock/testkit';
import { type Balancer, startBalancer } from '../testing/balancer.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** Seven programs that compile themselves on a busy machine (ms). */
const START_MS = 90_000;
/** What ends by itself is started again after so long (ms), as the supervisor does it: a manager that finds no Redis at its start ends. */
const RESTART_MS = 250;

export interface Victim {
  readonly name: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  start(): void;
}

export interface ChaosStack {
  readonly redis: TestRedis;
  readonly managers: readonly Victim[];
  readonly agents: readonly Victim[];
  /** Where pages and callers go: any manager that answers. */
  readonly front: Balancer;
  /** Each manager's own address. */
  readonly origins: readonly string[];
  /** The ways of all agents to one manager. */
  readonly agentLinks: readonly Balancer[];
  /** `session/node` of all that the hosts have written down. */
  nodes(): string[];
  /** Where the shells of a test may write. */
  readonly directory: string;
  /** Resolves when every manager is ready and sees every host. */
  whole(): Promise<void>;
  stop(): Promise<void>;
}

function victim(name: string, path: string, args: string[], env: Record<string, string>): Victim {
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  const start = () => {
    // They die with the test, however it ends.
    const started = spawn(
      'setpriv',
      [
        '--pdeathsig',
        'KILL',
        '--',
        process.execPath,
        '--conditions=source',
        '--import',
        'tsx',
        join(ROOT, path),
        ...args,
      ],
      {
        cwd: ROOT,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { PATH, HOME: '/tmp', ...env },
      },
    );
    child = started;
    started.once('exit', () => {
      if (child === started) restart = setTimeout(start, RESTART_MS);
    });
  };
  start();
  return {
    name,
    start,
    async kill() {
      const running = child;
      child = undefined;
      clearTimeout(restart);
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
    },
  };
}

/** `session/node` of every record below. */
function writtenNodes(nodesDir: string): string[] {
  const names = (path: string) => (existsSync(path) ? readdirSync(path) : []);
  return names(nodesDir).flatMap((session) =>
    names(join(nodesDir, session)).flatMap((node) =>
      existsSync(join(nodesDir, session, node, 'node.json')) ? [`${session}/${node}`] : [],
    ),
  );
}

/** Starts it with so many managers and hosts, and waits until it is whole. */
export async function startChaosStack(counts: { managers: number; hosts: number }): Promise<ChaosStack> {
  const directory = mkdtempSync(join(tmpdir(), 'dd-chaos-'));
  const key = randomBytes(32).toString('base64url');
  const keyFile = join(directory, 'agent-key');
  const keysFile = join(directory, 'agent-keys.json');
  const secretFile = join(directory, 'secret');
  writeFileSync(keyFile, key);
  writeFileSync(secretFile, key);
  writeFileSync(keysFile, JSON.stringify({ '*': createHash('sha256').update(key).digest('hex') }));
  const redis = await startTestRedis();
  const ports = await Promise.all(Array.from({ length: counts.managers }, freePort));
  const agentLinks = await Promise.all(ports.map((port) => startBalancer([port])));
  const front = await startBalancer(ports);
  const managers = ports.map((port) =>
    victim(`manager-${port}`, 'apps/session-manager/src/main.ts', [], {
      DRYDOCK_PORT: String(port),
      REDIS_URL: redis.url,
      DRYDOCK_AGENT_KEYS_FILE: keysFile,
      DRYDOCK_MANAGER_SECRET_FILE: secretFile,
      DRYDOCK_CREATE_BURST: '100000',
      DRYDOCK_CALL_BURST: '1000000',
      DRYDOCK_WRONG_TOKEN_BURST: '100000',
      DRYDOCK_LOG_LEVEL: 'fatal',
    }),
  );
  const hosts = Array.from({ length: counts.hosts }, (_, index) => ({
    name: `host${index + 1}`,
    stateDir: join(directory, `host${index + 1}`),
    env: {
      DRYDOCK_RUNTIME: 'fake',
      DRYDOCK_STATE_DIR: join(directory, `host${index + 1}`),
      DRYDOCK_RUN_DIR: join(directory, `host${index + 1}`),
      DRYDOCK_TERMINALS_SOCKET: join(directory, `terminals-${index + 1}`),
      DRYDOCK_LOG_LEVEL: 'fatal',
    },
  }));
  const terminals = hosts.map(({ name, env }) =>
    victim(`${name}-terminals`, 'apps/node-agent/src/terminals-main.ts', [], env),
  );
  const agents = hosts.map(({ name, env }) =>
    victim(name, 'apps/node-agent/src/main.ts', [], {
      ...env,
      DRYDOCK_MANAGER_URLS: agentLinks.map(({ origin }) => origin).join(','),
      DRYDOCK_AGENT_NAME: name,
      DRYDOCK_AGENT_KEY_FILE: keyFile,
      DRYDOCK_LIBRARY_URL: 'http://127.0.0.1:9',
      DRYDOCK_MAX_NODES: '1000',
      DRYDOCK_POOL_SIZE: '0',
      DRYDOCK_DISK_FLOOR: '0',
    }),
  );
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);

  /** What a manager lacks to be whole; undefined when nothing. */
  async function lackOf(origin: string): Promise<string | undefined> {
    const http = createHttpClient({ server: origin, fetch });
    const status = await http.call('GET', '/status', { read: statusResponseSchema }).catch(String);
    if (typeof status === 'string') return `${origin}: ${status}`;
    const isWhole = status.ready && status.hosts.filter(({ state }) => state === 'connected').length === counts.hosts;
    return isWhole ? undefined : `${origin}: ${JSON.stringify(status)}`;
  }

  const stack: ChaosStack = {
    redis,
    managers,
    agents,
    front,
    origins,
    agentLinks,
    directory,
    nodes: () => hosts.flatMap(({ stateDir }) => writtenNodes(join(stateDir, 'nodes'))),
    async whole() {
      const deadline = Date.now() + START_MS;
      for (;;) {
        const lacks = (await Promise.all(origins.map(lackOf))).filter((lack) => lack !== undefined);
        if (lacks.length === 0) return;
        if (Date.now() > deadline) throw new Error(`the site does not become whole: ${lacks.join('; ')}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async stop() {
      await Promise.all([...agents, ...managers].map((each) => each.kill()));
      await Promise.all(terminals.map((each) => each.kill()));
      await Promise.all([front, ...agentLinks].map((each) => each.close()));
      await redis.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await stack.whole();
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}
