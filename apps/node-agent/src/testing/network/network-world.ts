/** For integration tests: sessions' networks on this machine, processes that stand for nodes, and a namespace that plays the outside. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSessionId, type Refusals, type SessionId } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { sessionNetnsPath } from '../../network/addresses.ts';
import type { DnsUpstream } from '../../network/dns/dns-upstream.ts';
import type { Egress, TrafficLimits } from '../../network/egress.ts';
import { type EgressLists, NO_LISTS } from '../../network/egress-lists.ts';
import { readHostNetworks } from '../../network/host-networks.ts';
import { installHostRules } from '../../network/host-rules.ts';
import { createGatewayServices } from '../../network/session/gateway-services.ts';
import { waitForLinks } from '../../network/session/link-up.ts';
import {
  createSessionNetworks,
  type GatewayServices,
  type SessionNetworks,
} from '../../network/session/session-networks.ts';
import { createTransitClaims, type TransitClaims } from '../../network/session/transit-claims.ts';
import { loadNetnsAddon, type NetnsAddon } from '../../system/netns-addon.ts';
import { createNetnsSockets, type NetnsSockets } from '../../system/netns-sockets.ts';
import type { NodePlug } from '../../system/node-plug.ts';
import { NATIVE_DIR } from '../nodes/real-host.ts';

/** A port of the played outside that sends all it can to whoever connects. */
export const SOURCE_PORT = 19;
/** Ports of the outside that answer and close: the web, mail, a mining pool. */
const ANSWERING_PORTS = [80, 25, 3333];
const SOURCE_CHUNK = Buffer.alloc(64 * 1024);

