/** A small typed client of the public HTTP API for tests and benchmarks; every answer is parsed with the contract's schema. */
import {
  type CreateSessionResponse,
  createSessionResponseSchema,
  type ExecResponse,
  execResponseSchema,
  type NodeView,
  nodeViewSchema,
  type PublishedPort,
  portsResponseSchema,
  type SessionView,
  sessionViewSchema,
} from '@drydock/protocol';

/** An answer that was not the expected one; `status` and `body` tell what came. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(call: string, status: number, body: unknown) {
    super(`${call}: ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

export interface ApiSession {
  readonly id: string;
  readonly token: string;
  readonly created: CreateSessionResponse;
  get(): Promise<SessionView>;
  addNode(name?: string): Promise<NodeView>;
  deleteNode(name: string): Promise<void>;
  /** Runs `script` with bash on the node. */
  sh(node: string, script: string, timeoutSeconds?: number): Promise<ExecResponse>;
  ports(node: string): Promise<PublishedPort[]>;
  /** Waits until the node's docker answers. */
  dockerReady(node: string): Promise<void>;
  close(): Promise<void>;
}

/** One call; `undefined` for 204. */
export async function call(
  origin: string,
  method: string,
  path: string,
  token?: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text === '' ? undefined : JSON.parse(text);
  if (!response.ok) throw new ApiError(`${method} ${path}`, response.status, parsed);
  return parsed;
}

/** Creates a session and gives its calls. */
export async function createSession(origin: string, request: object = {}): Promise<ApiSession> {
  const created = createSessionResponseSchema.parse(await call(origin, 'POST', '/sessions', undefined, request));
  const { token } = created;
  const { id } = created.session;
  const path = `/sessions/${id}`;
  const sh: ApiSession['sh'] = async (node, script, timeoutSeconds = 60) =>
    execResponseSchema.parse(
      await call(origin, 'POST', `${path}/nodes/${node}/exec`, token, {
        command: ['bash', '-lc', script],
        timeoutSeconds,
      }),
    );
  return {
    id,
    token,
    created,
    sh,
    get: async () => sessionViewSchema.parse(await call(origin, 'GET', path, token)),
    addNode: async (name) =>
      nodeViewSchema.parse(await call(origin, 'POST', `${path}/nodes`, token, name === undefined ? {} : { name })),
    deleteNode: async (name) => {
      await call(origin, 'DELETE', `${path}/nodes/${name}`, token);
    },
    ports: async (node) => portsResponseSchema.parse(await call(origin, 'GET', `${path}/nodes/${node}/ports`, token)),
    dockerReady: async (node) => {
      const ready = await sh(node, 'until docker version >/dev/null 2>&1; do sleep 0.1; done', 30);
      if (ready.exitCode !== 0) throw new Error(`docker on ${node} did not answer: ${ready.stderr}`);
    },
    close: async () => {
      await call(origin, 'DELETE', path, token);
    },
  };
}
