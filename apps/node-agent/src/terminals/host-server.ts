/** The terminal host's connections: the agent's on a unix socket, normally one, and the streams that it brings to managers. */
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProcessHealth } from '@drydock/protocol';
import { batchWrites, type Logger } from '@drydock/service-kit';
import { createManagerDial } from '../system/manager-dial.ts';
import { createHostConnection, type HostConnection, type HostConnectionDeps } from './host-connection.ts';
import type { HostEvent, HostRequest } from './host-protocol.ts';
import type { TerminalRegistry } from './terminal-registry.ts';

/** Whoever reads this little (bytes) does not live; windows bound a healthy one far below. */
const MAX_UNREAD_BYTES = 256 * 1024 * 1024;
/** Only root may speak to it: whoever can, types as root in every node. */
const SOCKET_MODE = 0o600;
/** A manager asks by `ping` far more often; a stream that is silent for this long (ms) leads nowhere. */
const STREAM_SILENCE_MS = 30_000;
/** An answer that can wait for the next message waits no longer than this (ms). */
const WAIT_MS = 4;

export interface HostServer {
  /** Tells every agent. */
  broadcast(event: HostEvent): void;
  close(): Promise<void>;
}

export interface HostServerOptions {
  socketPath: string;
  registry: TerminalRegistry;
  logger: Logger;
  health?: () => ProcessHealth;
}

/** Writes whole messages; those of one turn leave together, and what can wait goes with the next or after WAIT_MS. */
function messageWriter(socket: Duplex): HostConnectionDeps['send'] {
  const batch = batchWrites(socket);
  let waiting: Uint8Array[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    batch();
    for (const buffer of waiting) socket.write(buffer);
    waiting = [];
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy(new Error('the other side does not read'));
  }

  return (buffers, canWait = false) => {
    if (socket.destroyed) return;
    waiting.push(...buffers);
    if (canWait) timer ??= setTimeout(flush, WAIT_MS);
    else flush();
  };
}

/** Listens at `socketPath`; what an earlier process left there is removed. */
export async function startHostServer({
  socketPath,
  registry,
  logger,
  health,
}: HostServerOptions): Promise<HostServer> {
  const agents = new Set<HostConnection>();
  const sockets = new Set<Duplex>();

  function serve(socket: Duplex, dial?: HostConnectionDeps['dial']): HostConnection {
    const connection = createHostConnection({
      registry,
      logger,
      send: messageWriter(socket),
      ...(dial === undefined ? {} : { dial }),
      ...(health === undefined ? {} : { health }),
    });
    sockets.add(socket);
    socket.on('data', (chunk: Buffer) => {
      try {
        connection.receive(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('end', () => socket.destroy());
    socket.on('error', (error) => logger.warn({ err: error }, 'a connection failed'));
    socket.on('close', () => {
      sockets.delete(socket);
      agents.delete(connection);
      connection.close();
    });
    return connection;
  }

  async function dial({ url, streamId, name, key }: HostRequest<'manager.dial'>): Promise<void> {
    const socket = (await createManagerDial({ name, readKey: async () => key })(streamId, url)) as Socket;
    socket.setTimeout(STREAM_SILENCE_MS, () => socket.destroy(new Error('the manager is silent')));
    serve(socket);
  }

  const server: Server = createServer((socket) => void agents.add(serve(socket, dial)));
  await rm(socketPath, { force: true });
  const previous = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
  } finally {
    process.umask(previous);
  }
  await chmod(socketPath, SOCKET_MODE);

  return {
    broadcast(event) {
      // Managers hear of it by their agents.
      for (const connection of agents) connection.event(event);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
