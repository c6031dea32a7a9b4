/** The calls on one session, typed by the schemas of the protocol (docs/PROTOCOL.md, A). */
import {
  createNodeResponseSchema,
  type ExecRequest,
  type ExecResponse,
  execResponseSchema,
  type NodeView,
  type PublishedPort,
  portsResponseSchema,
  type SessionId,
  type SessionView,
  sessionViewSchema,
  type TimelineEntry,
  timelineResponseSchema,
} from '@drydock/protocol';
import type { HttpClient } from '../http/http-client.ts';

/** Every call throws ApiError. */
export interface SessionApi {
  view(signal?: AbortSignal): Promise<SessionView>;
  /** Resolves when the node runs (A8); its docker may still be starting. */
  addNode(name?: string): Promise<NodeView>;
  deleteNode(name: string): Promise<void>;
  /** Runs a command on a node; its exit code is an answer, no failure. */
  exec(node: string, request: ExecRequest, signal?: AbortSignal): Promise<ExecResponse>;
  ports(node: string): Promise<PublishedPort[]>;
  /** What happened, the oldest first. */
  timeline(signal?: AbortSignal): Promise<TimelineEntry[]>;
  extend(hours: number): Promise<SessionView>;
  /** Ends the session for all. */
  end(): Promise<void>;
}

/** Builds the calls for one session; without a token the browser's cookie speaks. */
export function createSessionApi({
  http,
  sessionId,
  token,
}: {
  http: HttpClient;
  sessionId: SessionId;
  token: string | null;
}): SessionApi {
  const path = `/sessions/${sessionId}`;
  const cancelledBy = (signal?: AbortSignal) => (signal === undefined ? {} : { signal });
  return {
    view: (signal) => http.call('GET', path, { token, read: sessionViewSchema, ...cancelledBy(signal) }),
    addNode: (name) =>
      http.call('POST', `${path}/nodes`, {
        token,
        body: name === undefined ? {} : { name },
        read: createNodeResponseSchema,
      }),
    deleteNode: (name) => http.call('DELETE', `${path}/nodes/${name}`, { token }),
    exec: (node, body, signal) =>
      http.call('POST', `${path}/nodes/${node}/exec`, {
        token,
        body,
        read: execResponseSchema,
        ...cancelledBy(signal),
      }),
    ports: (node) => http.call('GET', `${path}/nodes/${node}/ports`, { token, read: portsResponseSchema }),
    timeline: (signal) =>
      http.call('GET', `${path}/timeline`, { token, read: timelineResponseSchema, ...cancelledBy(signal) }),
    extend: (hours) => http.call('POST', `${path}/extend`, { token, body: { hours }, read: sessionViewSchema }),
    end: () => http.call('DELETE', path, { token }),
  };
}
