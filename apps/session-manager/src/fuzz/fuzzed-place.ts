/** A manager as a process of its own, with a host and a session of these tests, and what must be true after whatever it was sent. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CreateSessionResponse,
  createSessionResponseSchema,
  operatorStatusSchema,
  type SessionId,
} from '@drydock/protocol';
import { freePort, startSource, until } from '@drydock/testkit';
import { operatorKey } from '../edge/operator/operator-listener.ts';
import { createFixtureAgent, type FixtureAgent } from '../testing/fixture-agent.ts';

/** Processor time of the manager's main thread that one input may cost (ms). Time on the clock would tell of the machine, too. */
const MAX_INPUT_MS = 50;
/** A slow input is sent so often before it is called slow: a collection of garbage or the first compilation is not its fault. */
const TRIES = 3;
/** An exchange that is not over by then is given up by us, and waited for no longer (ms). */
const EXCHANGE_MS = 1000;
/** An open connection on which nothing has come for so long has said all (ms). */
const QUIET_MS = 25;
/** What the process may hold more than before, when all is over (bytes): code that was compiled, pages that V8 keeps. */
const MAX_GROWTH_BYTES = 160 * 1024 * 1024;
const PAGE_BYTES = 4096;
/** Connections of these tests' own that are kept for the next call. */
const SPARE_DESCRIPTORS = 4;
/** A connection of HTTP/2 that broke the protocol is ended by its bound on idleness, 75 s at most; a busy machine takes longer (ms). */
const LET_GO_MS = 100_000;
/** Compiled from source at its start, on a busy machine (ms). */
const START_MS = 60_000;

export interface FuzzedPlace {
  readonly origin: string;
  readonly port: number;
  readonly operatorOrigin: string;
  /** The bearer of operator's calls. */
  readonly operatorKey: string;
  readonly agentKey: string;
  readonly agent: FixtureAgent;
  readonly id: SessionId;
  readonly token: string;
  readonly viewer: string;
  /** Runs one exchange, and notes what it cost the manager; the slowest are told by `isWell`. */
  cost(input: unknown, exchange: () => Promise<unknown>): Promise<void>;
  /**
   * Sends bytes, ends our half, and reads until the other side ends: whoever does that is gone, and most of what it asked for is given up.
   * `isOpen`: stays, and goes when nothing more comes.
   */
  send(bytes: Buffer, isOpen?: boolean): Promise<Buffer>;
  /** First lines of what was answered so far, up to their status. */
  readonly answers: ReadonlySet<string>;
  /** @throws when the process has ended, an error came through, or an input was slow. */
  isWell(): Promise<void>;
  /** Waits until all that inputs held is let go. @throws when it is not, or memory is not. */
  isAtRest(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; `env` on top of the settings of these tests. */
export async function startFuzzedPlace(env: Record<string, string> = {}): Promise<FuzzedPlace> {
  const directory = mkdtempSync(join(tmpdir(), 'dd-fuzz-'));
  const agentKey = randomBytes(32).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const files = { keys: join(directory, 'agent-keys.json'), secret: join(directory, 'secret') };
  writeFileSync(files.keys, JSON.stringify({ '*': createHash('sha256').update(agentKey).digest('hex') }));
  writeFileSync(files.secret, secret);
  const [port, metricsPort] = await Promise.all([freePort(), freePort()]);
  const origin = `http://127.0.0.1:${port}`;
  const operatorOrigin = `http://127.0.0.1:${metricsPort}`;
  const manager = startSource('apps/session-manager/src/main.ts', [], {
    DRYDOCK_STORE: 'memory',
    DRYDOCK_PORT: String(port),
    DRYDOCK_METRICS_PORT: String(metricsPort),
    DRYDOCK_AGENT_KEYS_FILE: files.keys,
    DRYDOCK_MANAGER_SECRET_FILE: files.secret,
    DRYDOCK_CREATE_BURST: '100000',
    DRYDOCK_CALL_BURST: '1000000',
    DRYDOCK_WRONG_TOKEN_BURST: '100000',
    DRYDOCK_EMBED: 'open',
    DRYDOCK_LOG_LEVEL: 'fatal',
    ...env,
  });
  const pid = manager.pid();
  const answers = new Set<string>();
  const slow: { input: unknown; ms: number }[] = [];

  /** Time that the main thread has had a processor (ms). */
  const busyMs = () => Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

  /** Descriptors and memory of the process. */
  const held = () => ({
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    bytes: Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES,
  });

  await until(
    async () =>
      (await fetch(`${origin}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )) || !existsSync(`/proc/${pid}`),
    'the manager',
    START_MS,
  );
  const agent = createFixtureAgent({ url: origin, name: 'h1', key: agentKey, maxNodes: 1000, keepTrying: true });
  await agent.connect();
  const call = async (method: string, path: string, token?: string, body: object = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    return (await fetch(`${origin}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })).json();
  };
  const created: CreateSessionResponse = createSessionResponseSchema.parse(await call('POST', '/sessions'));
  const { id } = created.session;
  await call('POST', `/sessions/${id}/nodes`, created.token);
  const before = held();

  return {
    origin,
    port,
    operatorOrigin,
    operatorKey: operatorKey(secret),
    agentKey,
    agent,
    answers,
    id,
    token: created.token,
    viewer: created.links.viewer.split('#')[1] ?? '',

    async cost(input, exchange) {
      let least = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < TRIES && least > MAX_INPUT_MS; attempt += 1) {
        const start = busyMs();
        await exchange();
        least = Math.min(least, busyMs() - start);
      }
      if (least > MAX_INPUT_MS) slow.push({ input, ms: least });
    },

    send: (bytes, isOpen = false) =>
      new Promise((resolve) => {
        const parts: Buffer[] = [];
        const socket = connect(port, '127.0.0.1', () => (isOpen ? socket.write(bytes) : socket.end(bytes)));
        const timer = setTimeout(() => socket.destroy(), isOpen ? QUIET_MS : EXCHANGE_MS);
        socket.on('data', (part) => {
          parts.push(part);
          if (isOpen) timer.refresh();
        });
        socket
          .on('error', () => undefined)
          .once('close', () => {
            clearTimeout(timer);
            const whole = Buffer.concat(parts);
            answers.add(whole.toString('latin1', 0, 'HTTP/1.1 200'.length));
            resolve(whole);
          });
      }),

    async isWell() {
      if (!existsSync(`/proc/${pid}`)) throw new Error('the manager has ended');
      const headers = { authorization: `Bearer ${operatorKey(secret)}` };
      const status = operatorStatusSchema.parse(
        await (await fetch(`${operatorOrigin}/operator/status`, { headers })).json(),
      );
      const own = status.processes.find(({ process: name }) => name === 'manager');
      if (own === undefined) throw new Error('the manager does not tell of itself');
      if (own.uncaught.count > 0) throw new Error(`nothing caught: ${JSON.stringify(own.uncaught)}`);
      if (slow.length > 0) throw new Error(`slow: ${JSON.stringify(slow.slice(0, 5))}`);
      if (!(await fetch(`${origin}/readyz`)).ok) throw new Error('the manager is not ready');
    },

    async isAtRest() {
      await until(
        () => held().descriptors <= before.descriptors + SPARE_DESCRIPTORS,
        () => `descriptors that are closed: ${held().descriptors}, at first ${before.descriptors}`,
        LET_GO_MS,
      );
      const grown = held().bytes - before.bytes;
      if (grown > MAX_GROWTH_BYTES) throw new Error(`${grown} bytes more than before`);
    },

    async stop() {
      agent.close();
      await manager.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
