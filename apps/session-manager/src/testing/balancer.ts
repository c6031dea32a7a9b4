/** A balancer for tests: takes turns among managers, passes over those that do not answer, and cuts links on demand. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  readonly origin: string;
  /** Breaks every connection that goes through it now. */
  cut(): void;
  close(): Promise<void>;
}

/** Listens on a free port of this machine; `ports` are the managers'. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let turn = 0;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  }

  function join(client: Socket, tries: number): void {
    if (tries === 0 || client.destroyed) return void client.destroy();
    turn += 1;
    const upstream = connect(ports[turn % ports.length] as number, '127.0.0.1');
    upstream.setNoDelay(true);
    upstream.once('error', () => join(client, tries - 1));
    upstream.once('connect', () => {
      upstream.removeAllListeners('error');
      keep(upstream);
      client.pipe(upstream);
      upstream.pipe(client);
      upstream.once('close', () => client.destroy());
      client.once('close', () => upstream.destroy());
    });
  }

  const server = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    keep(client);
    join(client, ports.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
