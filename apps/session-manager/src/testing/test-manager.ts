/** A whole manager on port 0 with hosts of tests' own, and a small typed client of its API. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CreateSessionResponse,
  createSessionResponseSchema,
  errorBodySchema,
  SESSION_NAMESPACE,
  type SessionId,
  type SessionSnapshot,
  sessionSnapshotSchema,
} from '@drydock/protocol';
import {
  type Clock,
  createLogger,
  type Logger,
  type ProcessWatch,
  systemClock,
  watchProcess,
} from '@drydock/service-kit';
import { io, type Socket } from 'socket.io-client';
import { type Manager, startManager } from '../manager.ts';
import { newId } from '../model/links.ts';
import type { ManagerSettings } from '../settings.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { createFixtureAgent, type FixtureAgent, type FixtureAgentOptions } from './fixture-agent.ts';

export interface ApiAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface TestManager {
  readonly manager: Manager;
  readonly origin: string;
  readonly agentKey: string;
  readonly store: Store;
  readonly watch: ProcessWatch;
  /** One call of the API below /api/v1; a failed one must have the contract's error body. */
  call(method: string, path: string, options?: CallOptions): Promise<ApiAnswer>;
  createSession(request?: object): Promise<CreateSessionResponse>;
  /** Connects a host. */
  host(options?: Partial<FixtureAgentOptions>): Promise<FixtureAgent>;
  /** Connects a page; resolves with its first snapshot. */
  openPage(
    sessionId: SessionId,
    token: string | undefined,
    extra?: object,
  ): Promise<{ socket: Socket; snapshot: SessionSnapshot }>;
  /** Stops it; pages and hosts come back after `resume`. */
  pause(): Promise<void>;
  /** Starts another life of it over the same store and port. */
  resume(): Promise<void>;
  /** Stops the manager as a crash would see it from outside, and starts another over the same store and port. */
  restart(): Promise<void>;
  /** @throws when a handler threw anything in its time. */
  stop(): Promise<void>;
}

export interface CallOptions {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface TestManagerOptions {
  settings?: Partial<ManagerSettings>;
  store?: Store;
  clock?: Clock;
  logger?: Logger;
  /** The key of every host; several managers of one store have the same. */
  agentKey?: string;
}

/** Rates under which no test is limited by accident. */
const GENEROUS = { burst: 100_000, perSecond: 100_000 };

/** The default of DRYDOCK_UNCOUNTED_NETWORKS, so that tests are not counted by accident. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');

/** Starts a manager over a memory store (or the given one). */
export async function startTestManager(options: TestManagerOptions = {}): Promise<TestManager> {
  const { clock = systemClock } = options;
  const store = options.store ?? createMemoryStore(clock);
  const directory = mkdtempSync(join(tmpdir(), 'dd-manager-'));
  const agentKey = options.agentKey ?? randomBytes(32).toString('base64url');
  const agentKeysFile = join(directory, 'agent-keys.json');
  writeFileSync(agentKeysFile, JSON.stringify({ '*': createHash('sha256').update(agentKey).digest('hex') }));
  const { logger = createLogger('test-manager', 'silent') } = options;
  const agents: FixtureAgent[] = [];
  const sockets: Socket[] = [];
  const settings: ManagerSettings = {
    host: '127.0.0.1',
    port: 0,
    domain: 'localhost',
    portLimits: { connections: 1024, bytesPerSecond: undefined },
    warnStrangers: false,
    publicUrl: undefined,
    trustedProxies: undefined,
    addressBounds: { sessions: 40, nodePercent: 50, connections: 1000, uncounted: LOOPBACK },
    webUrl: undefined,
    agentKeysFile,
    managerSecret: 'test',
    libraryFile: undefined,
    templates: [],
    labs: { builtInDir: undefined, operatorDir: undefined, forges: new Map() },
    embed: 'keys',
    embedScriptsDir: directory,
    metrics: undefined,
    sessionHours: 4,
    maxSessionHours: 12,
    maxNodes: 8,
    maxSessions: 1000,
    signIn: undefined,
    sessionsPerUser: 3,
    retentionMinutes: 0,
    idleMinutes: 0,
    egress: undefined,
    auditAddress: 'hash',
    cpuRule: { action: 'flag', percent: 90, minutes: 30 },
    name: newId('', 8),
    rates: { creates: GENEROUS, calls: GENEROUS, wrongTokens: GENEROUS },
    version: '0.0.0-test',
    ...options.settings,
  };
  // Its errors are the tests' own (`stop`); those that reach the process are the test runner's.
  const watch = watchProcess('manager', { logger });
  const deps = { store, clock, logger, watch };
  let manager = await startManager(settings, deps);
  const { port } = manager;
  const origin = `http://127.0.0.1:${port}`;

  async function call(
    method: string,
    path: string,
    { token, body, headers = {} }: CallOptions = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    if (!response.ok) errorBodySchema.parse(parsed);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  return {
    get manager() {
      return manager;
    },
    origin,
    agentKey,
    store,
    watch,
    call,
    async createSession(request = {}) {
      const answer = await call('POST', '/sessions', { body: request });
      if (answer.status !== 201) throw new Error(`session not created: ${JSON.stringify(answer.body)}`);
      return createSessionResponseSchema.parse(answer.body);
    },
    async host(extra = {}) {
      const agent = createFixtureAgent({ url: origin, name: `h${agents.length + 1}`, key: agentKey, ...extra });
      agents.push(agent);
      await agent.connect();
      return agent;
    },
    async openPage(sessionId, token, extra = {}) {
      const socket = io(`${origin}${SESSION_NAMESPACE}`, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        auth: { sessionId, ...(token === undefined ? {} : { token }) },
        ...extra,
      });
      sockets.push(socket);
      const snapshot = await new Promise<SessionSnapshot>((resolve, reject) => {
        socket.once('session:snapshot', (raw: unknown) => resolve(sessionSnapshotSchema.parse(raw)));
        socket.once('connect_error', (error) => {
          const { data } = error as Error & { data?: { code?: string } };
          reject(Object.assign(error, { code: data?.code }));
        });
      });
      return { socket, snapshot };
    },
    pause: () => manager.close(),
    async resume() {
      manager = await startManager({ ...settings, port }, deps);
    },
    async restart() {
      await manager.close();
      manager = await startManager({ ...settings, port }, deps);
    },
    async stop() {
      for (const socket of sockets) socket.disconnect();
      for (const agent of agents) agent.close();
      await manager.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
      watch.stop();
      const [first] = watch.errors.last();
      if (first !== undefined) throw new Error(`a handler threw (${first.where}): ${first.stack}`);
    },
  };
}
