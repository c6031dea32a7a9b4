/**
 * Watches memory of the kernel that no group counts: neighbours (permanent ones have no bound at all), tracked connections (a table of
 * nf_conntrack_max for each network namespace), rings and queues of sockets that are charged to nobody, and cgroups themselves (v2 bounds those of
 * a node, v1 does not). The host's totals are looked at all the time; who holds how much is only asked when they grow.
 */
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { type KernelHoldings, NO_HOLDINGS } from '../runtime/runtime.ts';
import type { KernelTotals } from './kernel-totals.ts';
import { createLooks, type Looks } from './looks.ts';

/** Between two looks (ms): a node takes some 2 GB a second of rings, and makes 100,000 neighbours, 60 MB. A look takes 0.8 ms. */
const LOOK_MS = 500;
/** Neighbours of the machine beyond which is asked who has them; a large swarm has some hundred. */
const NEIGHBOURS_WORTH_A_LOOK = 8_192;
/** Growth of the kernel's memory since it was last asked (bytes). */
const GROWTH_WORTH_A_LOOK = 128 * 1024 ** 2;
/** Growth of what no figure of the kernel explains (bytes). Pipes are in it too, which groups pay for: full ones of a few nodes are below. */
const UNEXPLAINED_WORTH_A_LOOK = 256 * 1024 ** 2;
/** Growth of the number of groups since it was last asked: a node with 100 containers has a thousand. */
const GROUPS_WORTH_A_LOOK = 8_192;
/** Between two times that it is asked for what stays (ms), since asking reads every process of every node. What grows is asked for at once. */
const CENSUS_PAUSE_MS = 10_000;
/** Neighbours of one session: a quarter of gc_thresh3 (infra/host/90-drydock.conf), 20 MB. */
export const MAX_SESSION_NEIGHBOURS = 32_768;
/** Tracked connections of one session: two full tables of the kernel's default, 160 MB. A load test of 4,000 connections a second stays below. */
export const MAX_SESSION_CONNECTIONS = 524_288;
/** Rings and queues of one session's sockets (bytes): a capture of tcpdump or Wireshark takes 2 MiB, some sixty of them at a time. */
export const MAX_SESSION_SOCKET_BYTES = 128 * 1024 ** 2;
/**
 * Buffers of TCP and UDP of one session, as a share of what all of the machine may have before everybody is kept short. On cgroup v1 the limit
 * of a node's group does not hold for the groups that it makes, which those of its containers are.
 */
export const MAX_SESSION_TRANSPORT_SHARE = 1 / 4;
/** Terminals (PTYs) of one session, 160 MB: eight nodes with 300 containers that each have one stay below. */
export const MAX_SESSION_TERMINALS = 4096;
/**
 * Open descriptors of one session. They cost their node's own memory, but a node with hundreds of millions, which 2 GB are enough for, could not be
 * looked through for what else it holds: each takes up to 10 µs.
 */
export const MAX_SESSION_DESCRIPTORS = 400_000;
/** Network namespaces of one session: one that is empty takes 0.85 MB of the host. Eight nodes with some hundred containers each stay below. */
export const MAX_SESSION_NAMESPACES = 1024;
/** Cgroups of one session in all hierarchies: some 1,800 containers on v1, and at most 400 MB. */
export const MAX_SESSION_GROUPS = 16_384;

const HELD = Object.keys(NO_HOLDINGS) as (keyof KernelHoldings)[];

/** What one node holds. `groups` may be counted up to MAX_SESSION_GROUPS + 1. */
export type NodeHoldings = KernelHoldings;

export interface KernelWatchDeps {
  totals(): Promise<KernelTotals>;
  /** Sessions with the nodes that run here. */
  sessions(): Map<SessionId, string[]>;
  census(sessionId: SessionId, node: string): Promise<NodeHoldings>;
  /** Told at each census for as long as it holds. */
  onOveruse(sessionId: SessionId, reason: string): void;
  clock: Clock;
  logger: Logger;
}

