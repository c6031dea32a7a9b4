/** A session of a running Drydock, made and ended by the public HTTP API. */
import { createHttpClient, createSessionApi, startSession } from '@drydock/client';
import {
  type ExecResponse,
  MAX_EXEC_TIMEOUT_SECONDS,
  type PublishedPort,
  type SwarmView,
  swarmResponseSchema,
} from '@drydock/protocol';
import { EXIT, Failure } from '../../../failure.ts';

/** A call may wait for a node that is slow, besides the command's own time (ms). */
const ANSWER_MS = 60_000;
/** A session that this program leaves behind by a crash ends by itself (hours). */
const SESSION_HOURS = 1;

export type ExecOptions = { stdin?: string; timeoutMs?: number };

export interface TestSession {
  readonly id: string;
  readonly token: string;
  readonly origin: string;
  readonly nodes: readonly string[];
  /** Runs a command; its exit code is an answer, not a failure. @throws ApiError */
  exec(node: string, command: string[], options?: ExecOptions): Promise<ExecResponse>;
  ports(node: string): Promise<PublishedPort[]>;
  swarm(): Promise<SwarmView | null>;
  end(): Promise<void>;
}

/** Makes a session with these nodes, or with what the template makes; their Docker answers when it resolves. */
export async function createTestSession(
  origin: string,
  wish: { nodes: readonly string[]; template?: string | undefined },
): Promise<TestSession> {
  const http = createHttpClient({
    server: origin,
    fetch: (url, init) => fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(ANSWER_MS) }),
  });
  const template = wish.template === undefined ? {} : { template: wish.template };
  const { token, session: made } = await startSession(http, { hours: SESSION_HOURS, ...template });
  const api = createSessionApi({ http, sessionId: made.id, token });
  const session: TestSession = {
    id: made.id,
    token,
    origin,
    nodes: wish.template === undefined ? wish.nodes : made.nodes.map(({ name }) => name),
    exec(node, command, { stdin, timeoutMs = ANSWER_MS } = {}) {
      const timeoutSeconds = Math.min(MAX_EXEC_TIMEOUT_SECONDS, Math.ceil(timeoutMs / 1000));
      const request = { command, timeoutSeconds, ...(stdin === undefined ? {} : { stdin }) };
      return api.exec(node, request, AbortSignal.timeout(timeoutMs + ANSWER_MS));
    },
    ports: (node) => api.ports(node),
    swarm: () => http.call('GET', `/sessions/${made.id}/swarm`, { token, read: swarmResponseSchema }),
    end: () => api.end(),
  };
  try {
    if (wish.template === undefined) for (const name of wish.nodes) await api.addNode(name);
    await Promise.all(session.nodes.map((node) => dockerReady(session, node)));
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
  return session;
}

async function dockerReady(session: TestSession, node: string): Promise<void> {
  const wait = 'until docker version >/dev/null 2>&1; do sleep 0.1; done';
  const { exitCode, stderr } = await session.exec(node, ['timeout', '45', 'bash', '-c', wait]);
  if (exitCode !== 0)
    throw new Failure('UNREACHABLE', `Docker on ${node} does not answer. ${stderr}`, EXIT.unavailable);
}