export interface NetworkWorld {
  readonly addon: NetnsAddon;
  readonly sockets: NetnsSockets;
  readonly claims: TransitClaims;
  /** An agent's networks; new after reset(). */
  networks: SessionNetworks;
  /**
   * Addresses of the played outside, behind a router: one of the internet (of AS112, RFC 7535: what leaked would reach nobody) and
   * a private one; the router, which is this machine's neighbour, and this machine's own towards it (documentation, RFC 5737).
   */
  readonly publicAddress: string;
  readonly privateAddress: string;
  readonly routerAddress: string;
  readonly hostAddress: string;
  /** What onRefusals has told last, by session. */
  readonly refused: Map<string, Refusals>;
  /** Makes a session's network. */
  session(egress?: Egress): Promise<SessionId>;
  /** A process with a network namespace of its own stands for a node; gives its pid. */
  node(sessionId: SessionId, index: number): Promise<number>;
  /** Connects from a node within a second; `connected` or the error's code. */
  connect(pid: number, host: string, port: number): Promise<string>;
  /** Destroys all sessions and nodes. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Where the network of a process that stands for a node is reached. */
export function plugOf(pid: number): NodePlug {
  const path = `/proc/${pid}/ns/net`;
  return { kind: 'namespace', netns: { path, inode: statSync(path).ino } };
}

export const sh = (command: string): string => execFileSync('sh', ['-c', command]).toString();

/**
 * Opens it; networks are made with `limits` and the operator's lists. With an `upstream` the agent's own name server and mirror front
 * are at the gateway, else a listener on the mirror's port alone.
 */
export async function openNetworkWorld(
  limits?: TrafficLimits,
  lists: EgressLists = NO_LISTS,
  upstream?: DnsUpstream,
): Promise<NetworkWorld> {
  const addon = loadNetnsAddon(NATIVE_DIR);
  const sockets = createNetnsSockets(addon);
  const owner = mkdtempSync(join(tmpdir(), 'dd-network-'));
  const claims = createTransitClaims('/run/drydock/alloc', owner);
  // Tests of several checkouts on one machine stay apart: sixteen of each range.
  const part = process.pid % 16;
  const [outside, link] = [`ddt-out-${process.pid}`, `ddt-o${process.pid}`];
  const hostAddress = `198.51.100.${part * 16 + 1}`;
  const routerAddress = `198.51.100.${part * 16 + 2}`;
  const publicAddress = `192.31.196.${part * 16 + 2}`;
  const privateAddress = `10.255.${64 + part}.7`;
  const refused = new Map<string, Refusals>();
  const servers: Server[] = [];
  let sessions: SessionId[] = [];
  let children: ChildProcess[] = [];

  sh(`set -e; ip netns add ${outside}
    ip link add ${link} type veth peer name out0 netns ${outside}
    ip addr add ${hostAddress}/28 dev ${link}; ip link set ${link} up
    ip -n ${outside} addr add ${routerAddress}/28 dev out0; ip -n ${outside} addr add ${publicAddress}/32 dev out0; ip -n ${outside} addr add ${privateAddress}/32 dev out0
    ip -n ${outside} link set out0 up; ip -n ${outside} link set lo up; ip -n ${outside} route add default via ${hostAddress}
    for address in ${publicAddress} ${privateAddress}; do ip route add $address/32 via ${routerAddress}; done`);
  // The link to the outside carries when its other end is up: the kernel says so a moment later.
  await waitForLinks(addon, [{ netns: '/proc/self/ns/net', link }]);
  const neighbours = await readHostNetworks();
  await installHostRules({ lists, neighbours });
  async function listen(port: number, serve: (socket: Socket) => void): Promise<void> {
    const server = createServer((socket) => serve(socket.on('error', () => {})));
    await sockets.listenTcp({ path: `/run/netns/${outside}` }, '0.0.0.0', port, server);
    servers.push(server);
  }
  for (const port of ANSWERING_PORTS) await listen(port, (socket) => socket.end());
  await listen(SOURCE_PORT, (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(SOURCE_CHUNK));
    };
    socket.on('drain', more);
    more();
  });

  const logger = createLogger('test', 'warn');
  function createNetworks(): SessionNetworks {
    const listenOnly: GatewayServices = {
      async open(sessionId: SessionId) {
        const server = createServer((socket) => socket.on('error', () => {}).end('mirror'));
        await sockets.listenTcp({ path: sessionNetnsPath(sessionId) }, '192.168.0.1', 5000, server);
        return { close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
      },
    };
    const services =
      upstream === undefined
        ? listenOnly
        : createGatewayServices({
            sockets,
            upstream,
            lists,
            logger,
            clock: systemClock,
            mirror: (_request, response) => response.end('mirror'),
          });
    return createSessionNetworks({
      addon,
      sockets,
      claims,
      logger,
      services,
      outside: { lists, neighbours: () => neighbours },
      onRefusals: (sessionId, counts) => void refused.set(sessionId, counts),
      ...(limits === undefined ? {} : { limits }),
    });
  }

  const world: NetworkWorld = {
    addon,
    sockets,
    claims,
    networks: createNetworks(),
    publicAddress,
    privateAddress,
    routerAddress,
    hostAddress,
    refused,
    async session(egress = 'internet') {
      const id = newSessionId(randomBytes(8));
      sessions.push(id);
      await world.networks.ensure(id, egress);
      return id;
    },
    async node(sessionId, index) {
      const child = spawn('unshare', ['--net', 'sh', '-c', 'echo up; exec sleep 1000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      const pid = child.pid as number;
      await world.networks.attach(sessionId, { name: `node${index}`, index, plug: plugOf(pid) });
      return pid;
    },
    connect: (pid, host, port) =>
      sockets.connectTcp({ path: `/proc/${pid}/ns/net` }, host, port, 1000).then(
        (socket) => {
          socket.destroy();
          return 'connected';
        },
        (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
      ),
    async reset() {
      for (const child of children) child.kill('SIGKILL');
      for (const id of sessions) await world.networks.destroy(id);
      children = [];
      sessions = [];
      world.networks = createNetworks();
    },
    async close() {
      await world.reset();
      for (const server of servers) server.close();
      // The host's set keeps what any agent allowed (host-rules.ts): the next world may have this one's addresses.
      if (lists.allowed.networks.length > 0) sh('nft flush set inet drydock allowed');
      sh(`ip link del ${link}; ip netns del ${outside}`);
      rmSync(owner, { recursive: true });
    },
  };
  return world;
}

/** Runs nft in a session's namespace with `rules` on stdin. */
export function nft(sessionId: SessionId, rules: string): void {
  execFileSync('nsenter', [`--net=${sessionNetnsPath(sessionId)}`, 'nft', '-f', '-'], { input: rules });
}
