/** Chooses the host of new nodes: a pure function of what is known. */
import type { Host } from './host-registry.ts';

export interface Candidate {
  host: Pick<Host, 'name' | 'state' | 'capacity'>;
  /** Nodes of all sessions that are placed on it. */
  placed: number;
}

/** Nodes that a host still takes. */
export function freeNodes({ host, placed }: Candidate): number {
  return host.state === 'connected' ? Math.max(0, host.capacity.maxNodes - placed) : 0;
}

/**
 * The host for `count` new nodes of a session whose nodes live on `home` (undefined: it has none yet), or undefined when none takes
 * them. A session stays on one host: its network is a namespace of that host. Among hosts with room, the one with the largest free
 * share wins, a booted node in its pool breaks ties, then the name, so that the same facts always give the same answer.
 */
export function pickHost(
  candidates: readonly Candidate[],
  count: number,
  home: string | undefined,
): string | undefined {
  let best: { name: string; share: number; pool: number } | undefined;
  for (const candidate of candidates) {
    const { name, capacity } = candidate.host;
    const free = freeNodes(candidate);
    if (free < count || (home !== undefined && name !== home)) continue;
    const offer = { name, share: free / capacity.maxNodes, pool: capacity.pool };
    if (best === undefined || isBetter(offer, best)) best = offer;
  }
  return best?.name;
}

function isBetter(a: { name: string; share: number; pool: number }, b: typeof a): boolean {
  if (a.share !== b.share) return a.share > b.share;
  return a.pool === b.pool ? a.name < b.name : a.pool > b.pool;
}
