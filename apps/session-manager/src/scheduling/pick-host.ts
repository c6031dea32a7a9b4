/** Chooses the hosts of new nodes: a pure function of what is known. */
import type { Host } from './host-registry.ts';

export interface Candidate {
  host: Pick<Host, 'name' | 'state' | 'capacity' | 'underlay'>;
  /** Nodes of all sessions that are placed on it. */
  placed: number;
}

/** Where a session lives. */
export interface Home {
  /** How many of its nodes each host has. */
  readonly hosts: ReadonlyMap<string, number>;
  /** The MTU of its network if it may span hosts: what it was made with on its first host. */
  readonly mtu?: number | undefined;
}

/** The home of a session without nodes. */
export const NOWHERE: Home = { hosts: new Map() };

/** Nodes that a host still takes. */
export function freeNodes({ host, placed }: Candidate): number {
  return host.state === 'connected' ? Math.max(0, host.capacity.maxNodes - placed) : 0;
}

/**
 * A host for each of `count` new nodes of a session, or undefined when they cannot be had. A session stays together while it fits: all of
 * them on one host that it has, else (a session without nodes) on any one host; only then over several, as few more as will do. Among hosts
 * with room the one with the largest free share wins, a booted node in its pool breaks ties, then the name, so that the same facts always
 * give the same answer.
 */
export function placeNodes(candidates: readonly Candidate[], count: number, home: Home): string[] | undefined {
  const together = oneHost(
    candidates.filter(({ host }) => home.hosts.size === 0 || home.hosts.has(host.name)),
    count,
    home,
  );
  if (together !== undefined) return Array<string>(count).fill(together);
  const mtus = home.hosts.size === 0 ? candidates.map(({ host }) => host.underlay?.mtu) : [home.mtu];
  const ways = [...new Set(mtus)].flatMap((mtu) => {
    const reachable = mtu === undefined ? [] : withinReach(candidates, home, mtu);
    const spread = reachable === undefined ? undefined : overHosts(reachable, count, home);
    return spread === undefined ? [] : [spread];
  });
  return ways.sort((a, b) => new Set(a).size - new Set(b).size)[0];
}

function oneHost(candidates: readonly Candidate[], count: number, home: Home): string | undefined {
  const able = candidates.filter((candidate) => freeNodes(candidate) >= count);
  return best(able, home)?.host.name;
}

/** The candidate with most of the session's nodes, the largest free share, the fullest pool, the first name. */
function best(candidates: readonly Candidate[], home: Home): Candidate | undefined {
  let found: { candidate: Candidate; rank: [number, number, number] } | undefined;
  for (const candidate of candidates) {
    const { name, capacity } = candidate.host;
    const rank: [number, number, number] = [
      home.hosts.get(name) ?? 0,
      freeNodes(candidate) / capacity.maxNodes,
      capacity.pool,
    ];
    if (found === undefined || isBetter(rank, name, found.rank, found.candidate.host.name)) found = { candidate, rank };
  }
  return found?.candidate;
}

function isBetter(a: readonly number[], name: string, b: readonly number[], than: string): boolean {
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    if (value !== other) return value > other;
  }
  return name < than;
}

/**
 * The hosts over which a session with that MTU may spread: all of one underlay and no two at one address (which would be two agents of one
 * machine). Undefined when a host that it has is not among them, for nodes elsewhere would not reach its nodes.
 */
function withinReach(candidates: readonly Candidate[], home: Home, mtu: number): Candidate[] | undefined {
  const taken = new Set<string>();
  const reachable: Candidate[] = [];
  const add = (candidate: Candidate): boolean => {
    const { underlay } = candidate.host;
    if (underlay?.mtu !== mtu || taken.has(underlay.address)) return false;
    taken.add(underlay.address);
    reachable.push(candidate);
    return true;
  };
  const own = candidates.filter(({ host }) => home.hosts.has(host.name));
  if (own.length < home.hosts.size || !own.every(add)) return undefined;
  for (const candidate of candidates) if (!home.hosts.has(candidate.host.name)) add(candidate);
  return reachable;
}

/** Fills the session's own hosts first; then one that takes all the rest, or the one that takes most of it. */
function overHosts(candidates: readonly Candidate[], count: number, home: Home): string[] | undefined {
  const chosen: string[] = [];
  const left = new Set(candidates.filter((candidate) => freeNodes(candidate) > 0));
  while (chosen.length < count) {
    const wanted = count - chosen.length;
    const own = [...left].filter(({ host }) => home.hosts.has(host.name));
    const able = [...left].filter((candidate) => freeNodes(candidate) >= wanted);
    const most = Math.max(...[...left].map(freeNodes));
    const widest = [...left].filter((candidate) => freeNodes(candidate) === most);
    const next = best([own, able, widest].find((some) => some.length > 0) ?? [], home);
    if (next === undefined) return undefined;
    left.delete(next);
    chosen.push(...Array<string>(Math.min(wanted, freeNodes(next))).fill(next.host.name));
  }
  return chosen;
}
