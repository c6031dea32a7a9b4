/** The name server of one session, on its gateway address: UDP and TCP sockets inside the session's namespace. */
import net from 'node:net';
import type { Logger } from '@drydock/service-kit';
import type { NetnsRef, NetnsSockets } from '../../system/netns-sockets.ts';
import { DNS_PORT, GATEWAY_ADDRESS } from '../addresses.ts';
import type { NamedAddress, NameRules } from '../name-rules.ts';
import type { Peer } from '../peer.ts';
import { answerQuery } from './dns-answer.ts';
import type { DnsUpstream } from './dns-upstream.ts';

export interface DnsServerDeps {
  netns: NetnsRef;
  sockets: NetnsSockets;
  /** The session's nodes at this moment. */
  peers: () => readonly Peer[];
  /** Whoever is asked for what `names` lets out. */
  upstream: DnsUpstream;
  names: NameRules;
  /** Opens what an allowed name led to, before whoever asked hears of it. */
  open: (addresses: readonly NamedAddress[]) => Promise<void>;
  /** Whether the session may ask once more now; what it may not is not answered. */
  mayAsk: () => boolean;
  logger: Logger;
}

/** Queries of one session that wait for an answer from outside; more are refused at once. */
const MAX_OUTSTANDING = 128;
/** A query (bytes): one question and an EDNS record fit many times. */
const MAX_QUERY = 1024;
const MAX_TCP_CONNECTIONS = 32;
const TCP_IDLE_MS = 10_000;

/** Opens the server. @throws errno errors when the address is not there or taken. */
export async function openDnsServer(deps: DnsServerDeps): Promise<{ close(): Promise<void> }> {
  const { netns, sockets, peers, upstream, names } = deps;
  let outstanding = 0;

  /** The whole response, or undefined for what deserves none. */
  async function respond(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    if (!deps.mayAsk()) return undefined;
    return answerQuery(query, {
      peers,
      names,
      open: deps.open,
      async ask(asked) {
        if (outstanding >= MAX_OUTSTANDING) return 'busy';
        outstanding += 1;
        return upstream.ask(asked, transport).finally(() => {
          outstanding -= 1;
        });
      },
      onError: (err) => deps.logger.debug({ err, netns: netns.path }, 'addresses of an allowed name not opened'),
    });
  }

  const udp = await sockets.bindUdp(netns, GATEWAY_ADDRESS, DNS_PORT);
  udp.on('error', (err) => deps.logger.warn({ err, netns: netns.path }, 'name server socket failed'));
  udp.on('message', (query, peer) => {
    if (query.length > MAX_QUERY) return;
    void respond(query, 'udp').then((response) => {
      if (response) udp.send(response, peer.port, peer.address, () => {});
    });
  });

  const connections = new Set<net.Socket>();
  const tcp = net.createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    serveTcp(socket, (query) => respond(query, 'tcp'));
  });
  tcp.maxConnections = MAX_TCP_CONNECTIONS;
  try {
    await sockets.listenTcp(netns, GATEWAY_ADDRESS, DNS_PORT, tcp);
  } catch (error) {
    udp.close();
    throw error;
  }

  return {
    async close() {
      udp.close();
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}

/** Messages with a length before each (RFC 1035, section 4.2.2), answered one at a time. */
function serveTcp(socket: net.Socket, respond: (query: Buffer) => Promise<Buffer | undefined>): void {
  let received = Buffer.alloc(0);
  let busy = false;
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());

  async function next(): Promise<void> {
    if (busy || received.length < 2) return;
    const length = received.readUInt16BE(0);
    if (length > MAX_QUERY) return void socket.destroy();
    if (received.length < length + 2) return;
    busy = true;
    const query = received.subarray(2, length + 2);
    received = received.subarray(length + 2);
    const response = await respond(query);
    if (socket.destroyed) return;
    if (!response) return void socket.destroy();
    const prefix = Buffer.alloc(2);
    prefix.writeUInt16BE(response.length);
    socket.write(Buffer.concat([prefix, response]));
    busy = false;
    await next();
  }

  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    // A client that pipelines more than this does not wait for answers.
    if (received.length > 8 * MAX_QUERY) socket.destroy();
    else void next();
  });
}
