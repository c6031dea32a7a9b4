/** Managers as an operator runs them, each a process of its own over one Redis, with one host whose nodes are fake. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startTestRedis } from '@drydock/testkit';
import { createFixtureAgent } from '../testing/fixture-agent.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const READY_MS = 60_000;

export interface BenchManagers {
  readonly origins: readonly string[];
  /** Resident memory of a manager (bytes). */
  memory(index: number): number;
  stop(): Promise<void>;
}

async function isReady(origin: string): Promise<boolean> {
  const answer = await fetch(`${origin}/readyz`).catch(() => undefined);
  return answer?.ok === true;
}

/** Starts `count` managers from the build, which must be there. */
export async function startBenchManagers(count: number): Promise<BenchManagers> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build first`);
  const directory = mkdtempSync(join(tmpdir(), 'dd-bench-'));
  const key = randomBytes(32).toString('base64url');
  const keysFile = join(directory, 'agent-keys.json');
  writeFileSync(keysFile, JSON.stringify({ '*': createHash('sha256').update(key).digest('hex') }));
  const redis = await startTestRedis(['--appendfsync', 'everysec']);
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const children: ChildProcess[] = ports.map((port) =>
    spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, MAIN], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH,
        DRYDOCK_PORT: String(port),
        REDIS_URL: redis.url,
        DRYDOCK_AGENT_KEYS_FILE: keysFile,
        DRYDOCK_MAX_SESSIONS: '1000000',
        DRYDOCK_CREATE_BURST: '100000',
        DRYDOCK_CREATES_PER_MINUTE: '1000000',
        DRYDOCK_CALL_BURST: '1000000',
        DRYDOCK_CALLS_PER_SECOND: '1000000',
        DRYDOCK_LOG_LEVEL: 'fatal',
      },
    }),
  );
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  const agent = createFixtureAgent({ url: origins, name: 'bench', key, maxNodes: 1_000_000, keepTrying: true });

  async function stop(): Promise<void> {
    agent.close();
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }),
    );
    await redis.stop();
    rmSync(directory, { recursive: true, force: true });
  }

  const deadline = Date.now() + READY_MS;
  await agent.connect();
  while (!agent.allGreeted() || !(await Promise.all(origins.map(isReady))).every(Boolean)) {
    if (Date.now() > deadline) {
      await stop();
      throw new Error('the managers do not become ready');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    origins,
    memory(index) {
      const status = readFileSync(`/proc/${children[index]?.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    },
    stop,
  };
}
