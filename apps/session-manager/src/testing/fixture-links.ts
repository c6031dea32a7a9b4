/** The fixture agent's sockets: one to each manager; facts go to all, a viewer's events to the manager that attached it. */
import {
  AGENT_NAMESPACE,
  AGENT_SOCKET_PATH,
  type AgentCommandMessage,
  type AgentHello,
  type AgentToManagerEvents,
  type ManagerToAgentEvents,
} from '@drydock/protocol';
import { io, type Socket } from 'socket.io-client';

/** Between attempts of an agent that keeps trying (ms). */
const RETRY_MS = 100;

export type AgentSocket = Socket<ManagerToAgentEvents, AgentToManagerEvents>;

export interface FixtureLinks {
  /** Connects to every manager and waits for the answers to the hellos. @throws Error with `code` when one refuses. */
  connect(): Promise<void>;
  disconnect(): void;
  /** Whether every manager has answered the hello of its present connection. */
  allGreeted(): boolean;
  emit(event: string, ...args: unknown[]): void;
  /** To the manager that attached the viewer; without a viewer, to all. */
  emitTo(viewerId: string | undefined, event: string, message: unknown): void;
  close(): void;
}

export interface FixtureLinksDeps {
  urls: readonly string[];
  auth: object;
  keepTrying: boolean;
  hello(): AgentHello;
  onAnswer(sessions: string[], hello: AgentHello): void;
  run(message: AgentCommandMessage, url: string): Promise<unknown>;
  onViewersLost(viewerIds: string[]): void;
}

/** Builds the sockets; nothing is dialled before `connect`. */
export function createFixtureLinks(deps: FixtureLinksDeps): FixtureLinks {
  const answers = new Map<string, Promise<unknown>>();
  const viewers = new Map<string, AgentSocket>();
  const greeted = new Set<AgentSocket>();
  let closed = false;

  async function open(socket: AgentSocket): Promise<void> {
    // The manager may be gone without this side having heard of it yet.
    if (socket.connected) await new Promise((resolve) => socket.once('disconnect', resolve));
    await new Promise<void>((resolve, reject) => {
      const settle = (finish: () => void) => {
        socket.off('connect', onConnect);
        socket.off('connect_error', onError);
        finish();
      };
      const onConnect = () => settle(resolve);
      const onError = (error: Error & { data?: { code?: string } }) =>
        settle(() => reject(Object.assign(error, { code: error.data?.code })));
      socket.on('connect', onConnect);
      socket.on('connect_error', onError);
      socket.connect();
    });
    const hello = deps.hello();
    const answer = await socket.timeout(10_000).emitWithAck('hello', hello);
    if ('error' in answer) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    greeted.add(socket);
    deps.onAnswer(answer.sessions, hello);
  }

  function retry(socket: AgentSocket): void {
    if (closed || !deps.keepTrying) return;
    setTimeout(() => {
      if (closed || socket.connected) return;
      open(socket).catch(() => {
        socket.disconnect();
        retry(socket);
      });
    }, RETRY_MS);
  }

  const sockets = deps.urls.map((url) => {
    const socket: AgentSocket = io(`${url}${AGENT_NAMESPACE}`, {
      path: AGENT_SOCKET_PATH,
      transports: ['websocket'],
      autoConnect: false,
      reconnection: false,
      forceNew: true,
      auth: deps.auth as Record<string, unknown>,
    });
    socket.on('command', (message, ack) => {
      const { viewerId } = message.request as { viewerId?: string };
      if (message.name === 'terminal.attach' && viewerId !== undefined) viewers.set(viewerId, socket);
      const answer = answers.get(message.id) ?? deps.run(message, url);
      answers.set(message.id, answer);
      void answer.then(ack);
    });
    socket.on('disconnect', () => {
      greeted.delete(socket);
      const lost = [...viewers].filter(([, owner]) => owner === socket).map(([viewerId]) => viewerId);
      for (const viewerId of lost) viewers.delete(viewerId);
      deps.onViewersLost(lost);
      retry(socket);
    });
    return socket;
  });
  const send = (socket: AgentSocket, event: string, args: unknown[]) =>
    void (socket as unknown as { emit(...all: unknown[]): void }).emit(event, ...args);

  return {
    async connect() {
      const attempts = await Promise.allSettled(sockets.map((socket) => open(socket)));
      for (const [index, attempt] of attempts.entries()) {
        if (attempt.status === 'fulfilled') continue;
        if (!deps.keepTrying) throw attempt.reason;
        retry(sockets[index] as AgentSocket);
      }
    },
    disconnect() {
      for (const socket of sockets) socket.disconnect();
    },
    allGreeted: () => sockets.every((socket) => greeted.has(socket)),
    emit(event, ...args) {
      for (const socket of sockets) send(socket, event, args);
    },
    emitTo(viewerId, event, message) {
      if (viewerId === undefined) for (const socket of sockets) send(socket, event, [message]);
      const owner = viewerId === undefined ? undefined : viewers.get(viewerId);
      if (owner !== undefined) send(owner, event, [message]);
    },
    close() {
      closed = true;
      for (const socket of sockets) socket.disconnect();
    },
  };
}
