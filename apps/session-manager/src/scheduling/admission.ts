/** Counts what hosts can still take, and keeps the line of those who wait for a place. */
import { DrydockError, type NodeLimits } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { HostRegistry } from './host-registry.ts';
import { freeNodes, pickHost } from './pick-host.ts';

/** A place in the line is kept this long (ms) without a new attempt: longer than a page reload, shorter than a lunch. */
const PLACE_KEPT_MS = 60_000;
/** Places in the line at once; beyond it everybody is told the same last place. */
const MAX_LINE = 10_000;
/** What one more place in the line costs when nothing better is known (s). */
const ESTIMATE_PER_PLACE_SECONDS = 60;

export interface AdmissionDeps {
  hosts: Pick<HostRegistry, 'list' | 'get'>;
  /** Nodes placed on a host. */
  placed(host: string): number;
  /** When the next sessions will end (ms since the epoch), soonest first. */
  nextEnds(): number[];
  clock: Clock;
}

export interface Place {
  host: string;
  maxNodes: number;
  limits: NodeLimits;
}

export interface Admission {
  /**
   * Where `count` more nodes of a session go. @throws DrydockError NO_CAPACITY when no host takes them.
   * `home` is the host of the session's nodes.
   */
  place(count: number, home?: string): Place;
  /**
   * Lets a new session of `nodes` nodes in, or puts `ticket` (who asks) in the line; asking again keeps the place.
   * @throws DrydockError NO_CAPACITY with details `{queuePlace, estimateSeconds}`.
   */
  admit(nodes: number, ticket: string): void;
  capacity(): { nodes: number; free: number };
}

/** Builds admission; it holds the line in memory, everything else is asked. */
export function createAdmission({ hosts, placed, nextEnds, clock }: AdmissionDeps): Admission {
  /** Ticket -> last time it was shown; in order of arrival. */
  const line = new Map<string, number>();

  const candidates = () => hosts.list().map((host) => ({ host, placed: placed(host.name) }));
  const totalFree = () => candidates().reduce((sum, candidate) => sum + freeNodes(candidate), 0);

  function forgetAbsent(): void {
    for (const [ticket, seen] of line) if (clock.now() - seen > PLACE_KEPT_MS) line.delete(ticket);
  }

  function wait(ticket: string): never {
    const place = line.has(ticket) ? [...line.keys()].indexOf(ticket) + 1 : line.size + 1;
    const ends = nextEnds();
    const end = ends[Math.min(place, ends.length) - 1];
    const seconds = end === undefined ? place * ESTIMATE_PER_PLACE_SECONDS : Math.ceil((end - clock.now()) / 1000);
    throw new DrydockError('NO_CAPACITY', undefined, { queuePlace: place, estimateSeconds: Math.max(1, seconds) });
  }

  return {
    place(count, home) {
      const name = pickHost(candidates(), count, home);
      const host = name === undefined ? undefined : hosts.get(name);
      if (host === undefined) throw new DrydockError('NO_CAPACITY');
      return { host: host.name, maxNodes: host.capacity.maxNodes, limits: host.capacity.defaultLimits };
    },
    admit(nodes, ticket) {
      forgetAbsent();
      const wanted = Math.max(1, nodes);
      const place = [...line.keys()].indexOf(ticket);
      // Only those who came earlier may take a free place before this one.
      const ahead = place === -1 ? line.size : place;
      if (totalFree() - ahead >= wanted && pickHost(candidates(), wanted, undefined) !== undefined) {
        line.delete(ticket);
        return;
      }
      if (place !== -1 || line.size < MAX_LINE) line.set(ticket, clock.now());
      wait(ticket);
    },
    capacity() {
      const connected = candidates().filter(({ host }) => host.state === 'connected');
      return { nodes: connected.reduce((sum, { host }) => sum + host.capacity.maxNodes, 0), free: totalFree() };
    },
  };
}