/** Builds the watch; it begins with start(). */
export function createKernelWatch(deps: KernelWatchDeps): Looks {
  const { totals, sessions, census, onOveruse, clock, logger } = deps;
  let lowest: Pick<KernelTotals, 'unreclaimableBytes' | 'unexplainedBytes'> | undefined;
  let atLastCensus: KernelTotals | undefined;
  /** Groups are asked for once at first, when there are many: an agent that starts again knows nothing of who made them. */
  let fewestGroups = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let found = false;

  function isWorthALook(now: KernelTotals): boolean {
    const { neighbours, unreclaimableBytes, unexplainedBytes, transportBytes, groups } = now;
    lowest = {
      unreclaimableBytes: Math.min(lowest?.unreclaimableBytes ?? unreclaimableBytes, unreclaimableBytes),
      unexplainedBytes: Math.min(lowest?.unexplainedBytes ?? unexplainedBytes, unexplainedBytes),
    };
    fewestGroups = Math.min(fewestGroups, groups);
    const manyGroups = groups - fewestGroups > GROUPS_WORTH_A_LOOK;
    // Groups that nobody had too many of when it was last asked were made since, and in ten seconds more are made than a host has memory for.
    if (manyGroups && !found) return true;
    const resting = clock.now() - askedAt < CENSUS_PAUSE_MS;
    const before = (resting && atLastCensus) || lowest;
    if (unexplainedBytes - before.unexplainedBytes > UNEXPLAINED_WORTH_A_LOOK) return true;
    if (unreclaimableBytes - before.unreclaimableBytes > GROWTH_WORTH_A_LOOK) return true;
    const transportBefore = (resting && atLastCensus?.transportBytes) || 0;
    if (transportBytes - transportBefore > mostTransportBytes(now)) return true;
    return !resting && (manyGroups || neighbours > NEIGHBOURS_WORTH_A_LOOK);
  }

  async function judge(sessionId: SessionId, nodes: readonly string[], now: KernelTotals): Promise<boolean> {
    const held: NodeHoldings = { ...NO_HOLDINGS };
    for (const node of nodes) {
      const counted = await census(sessionId, node).catch((err: unknown) =>
        logger.warn({ err, sessionId, node }, 'memory of the kernel not counted'),
      );
      for (const kind of HELD) held[kind] += counted?.[kind] ?? 0;
    }
    const reason = overuse(held, mostTransportBytes(now));
    if (reason !== undefined) {
      logger.warn({ sessionId, held }, 'a session holds too much of the kernel’s memory');
      onOveruse(sessionId, reason);
    }
    return reason !== undefined;
  }

  async function look(): Promise<void> {
    const now = await totals();
    if (!isWorthALook(now)) return;
    found = false;
    for (const [sessionId, nodes] of sessions()) found = (await judge(sessionId, nodes, now)) || found;
    [askedAt, atLastCensus] = [clock.now(), now];
    if (found) return;
    // What the host itself has grown by is the new measure.
    logger.info({ before: lowest, now }, 'memory of the kernel grew, and no session holds too much');
    [lowest, fewestGroups] = [now, now.groups];
  }

  return createLooks({ everyMs: LOOK_MS, look, failure: 'the kernel’s memory was not looked at', clock, logger });
}

/** Of one session. */
function mostTransportBytes({ transportPotBytes }: KernelTotals): number {
  return transportPotBytes * MAX_SESSION_TRANSPORT_SHARE;
}

/** What the session's pages show as the reason of its end. */
function overuse(held: NodeHoldings, mostTransport: number): string | undefined {
  const { namespaces, neighbours, connections, socketBytes, transportBytes, terminals, descriptors, groups } = held;
  if (neighbours > MAX_SESSION_NEIGHBOURS) {
    return `its nodes hold ${neighbours} network neighbours, and ${MAX_SESSION_NEIGHBOURS} are the most.`;
  }
  if (connections > MAX_SESSION_CONNECTIONS) {
    return `its nodes hold ${connections} tracked connections, and ${MAX_SESSION_CONNECTIONS} are the most.`;
  }
  if (socketBytes > MAX_SESSION_SOCKET_BYTES) {
    return `its nodes hold ${mib(socketBytes)} in rings, queues and fragments of the network, and ${mib(MAX_SESSION_SOCKET_BYTES)} are the most.`;
  }
  if (transportBytes > mostTransport) {
    return `its nodes hold ${mib(transportBytes)} in buffers of TCP and UDP, and ${mib(mostTransport)} are the most.`;
  }
  if (namespaces > MAX_SESSION_NAMESPACES) {
    return `its nodes hold ${namespaces} network namespaces, and ${MAX_SESSION_NAMESPACES} are the most.`;
  }
  if (terminals > MAX_SESSION_TERMINALS) {
    return `its nodes hold ${terminals} terminals, and ${MAX_SESSION_TERMINALS} are the most.`;
  }
  if (descriptors > MAX_SESSION_DESCRIPTORS) {
    return `its nodes hold more than ${MAX_SESSION_DESCRIPTORS} open descriptors.`;
  }
  if (groups > MAX_SESSION_GROUPS) return `its nodes hold more than ${MAX_SESSION_GROUPS} cgroups.`;
  return undefined;
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}
