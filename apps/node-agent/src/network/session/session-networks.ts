/** The networks of this host's sessions: makes, adopts and removes namespaces, bridges, node links and uplinks. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeAddress, type Refusals, type SessionId, type SessionNetwork as SpanningNetwork } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { z } from 'zod';
import { createKeyedQueue } from '../../system/keyed-queue.ts';
import type { NetnsAddon } from '../../system/netns-addon.ts';
import type { NetnsSockets } from '../../system/netns-sockets.ts';
import type { NodePlug } from '../../system/node-plug.ts';
import { runTool } from '../../system/run-tool.ts';
import * as plan from '../addresses.ts';
import { DEFAULT_TRAFFIC_LIMITS, type Egress, type TrafficLimits } from '../egress.ts';
import { type EgressLists, NO_LISTS } from '../egress-lists.ts';
import type { Peer } from '../peer.ts';
import type { SessionSpans } from '../span/session-spans.ts';
import { reserveFirstLink } from './first-link.ts';
import { createSessionLinks, DEFAULT_MTU, type PluggedNode } from './session-links.ts';
import { makeSessionNamespace } from './session-namespace.ts';
import { readRefusals } from './session-rules.ts';
import { createSpareNamespaces } from './spare-namespaces.ts';
import type { TransitClaim, TransitClaims } from './transit-claims.ts';

export interface SessionNetworks {
  /**
   * Makes the session's network if it is not there. `egress` counts at the first call; `span` says which other hosts the session
   * has. @throws Error for a span on a host without an underlay.
   */
  ensure(sessionId: SessionId, egress: Egress, span?: SpanningNetwork): Promise<void>;
  /** The session's other hosts, or their nodes, have changed; true when that was news. Nothing happens where it has no network. */
  span(sessionId: SessionId, network: SpanningNetwork): Promise<boolean>;
  /** What a node's network needs before anything runs in the node, when the node is attached only later. */
  prepare(plug: NodePlug): Promise<void>;
  /** Gives a node its eth0 with the address of node `index`; repeats harmlessly. The session must be ensured. */
  attach(sessionId: SessionId, node: PluggedNode): Promise<{ ip: string; mac: string }>;
  /** Connects from the session's network to an address in it. @throws errno errors: ECONNREFUSED, EHOSTUNREACH, ETIMEDOUT, ENOENT without a network. */
  connectTcp(sessionId: SessionId, ip: string, port: number, timeoutMs: number): Promise<Socket>;
  /** Takes a node's link away, and its name out of DNS. */
  detach(sessionId: SessionId, node: { name: string; index: number }): Promise<void>;
  /** Removes the whole network; complete also when parts are missing. */
  destroy(sessionId: SessionId): Promise<void>;
  /** After a restart: takes over the networks of these sessions and removes all others of this agent. */
  adopt(sessionIds: readonly SessionId[]): Promise<void>;
  /** Nodes of the session: those that are attached here now, and those on other hosts. */
  peers(sessionId: SessionId): Peer[];
  /** Sessions that have a network. */
  sessions(): SessionId[];
  /** Reads what the session's rules have refused and tells it, if there is any. */
  countRefusals(sessionId: SessionId): Promise<void>;
  /** Closes what this process serves; the networks stay for the next agent. */
  close(): Promise<void>;
}

/** What runs on the gateway address of a session (DNS, mirror); must be closed before the namespace can vanish. */
export interface GatewayServices {
  open(sessionId: SessionId, egress: Egress, peers: () => readonly Peer[]): Promise<{ close(): Promise<void> }>;
}

export interface SessionNetworksDeps {
  addon: NetnsAddon;
  sockets: NetnsSockets;
  claims: TransitClaims;
  logger: Logger;
  services: GatewayServices;
  /** Hears what a session's rules have refused in all: when it is counted, and at the end of the network. */
  onRefusals?: (sessionId: SessionId, refused: Refusals) => void;
  /** Hears of a network that is about to go, while its rules can still be read. */
  beforeEnd?: (sessionId: SessionId) => Promise<void>;
  /** Of networks made from now on. */
  limits?: TrafficLimits;
  /** What the operator closes and opens, and the networks around this host as they are now; of networks made from now on. */
  outside?: { lists: EgressLists; neighbours: () => readonly string[] };
  /** Undefined: sessions stay on this host. */
  spans?: SessionSpans | undefined;
  /**
   * Makes namespaces with this egress in advance; left out: none. Not where sessions span hosts: there each host must know the MACs of
   * the others', by the session's id.
   */
  spares?: { egress: Egress; clock: Clock } | undefined;
}

