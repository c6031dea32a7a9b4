/** A session of a running Drydock, made and ended by the public HTTP API. */
import {
  type CreateSessionResponse,
  createSessionResponseSchema,
  type ExecResponse,
  errorBodySchema,
  execResponseSchema,
  MAX_EXEC_TIMEOUT_SECONDS,
  nodeViewSchema,
  portsResponseSchema,
  swarmResponseSchema,
} from '@drydock/protocol';
import type { z } from 'zod';
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
  /** Runs a command; its exit code is an answer, not a failure. @throws Failure of the API. */
  exec(node: string, command: readonly string[], options?: ExecOptions): Promise<ExecResponse>;
  ports(node: string): Promise<z.output<typeof portsResponseSchema>>;
  swarm(): Promise<z.output<typeof swarmResponseSchema>>;
  end(): Promise<void>;
}

/** Makes a session with these nodes, or with what the template makes; their Docker answers when it resolves. */
export async function createTestSession(
  origin: string,
  wish: { nodes: readonly string[]; template?: string | undefined },
): Promise<TestSession> {
  const template = wish.template === undefined ? {} : { template: wish.template };
  const made: CreateSessionResponse = createSessionResponseSchema.parse(
    await call(origin, 'POST', '/sessions', undefined, { hours: SESSION_HOURS, ...template }),
  );
  const { token } = made;
  const path = `/sessions/${made.session.id}`;
  const session: TestSession = {
    id: made.session.id,
    token,
    origin,
    nodes: wish.template === undefined ? wish.nodes : made.session.nodes.map(({ name }) => name),
    async exec(node, command, { stdin, timeoutMs = ANSWER_MS } = {}) {
      const body = {
        command,
        timeoutSeconds: Math.min(MAX_EXEC_TIMEOUT_SECONDS, Math.ceil(timeoutMs / 1000)),
        ...(stdin === undefined ? {} : { stdin }),
      };
      return execResponseSchema.parse(
        await call(origin, 'POST', `${path}/nodes/${node}/exec`, token, body, timeoutMs + ANSWER_MS),
      );
    },
    ports: async (node) => portsResponseSchema.parse(await call(origin, 'GET', `${path}/nodes/${node}/ports`, token)),
    swarm: async () => swarmResponseSchema.parse(await call(origin, 'GET', `${path}/swarm`, token)),
    async end() {
      await call(origin, 'DELETE', path, token);
    },
  };
  try {
    if (wish.template === undefined)
      for (const name of wish.nodes) nodeViewSchema.parse(await call(origin, 'POST', `${path}/nodes`, token, { name }));
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

async function call(
  origin: string,
  method: string,
  path: string,
  token?: string,
  body?: unknown,
  withinMs = ANSWER_MS,
): Promise<unknown> {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    signal: AbortSignal.timeout(withinMs),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: Error) => {
    const why = (error.cause as Error | undefined)?.message ?? error.message;
    throw new Failure(
      'UNREACHABLE',
      `${origin} does not answer (${why}).`,
      EXIT.unavailable,
      'Is it running? npm start',
    );
  });
  if (response.status === 204) return undefined;
  const value: unknown = await response.json().catch(() => undefined);
  if (response.ok) return value;
  const refused = errorBodySchema.safeParse(value).data?.error;
  if (refused === undefined)
    throw new Failure('BAD_ANSWER', `${method} ${path} was answered ${response.status}.`, EXIT.unavailable);
  throw new Failure(refused.code, refused.message, EXIT.refused);
}
