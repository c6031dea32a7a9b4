/**
 * Watches memory of the kernel that no group counts: neighbours (permanent ones have no bound at all), tracked connections (a table of
 * nf_conntrack_max for each network namespace), and cgroups themselves (v2 bounds those of a node, v1 does not). The host's totals are looked at
 * all the time; who holds how much is only asked when they grow.
 */
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { KernelHoldings } from '../runtime/runtime.ts';
import type { KernelTotals } from './kernel-totals.ts';
import { createLooks, type Looks } from './looks.ts';

/** Between two looks (ms): a node makes some 100,000 entries, 60 MB, a second. */
const LOOK_MS = 2_000;
/** Neighbours of the machine beyond which is asked who has them; a large swarm has some hundred. */
const NEIGHBOURS_WORTH_A_LOOK = 8_192;
/** Growth of the kernel's memory since it was last asked (bytes). */
const GROWTH_WORTH_A_LOOK = 128 * 1024 ** 2;
/** Growth of the number of groups since it was last asked: a node with 100 containers has a thousand. */
const GROUPS_WORTH_A_LOOK = 8_192;
/** Between two times that it is asked (ms), since asking reads every process of every node. */
const CENSUS_PAUSE_MS = 10_000;
/** Neighbours of one session: a quarter of gc_thresh3 (infra/host/90-drydock.conf), 20 MB. */
export const MAX_SESSION_NEIGHBOURS = 32_768;
/** Tracked connections of one session: two full tables of the kernel's default, 160 MB. A load test of 4,000 connections a second stays below. */
export const MAX_SESSION_CONNECTIONS = 524_288;
/** Cgroups of one session in all hierarchies: some 1,800 containers on v1, and at most 400 MB. */
export const MAX_SESSION_GROUPS = 16_384;

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
  let lowest: number | undefined;
  /** Groups are asked for once at first, when there are many: an agent that starts again knows nothing of who made them. */
  let fewestGroups = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let found = false;

  function isWorthALook({ neighbours, unreclaimableBytes, groups }: KernelTotals): boolean {
    lowest = Math.min(lowest ?? unreclaimableBytes, unreclaimableBytes);
    fewestGroups = Math.min(fewestGroups, groups);
    const manyGroups = groups - fewestGroups > GROUPS_WORTH_A_LOOK;
    // Groups that nobody had too many of when it was last asked were made since, and in ten seconds more are made than a host has memory for.
    if (manyGroups && !found) return true;
    if (clock.now() - askedAt < CENSUS_PAUSE_MS) return false;
    return manyGroups || neighbours > NEIGHBOURS_WORTH_A_LOOK || unreclaimableBytes - lowest > GROWTH_WORTH_A_LOOK;
  }

  async function judge(sessionId: SessionId, nodes: readonly string[]): Promise<boolean> {
    let [neighbours, connections, groups] = [0, 0, 0];
    for (const node of nodes) {
      const counted = await census(sessionId, node).catch((err: unknown) =>
        logger.warn({ err, sessionId, node }, 'memory of the kernel not counted'),
      );
      neighbours += counted?.neighbours ?? 0;
      connections += counted?.connections ?? 0;
      groups += counted?.groups ?? 0;
    }
    const reason = overuse({ neighbours, connections, groups });
    if (reason !== undefined) {
      logger.warn({ sessionId, neighbours, connections, groups }, 'a session holds too much of the kernel’s memory');
      onOveruse(sessionId, reason);
    }
    return reason !== undefined;
  }

  async function look(): Promise<void> {
    const now = await totals();
    if (!isWorthALook(now)) return;
    found = false;
    for (const [sessionId, nodes] of sessions()) found = (await judge(sessionId, nodes)) || found;
    askedAt = clock.now();
    // Nobody's: what the host itself has grown by is the new measure.
    if (!found) [lowest, fewestGroups] = [now.unreclaimableBytes, now.groups];
  }

  return createLooks({ everyMs: LOOK_MS, look, failure: 'the kernel’s memory was not looked at', clock, logger });
}

/** What the session's pages show as the reason of its end. */
function overuse({ neighbours, connections, groups }: Omit<NodeHoldings, 'namespaces'>): string | undefined {
  if (neighbours > MAX_SESSION_NEIGHBOURS) {
    return `its nodes hold ${neighbours} network neighbours, and ${MAX_SESSION_NEIGHBOURS} are the most.`;
  }
  if (connections > MAX_SESSION_CONNECTIONS) {
    return `its nodes hold ${connections} tracked connections, and ${MAX_SESSION_CONNECTIONS} are the most.`;
  }
  if (groups > MAX_SESSION_GROUPS) return `its nodes hold more than ${MAX_SESSION_GROUPS} cgroups.`;
  return undefined;
}
