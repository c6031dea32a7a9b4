/**
 * The terminals' path without nodes: real manager, redis, agent link and terminal host, each a process that can be killed; the
 * shells are this machine's own.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient, createSessionApi, type SessionPlace, startSession } from '@drydock/client';
import { freePort, isListening } from './ports.ts';
import { startProcess, startSource, type TestProcess } from './processes.ts';
import { until } from './until.ts';

export interface TerminalStack {
  readonly origin: string;
  readonly port: number;
  readonly manager: TestProcess;
  readonly agent: TestProcess;
  readonly terminals: TestProcess;
  /** A session with one node of the name `node1`. */
  createSession(): Promise<{ sessionId: SessionPlace['sessionId']; token: string; viewerToken: string }>;
  stop(): Promise<void>;
}

/** Starts everything on free ports. */
export async function startTerminalStack(): Promise<TerminalStack> {
  const directory = mkdtempSync(join(tmpdir(), 'dd-terminal-stack-'));
  const key = randomBytes(32).toString('base64url');
  const keyFile = join(directory, 'agent-key');
  const keysFile = join(directory, 'agent-keys.json');
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(keysFile, JSON.stringify({ '*': createHash('sha256').update(key).digest('hex') }));
  const [port, redisPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  const socketPath = join(directory, 'terminals');

  const redisArgs = ['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const redis = startProcess('redis-server', redisArgs, { PATH: process.env.PATH ?? '' });
  await until(() => isListening(redisPort), 'redis');
  const host = {
    DRYDOCK_RUNTIME: 'fake',
    DRYDOCK_STATE_DIR: directory,
    DRYDOCK_TERMINALS_SOCKET: socketPath,
    DRYDOCK_LOG_LEVEL: 'warn',
  };
  const terminals = startSource('apps/node-agent/src/terminals-main.ts', [], host);
  const manager = startSource('apps/session-manager/src/main.ts', [], {
    DRYDOCK_PORT: String(port),
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    DRYDOCK_AGENT_KEYS_FILE: keysFile,
    DRYDOCK_CREATE_BURST: '10000',
    DRYDOCK_CALL_BURST: '100000',
    DRYDOCK_LOG_LEVEL: 'error',
  });
  const agent = startSource('apps/node-agent/src/main.ts', [], {
    ...host,
    DRYDOCK_RUN_DIR: directory,
    DRYDOCK_MANAGER_URL: origin,
    DRYDOCK_AGENT_NAME: 'host1',
    DRYDOCK_AGENT_KEY_FILE: keyFile,
    DRYDOCK_LIBRARY_URL: 'http://127.0.0.1:9',
    DRYDOCK_MAX_NODES: '1000',
    DRYDOCK_POOL_SIZE: '0',
    DRYDOCK_DISK_FLOOR: '0',
  });

  const stop = async () => {
    await Promise.all([agent.stop(), manager.kill()]);
    await Promise.all([terminals.stop(), redis.kill()]);
    rmSync(directory, { recursive: true, force: true });
  };

  const http = createHttpClient({ server: origin, fetch });

  async function createSession() {
    const { session, token, links } = await startSession(http, {});
    await createSessionApi({ http, sessionId: session.id, token }).addNode('node1');
    // A link carries its token behind the hash.
    return { sessionId: session.id, token, viewerToken: links.viewer.split('#')[1] ?? '' };
  }

  /** A session can be made once manager and host have found one another; until then nothing is made. */
  const isUp = () =>
    createSession().then(
      () => true,
      () => false,
    );
  try {
    await until(isUp, 'manager and host', 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, port, manager, agent, terminals, createSession, stop };
}