interface SessionNetwork {
  peers: Map<number, Peer>;
  services: { close(): Promise<void> };
  /** What its MACs are derived from. */
  seed: string;
}

/** A predecessor that is still closing its sockets holds the gateway's ports (ms, times). */
const TAKE_OVER = { waitMs: 300, tries: 20 } as const;

const linksSchema = z.array(z.object({ ifname: z.string(), ifalias: z.string().optional() }));

/** A session without its name server is poor, but its nodes live: an agent that starts must not fail for it. */
async function takeOver(
  open: () => Promise<{ close(): Promise<void> }>,
  logger: Logger,
  sessionId: SessionId,
): Promise<{ close(): Promise<void> }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (err) {
      if (tries < TAKE_OVER.tries) {
        await sleep(TAKE_OVER.waitMs);
        continue;
      }
      logger.error({ err, sessionId }, 'name server and mirror of a session not opened');
      return { close: async () => {} };
    }
  }
}

/** Builds the networks of one agent; `claims` names the owner. */
export function createSessionNetworks(deps: SessionNetworksDeps): SessionNetworks {
  const { addon, sockets, claims, logger, services, limits = DEFAULT_TRAFFIC_LIMITS, spans } = deps;
  const mtu = spans?.underlay.mtu ?? DEFAULT_MTU;
  const links = createSessionLinks(addon, limits.bandwidth, mtu);
  const { lists, neighbours } = deps.outside ?? { lists: NO_LISTS, neighbours: () => [] };
  const makeNamespace = (seed: string, egress: Egress) =>
    makeSessionNamespace(addon, { seed, egress, limits, lists, neighbours: neighbours() }, mtu);
  const spares =
    spans || !deps.spares ? undefined : createSpareNamespaces({ ...deps.spares, make: makeNamespace, logger });
  const networks = new Map<SessionId, SessionNetwork>();
  const queue = createKeyedQueue();

  const peersOf = (sessionId: SessionId): Peer[] => [
    ...(networks.get(sessionId)?.peers.values() ?? []),
    ...(spans?.peers(sessionId) ?? []),
  ];
  const open = (sessionId: SessionId, egress: Egress) => services.open(sessionId, egress, () => peersOf(sessionId));

  async function removeLeftovers(sessionId: SessionId): Promise<void> {
    await links.remove(sessionId);
    for (const claim of await claims.list()) {
      if (claim.sessionId === sessionId) await claims.release(claim.transit);
    }
  }

  /** Gives the seed of the session's MACs. */
  async function build(sessionId: SessionId, egress: Egress): Promise<string> {
    const namespace = spares?.take(egress) ?? (await makeNamespace(sessionId, egress));
    try {
      const { transit, seed } = await claims.claim(sessionId, egress, namespace.seed);
      await links.place(sessionId, transit, namespace);
      return seed;
    } finally {
      namespace.close();
    }
  }

  async function span(sessionId: SessionId, network: SpanningNetwork): Promise<boolean> {
    if (spans === undefined) throw new Error('a session cannot span hosts: DRYDOCK_HOST_ADDRESS is not set here');
    if (!(await spans.set(sessionId, network))) return false;
    await spans.apply(sessionId);
    return true;
  }

  async function ensure(sessionId: SessionId, egress: Egress, network: SpanningNetwork | undefined): Promise<void> {
    if (!networks.has(sessionId)) await make(sessionId, egress);
    if (network !== undefined) await span(sessionId, network);
  }

  async function make(sessionId: SessionId, egress: Egress): Promise<void> {
    // Two agents of one machine have one set of namespaces: what another one's session has is not ours to clear away.
    if ((await links.exists(sessionId)) && (await claims.isForeign(sessionId))) {
      throw new Error(`session ${sessionId} has another agent on this machine`);
    }
    try {
      await removeLeftovers(sessionId);
      const seed = await build(sessionId, egress);
      const network = { peers: new Map<number, Peer>(), services: await open(sessionId, egress), seed };
      networks.set(sessionId, network);
    } catch (error) {
      await removeLeftovers(sessionId).catch((err: unknown) => logger.error({ err, sessionId }, 'network not removed'));
      throw error;
    }
  }

  async function destroy(sessionId: SessionId): Promise<void> {
    const network = networks.get(sessionId);
    networks.delete(sessionId);
    const refused = network ? await countRefusals(sessionId) : {};
    if (network) await deps.beforeEnd?.(sessionId);
    if (Object.keys(refused).length > 0) logger.info({ sessionId, refused }, 'packets refused in a session');
    await network?.services.close();
    await removeLeftovers(sessionId);
    await spans?.forget(sessionId);
  }

  async function countRefusals(sessionId: SessionId): Promise<Refusals> {
    const refused = await readRefusals(plan.sessionNetnsPath(sessionId)).catch((): Refusals => ({}));
    if (Object.keys(refused).length > 0) deps.onRefusals?.(sessionId, refused);
    return refused;
  }

  async function adoptOne({ sessionId, egress, seed }: TransitClaim): Promise<void> {
    const netns = plan.sessionNetnsPath(sessionId);
    const found = linksSchema.parse(JSON.parse(await runTool(['ip', '-j', 'link', 'show'], { netns })));
    const peers = new Map<number, Peer>();
    for (const { ifname, ifalias } of found) {
      const index = plan.portIndex(ifname);
      if (index !== undefined && ifalias !== undefined) peers.set(index, { name: ifalias, ip: nodeAddress(index) });
    }
    const opened = await takeOver(() => open(sessionId, egress), logger, sessionId);
    networks.set(sessionId, { peers, services: opened, seed });
    // What the last agent was told and had not made yet.
    await spans?.apply(sessionId).catch((err: unknown) => logger.error({ err, sessionId }, 'other hosts not joined'));
  }

  return {
    ensure: (sessionId, egress, network) => queue.run(sessionId, () => ensure(sessionId, egress, network)),
    span: (sessionId, network) =>
      queue.run(sessionId, async () => networks.has(sessionId) && (await span(sessionId, network))),
    prepare: (plug) => reserveFirstLink(addon, plug),
    connectTcp: (sessionId, ip, port, timeoutMs) =>
      sockets.connectTcp({ path: plan.sessionNetnsPath(sessionId) }, ip, port, timeoutMs),
    async attach(sessionId, node) {
      const network = networks.get(sessionId);
      if (!network) throw new Error(`session ${sessionId} has no network`);
      await links.attach(sessionId, network.seed, node);
      const ip = nodeAddress(node.index);
      network.peers.set(node.index, { name: node.name, ip });
      return { ip, mac: plan.nodeMac(network.seed, node.index) };
    },
    async detach(sessionId, node) {
      const peers = networks.get(sessionId)?.peers;
      if (peers?.get(node.index)?.name === node.name) peers.delete(node.index);
      // The link goes with the node's namespace too; asked for by name so that it is gone on return.
      await links.detach(sessionId, node.index);
    },
    destroy: (sessionId) => queue.run(sessionId, () => destroy(sessionId)),
    async adopt(sessionIds) {
      const wanted = new Set(sessionIds);
      await spans?.start(sessionIds);
      for (const claim of await claims.list()) {
        const { sessionId } = claim;
        await queue.run(sessionId, async () => {
          if (networks.has(sessionId)) return;
          if (wanted.has(sessionId) && (await links.exists(sessionId))) {
            await adoptOne(claim);
          } else {
            await removeLeftovers(sessionId);
            logger.info({ sessionId }, 'removed the network of a session that is gone');
          }
        });
      }
    },
    peers: peersOf,
    sessions: () => [...networks.keys()],
    countRefusals: async (sessionId) => void (await countRefusals(sessionId)),
    async close() {
      spares?.close();
      await Promise.all([...networks.values()].map(({ services: open }) => open.close()));
      networks.clear();
    },
  };
}
