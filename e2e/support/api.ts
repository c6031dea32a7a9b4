/** A session of the public API, as tests and benchmarks use it: by the client, with the scripts that they run. */
import { createHttpClient, createSessionApi, type SessionApi, startSession } from '@drydock/client';
import type { CreateSessionRequest, CreateSessionResponse, ExecResponse, SessionId } from '@drydock/protocol';

export interface ApiSession extends Pick<SessionApi, 'addNode' | 'deleteNode' | 'ports'> {
  readonly id: SessionId;
  readonly token: string;
  readonly created: CreateSessionResponse;
  get: SessionApi['view'];
  /** Runs `script` with bash on the node. */
  sh(node: string, script: string, timeoutSeconds?: number): Promise<ExecResponse>;
  /** Waits until the node's docker answers. */
  dockerReady(node: string): Promise<void>;
  close(): Promise<void>;
}

/** Creates a session and gives its calls. @throws ApiError, as every call does */
export async function createSession(origin: string, request: CreateSessionRequest = {}): Promise<ApiSession> {
  const http = createHttpClient({ server: origin, fetch });
  const created = await startSession(http, request);
  const { token } = created;
  const { id } = created.session;
  const api = createSessionApi({ http, sessionId: id, token });
  const sh: ApiSession['sh'] = (node, script, timeoutSeconds = 60) =>
    api.exec(node, { command: ['bash', '-lc', script], timeoutSeconds });
  return {
    id,
    token,
    created,
    sh,
    get: api.view,
    close: api.end,
    addNode: api.addNode,
    deleteNode: api.deleteNode,
    ports: api.ports,
    async dockerReady(node) {
      const ready = await sh(node, 'until docker version >/dev/null 2>&1; do sleep 0.1; done', 30);
      if (ready.exitCode !== 0) throw new Error(`docker on ${node} did not answer: ${ready.stderr}`);
    },
  };
}
