/** Byte streams that agents bring: each `stream.open` waits here for the connection that carries its secret id. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  AGENT_STREAM_PATH,
  AGENT_STREAM_UPGRADE,
  type AgentRequest,
  DrydockError,
  type SessionId,
  streamIdSchema,
} from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { newId } from '../../model/links.ts';
import type { AgentCommands } from '../../scheduling/agent-commands.ts';
import { createSessionShares } from '../base/session-shares.ts';
import { bearerToken } from '../base/tokens.ts';
import type { AgentKeys } from './agent-keys.ts';

/** From asking for a stream to having it (ms): connecting in the node takes an agent at most 3 s, dialling us at most 10 s. */
const STREAM_TIMEOUT_MS = 15_000;
/** Streams that are asked for and not there yet; more means that agents do not keep up. What one session may ask for is bounded by its commands. */
const MAX_WAITING = 30_000;
/** Streams of one session to commands (files that are read and written): each is a process of the host's root beside the node. */
const MAX_COMMANDS_PER_SESSION = 64;

export type StreamTarget = AgentRequest<'stream.open'>['target'];

export interface AgentStreams {
  /**
   * Opens a stream to a node's port, or to a command in it. The socket's `end` ends one direction; a reset says that what came
   * before it is not the whole. @throws DrydockError PORT_REFUSED, PORT_TIMEOUT, NODE_NOT_FOUND, HOST_UNAVAILABLE.
   */
  open(host: string, sessionId: SessionId, node: string, target: StreamTarget): Promise<Socket>;
  /** Lets a host's terminal host bring its stream (terminal-streams.ts). @throws DrydockError HOST_UNAVAILABLE, PORT_TIMEOUT. */
  openTerminals(host: string): Promise<Socket>;
  /** Takes an upgrade at AGENT_STREAM_PATH. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Streams that are open now. */
  count(): number;
  /** Ends all streams. */
  close(): void;
}

interface Waiting {
  host: string;
  take(socket: Socket): void;
}

/** Whether a path belongs to streams. */
export function isStreamPath(url: string | undefined): boolean {
  return (url ?? '').startsWith(`${AGENT_STREAM_PATH}/`);
}

/** Builds the meeting point. */
export function createAgentStreams(deps: { commands: AgentCommands; keys: AgentKeys; logger: Logger }): AgentStreams {
  const { commands, keys, logger } = deps;
  const waiting = new Map<string, Waiting>();
  const open = new Set<Socket>();
  const shares = createSessionShares({ all: MAX_COMMANDS_PER_SESSION, execs: MAX_COMMANDS_PER_SESSION });

  function refuse(socket: Socket, status: string): void {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  async function accept(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const id = (request.url ?? '').slice(AGENT_STREAM_PATH.length + 1);
    const name = String(request.headers['x-drydock-agent'] ?? '');
    const key = bearerToken(request.headers.authorization) ?? '';
    const isStream = request.headers.upgrade?.toLowerCase() === AGENT_STREAM_UPGRADE;
    if (!isStream || !streamIdSchema.safeParse(id).success) return refuse(socket, '400 Bad Request');
    if (!(await keys.allows(name, key))) return refuse(socket, '401 Unauthorized');
    const entry = waiting.get(id);
    // The id is secret, and good for one connection of the host that was asked.
    if (entry === undefined || entry.host !== name) return refuse(socket, '404 Not Found');
    waiting.delete(id);
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${AGENT_STREAM_UPGRADE}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    entry.take(socket);
  }

  /** Waits for the stream that `ask` lets the host bring. */
  async function bring(host: string, ask: (streamId: string) => Promise<unknown>): Promise<Socket> {
    if (waiting.size >= MAX_WAITING) throw new DrydockError('HOST_UNAVAILABLE');
    const streamId = newId('s', 31);
    let arrived: Socket | undefined;
    const stream = new Promise<Socket>((resolve) => {
      waiting.set(streamId, {
        host,
        take: (socket) => {
          arrived = socket;
          resolve(socket);
        },
      });
    });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DrydockError('PORT_TIMEOUT')), STREAM_TIMEOUT_MS);
    });
    try {
      // The stream may come before the answer does; a refusal comes alone.
      const [socket] = await Promise.race([Promise.all([stream, ask(streamId)]), timeout]);
      return socket;
    } catch (error) {
      arrived?.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      waiting.delete(streamId);
    }
  }

  return {
    async open(host, sessionId, node, target) {
      const release = target.kind === 'exec' ? shares.take(sessionId, true) : () => undefined;
      try {
        const socket = await bring(host, (streamId) =>
          commands.send(host, 'stream.open', { sessionId, node, streamId, target }, STREAM_TIMEOUT_MS),
        );
        socket.once('close', release);
        if (socket.destroyed) release();
        return socket;
      } catch (error) {
        release();
        throw error;
      }
    },
    openTerminals: (host) =>
      bring(host, (streamId) => commands.send(host, 'terminal.stream', { streamId }, STREAM_TIMEOUT_MS)),
    upgrade(request, socket, head) {
      // Until somebody takes the stream, its failures are nobody's news.
      socket.on('error', () => undefined);
      accept(request, socket, head).catch((error: unknown) => {
        logger.error({ err: error }, 'stream was not accepted');
        socket.destroy();
      });
    },
    count: () => open.size,
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}
