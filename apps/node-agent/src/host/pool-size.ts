/** How many nodes a host keeps booted for nobody: by its memory, by what was asked for lately, and never at the cost of a session. */
import type { Clock } from '@drydock/service-kit';

/** One for each so many bytes of the host's memory when the operator names no number... */
const MEMORY_A_MEMBER = 8 * 1024 ** 3;
/** ...from this much on: a smaller host needs all that it has... */
const SMALLEST_HOST = 4 * 1024 ** 3;
/** ...but only demand makes it more than this: an idle host shall not boot a dozen nodes for nobody. */
const MOST_WITHOUT_DEMAND = 4;
/** Demand has an end too: a class that arrives at once is served in waves. */
export const MOST_MEMBERS = 16;
/** What a member takes of the memory that is available: 43 MB in its group (docs/SPECIFICATION.md), and the kernel's own for it. */
export const MEMBER_BYTES = 96 * 1024 ** 2;

/** A template or a class asks for its nodes within this (ms): what must be there at once. */
const BURST_MS = 30_000;
/** What was asked for once is likely to be asked for again so long (ms). */
const REMEMBERED_MS = 10 * 60_000;
/** Requests remembered; more would not change the answer. */
const MOST_REMEMBERED = 500;

export interface PoolSizeInput {
  /** The operator's own number. */
  fixed?: number | undefined;
  /** Of the host; what nothing uses; what is kept for the host itself. */
  memory: { totalBytes: number; availableBytes: number; reserveBytes: number };
  /** Members that there are. */
  members: number;
  /** Nodes of sessions, and how many the host takes: a member must not have the last place. */
  nodes: number;
  maxNodes: number;
  /** See createDemand. */
  demand: number;
}

/** The number of members that there should be. */
export function poolSize({ fixed, memory, members, nodes, maxNodes, demand }: PoolSizeInput): number {
  const chosen = fixed ?? Math.min(MOST_MEMBERS, Math.max(byMemory(memory.totalBytes), demand));
  const more = Math.floor((memory.availableBytes - memory.reserveBytes) / MEMBER_BYTES);
  return Math.max(0, Math.min(chosen, maxNodes - nodes, members + more));
}

function byMemory(totalBytes: number): number {
  if (totalBytes < SMALLEST_HOST) return 0;
  return Math.min(MOST_WITHOUT_DEMAND, Math.max(1, Math.floor(totalBytes / MEMORY_A_MEMBER)));
}

export interface Demand {
  /** A node was asked for. */
  note(): void;
  /** The most nodes that were asked for within half a minute, of the last ten minutes. */
  most(): number;
}

/** Builds an empty memory of demand. */
export function createDemand(clock: Clock): Demand {
  const times: number[] = [];
  return {
    note() {
      times.push(clock.now());
      if (times.length > MOST_REMEMBERED) times.shift();
    },
    most() {
      const oldest = clock.now() - REMEMBERED_MS;
      while (times.length > 0 && (times[0] as number) < oldest) times.shift();
      let most = 0;
      let first = 0;
      times.forEach((time, last) => {
        while ((times[first] as number) < time - BURST_MS) first += 1;
        most = Math.max(most, last - first + 1);
      });
      return most;
    },
  };
}
