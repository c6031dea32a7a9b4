/** Asks the host's own resolvers on behalf of sessions: bounded in time, and quick to say that nobody answers. */
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import type { Clock } from '@drydock/service-kit';

export interface DnsUpstream {
  /** Forwards a whole query and resolves to the whole response, or to undefined when nobody answers in time. Never rejects. */
  ask(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined>;
}

export interface DnsUpstreamDeps {
  /** Addresses of resolvers, asked in this order. */
  servers: () => Promise<readonly DnsServer[]>;
  clock: Clock;
}

export interface DnsServer {
  host: string;
  port: number;
}

/** Wait for one resolver (ms); two of them together stay under the 2 s after which a learner thinks that all is broken. */
const SERVER_TIMEOUT_MS = 900;
/** Resolvers that are asked for one query. */
const MAX_SERVERS = 2;
/** A resolver that timed out is skipped for this long (ms), so that a host without internet refuses at once. */
const DEAD_MS = 5_000;
const MAX_RESPONSE = 65_535;
/** How long a reading of resolv.conf counts (ms). */
const RESOLV_CONF_MS = 10_000;

/** Builds the forwarder. */
export function createDnsUpstream({ servers, clock }: DnsUpstreamDeps): DnsUpstream {
  const deadUntil = new Map<string, number>();

  async function ask(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    const all = await servers().catch(() => []);
    const alive = all.filter(({ host, port }) => (deadUntil.get(`${host}:${port}`) ?? 0) <= clock.now());
    for (const server of alive.slice(0, MAX_SERVERS)) {
      const response = await (transport === 'udp' ? askUdp(query, server) : askTcp(query, server));
      const key = `${server.host}:${server.port}`;
      if (response) {
        deadUntil.delete(key);
        return response;
      }
      if (deadUntil.size > 64) deadUntil.clear();
      deadUntil.set(key, clock.now() + DEAD_MS);
    }
    return undefined;
  }

  return { ask };
}

/** The host's resolvers from /etc/resolv.conf, read anew every few seconds. */
export function createResolvConf(clock: Clock, path = '/etc/resolv.conf'): () => Promise<readonly DnsServer[]> {
  let known: readonly DnsServer[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (clock.now() - readAt < RESOLV_CONF_MS) return known;
    readAt = clock.now();
    const text = await readFile(path, 'utf8').catch(() => '');
    const hosts = text.split('\n').flatMap((line) => {
      const [word, host] = line.trim().split(/\s+/, 2);
      return word === 'nameserver' && host !== undefined ? [host] : [];
    });
    known = hosts.filter((host) => net.isIP(host) !== 0).map((host) => ({ host, port: 53 }));
    return known;
  };
}

/** A socket, port and id of its own for each query: what a forger would have to guess. */
function askUdp(query: Buffer, server: DnsServer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket(net.isIPv6(server.host) ? 'udp6' : 'udp4');
    const id = randomInt(65_536);
    const asked = withId(query, id);
    const timer = setTimeout(() => finish(undefined), SERVER_TIMEOUT_MS);
    function finish(response: Buffer | undefined): void {
      clearTimeout(timer);
      socket.removeAllListeners('message');
      try {
        socket.close();
      } catch {
        // Closed by its own error.
      }
      resolve(response && withId(response, query.readUInt16BE(0)));
    }
    socket.on('error', () => finish(undefined));
    // Connected: the kernel drops what others send.
    socket.connect(server.port, server.host, () => socket.send(asked));
    socket.on('message', (response) => {
      if (response.length >= 12 && response.readUInt16BE(0) === id) finish(response);
    });
  });
}

function askTcp(query: Buffer, server: DnsServer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ ...server, noDelay: true });
    const timer = setTimeout(() => finish(undefined), SERVER_TIMEOUT_MS);
    let received = Buffer.alloc(0);
    function finish(response: Buffer | undefined): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(response && withId(response, query.readUInt16BE(0)));
    }
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.on('error', () => finish(undefined));
    socket.on('end', () => finish(undefined));
    socket.write(Buffer.concat([length, query]));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const wanted = received.length >= 2 ? received.readUInt16BE(0) + 2 : MAX_RESPONSE;
      if (received.length >= wanted && wanted >= 14) finish(received.subarray(2, wanted));
      else if (received.length > MAX_RESPONSE + 2) finish(undefined);
    });
  });
}

function withId(message: Buffer, id: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(id, 0);
  return copy;
}
