/** Counts what hosts can still take, and lets new sessions in as far as that goes. */
import { DrydockError, type NodeLimits } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { LineStore } from '../store/line/line-store.ts';
import type { HostRegistry } from './host-registry.ts';
import { freeNodes, type Home, NOWHERE, placeNodes } from './pick-host.ts';

/** What one more place in the line costs when nothing better is known (s). */
const ESTIMATE_PER_PLACE_SECONDS = 60;
/** For so long (ms) the ends of sessions are not sorted anew. */
const ENDS_FRESH_MS = 1000;

export interface AdmissionDeps {
  hosts: Pick<HostRegistry, 'list' | 'get'>;
  /** Nodes placed on a host. */
  placed(host: string): number;
  /** Whether one more session is within the operator's bound on sessions. */
  maySessionsGrow(): boolean;
  line: LineStore;
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
  /** Where `count` more nodes of a session go, one place each. @throws DrydockError NO_CAPACITY when they cannot be had. */
  place(count: number, home?: Home): Place[];
  /**
   * Lets a new session of `nodes` nodes in, or puts `ticket` (who asks) in the line; asking again keeps the place.
   * @throws DrydockError NO_CAPACITY with details `{queuePlace, estimateSeconds}`, STORE_UNAVAILABLE.
   */
  admit(nodes: number, ticket: string): Promise<void>;
  /** All nodes that there may be, and those that somebody who comes now could have. */
  capacity(): { nodes: number; free: number };
  /** How many wait in the line. */
  waiting(): Promise<number>;
}

/** Builds admission; it keeps nothing itself. */
export function createAdmission(deps: AdmissionDeps): Admission {
  const { hosts, placed, maySessionsGrow, line, nextEnds, clock } = deps;
  const candidates = () => hosts.list().map((host) => ({ host, placed: placed(host.name) }));
  const totalFree = () => candidates().reduce((sum, candidate) => sum + freeNodes(candidate), 0);

  let ends: number[] = [];
  let endsAt = Number.NEGATIVE_INFINITY;
  /** A crowd that waits asks often, and the next ends are the same for all of it. */
  function endsSoon(): number[] {
    if (clock.now() - endsAt >= ENDS_FRESH_MS) {
      ends = nextEnds();
      endsAt = clock.now();
    }
    return ends;
  }

  function estimate(place: number): number {
    const soon = endsSoon();
    const end = soon[Math.min(place, soon.length) - 1];
    const seconds = end === undefined ? place * ESTIMATE_PER_PLACE_SECONDS : Math.ceil((end - clock.now()) / 1000);
    return Math.max(1, seconds);
  }

  return {
    place(count, home = NOWHERE) {
      const places = placeNodes(candidates(), count, home)?.flatMap((name) => {
        const capacity = hosts.get(name)?.capacity;
        return capacity === undefined
          ? []
          : [{ host: name, maxNodes: capacity.maxNodes, limits: capacity.defaultLimits }];
      });
      if (places?.length !== count) throw new DrydockError('NO_CAPACITY');
      return places;
    },
    async admit(nodes, ticket) {
      const wanted = Math.max(1, nodes);
      // Room that is scattered over hosts that do not reach one another is none.
      const fits = maySessionsGrow() && placeNodes(candidates(), wanted, NOWHERE) !== undefined;
      const place = await line.stand(ticket, { free: fits ? totalFree() : 0, wanted });
      if (place === 0) return;
      throw new DrydockError('NO_CAPACITY', undefined, { queuePlace: place, estimateSeconds: estimate(place) });
    },
    waiting: () => line.length(),
    capacity() {
      const connected = candidates().filter(({ host }) => host.state === 'connected');
      return {
        nodes: connected.reduce((sum, { host }) => sum + host.capacity.maxNodes, 0),
        free: maySessionsGrow() ? totalFree() : 0,
      };
    },
  };
}
