/** The terminal host's unix socket: one connection for each agent that is alive, normally one. */
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '@drydock/service-kit';
import { createHostConnection, type HostConnection } from './host-connection.ts';
import type { HostEvent } from './host-protocol.ts';
import type { TerminalRegistry } from './terminal-registry.ts';

/** An agent that reads this little (bytes) does not live; windows bound a healthy one far below. */
const MAX_UNREAD_BYTES = 256 * 1024 * 1024;
/** Only root may speak to it: whoever can, types as root in every node. */
const SOCKET_MODE = 0o600;

export interface HostServer {
  /** Tells every agent. */
  broadcast(event: HostEvent): void;
  close(): Promise<void>;
}

export interface HostServerOptions {
  socketPath: string;
  registry: TerminalRegistry;
  logger: Logger;
}

/** Listens at `socketPath`; what an earlier process left there is removed. */
export async function startHostServer({ socketPath, registry, logger }: HostServerOptions): Promise<HostServer> {
  const connections = new Map<Socket, HostConnection>();

  function onConnection(socket: Socket): void {
    const connection = createHostConnection({
      registry,
      logger,
      send(buffers) {
        socket.cork();
        for (const buffer of buffers) socket.write(buffer);
        socket.uncork();
        if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy(new Error('the agent does not read'));
      },
    });
    connections.set(socket, connection);
    socket.on('data', (chunk) => {
      try {
        connection.receive(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => logger.warn({ err: error }, 'an agent connection failed'));
    socket.on('close', () => {
      connections.delete(socket);
      connection.close();
    });
  }

  const server: Server = createServer(onConnection);
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
      for (const connection of connections.values()) connection.event(event);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections.keys()) socket.destroy();
      await closed;
    },
  };
}
