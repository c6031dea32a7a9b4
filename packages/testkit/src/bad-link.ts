/** A TCP proxy that behaves like a bad network: it delays, cuts and freezes connections, but never reorders a byte of one. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Bytes that the other side has not taken, above which the proxy stops to read. */
const MAX_UNSENT_BYTES = 1024 * 1024;

export interface BadLink {
  readonly port: number;
  /** Longest delay of a chunk (ms); each gets a random part of it. */
  delayMs: number;
  /** Cuts all connections; new ones are taken at once. */
  cut(): void;
  /** Between freeze and thaw nothing passes in either direction, and nothing is refused: a sleeping machine. */
  freeze(): void;
  thaw(): void;
  cuts(): number;
  close(): Promise<void>;
}

/** Starts a proxy to a port of this machine. */
export async function startBadLink(target: number, random: () => number = Math.random): Promise<BadLink> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  let frozen = false;

  function pipe(from: Socket, to: Socket): void {
    /** Chunks on their way. A late timer must not let one overtake another, so that only the first is ever waited for. */
    const underway: { chunk: Buffer; at: number }[] = [];

    function deliver(): void {
      for (let head = underway[0]; head !== undefined; head = underway[0]) {
        const wait = head.at - Date.now();
        if (wait > 0) {
          setTimeout(deliver, wait);
          return;
        }
        underway.shift();
        if (!to.destroyed) to.write(head.chunk);
      }
    }

    from.on('data', (chunk) => {
      underway.push({ chunk, at: Date.now() + random() * link.delayMs });
      if (underway.length === 1) deliver();
      if (to.writableLength > MAX_UNSENT_BYTES) {
        from.pause();
        to.once('drain', () => !frozen && from.resume());
      }
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  }

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => sockets.delete(socket));
    }
    pipe(client, upstream);
    pipe(upstream, client);
    if (frozen) for (const socket of [client, upstream]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const link: BadLink = {
    port: (server.address() as AddressInfo).port,
    delayMs: 0,
    cut() {
      cuts += 1;
      for (const socket of sockets) socket.destroy();
    },
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    cuts: () => cuts,
    async close() {
      link.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return link;
}
