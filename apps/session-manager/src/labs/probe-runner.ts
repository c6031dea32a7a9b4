/** Asks a session's nodes what the open step's probes are about, each as often as it is due; one command of a kind a node at a time. */
import type { ProbedFacts } from '@drydock/protocol';
import type { Clock, Timer } from '@drydock/service-kit';
import {
  type Flight,
  HELD_MS,
  LOOK_MS,
  PAGE_MS,
  type PlannedProbe,
  SCRIPT_FACTOR,
  SCRIPT_MS,
  SCRIPT_SLOW_MS,
} from './probe-plan.ts';

export interface ProbeRunner {
  /** Begins with these probes at once; what was under way for others is forgotten. */
  begin(probes: readonly PlannedProbe[], enteredAt: number): void;
  /** Something happened in a node: pages and scripts are asked again soon. */
  touch(node: string): void;
  stop(): void;
}

export interface ProbeRunnerDeps {
  /** Nodes that can be asked now. */
  nodes(): readonly string[];
  /** Whether all these leaves hold. */
  hold(leaves: readonly string[]): boolean;
  /** Asks a node. @throws DrydockError where it cannot be asked. */
  ask(node: string, probes: ReturnType<PlannedProbe['make']>[], timeoutMs: number): Promise<ProbedFacts>;
  found(node: string, facts: ProbedFacts): void;
  clock: Clock;
}

/** From something that happened to the question: containers' programs need a moment to listen (ms). */
const SOON_MS = 150;
/** A node that could not be asked is asked again (ms). */
const RETRY_MS = 3_000;
/** The agent's answer may come this much later than the longest probe (ms). */
const SLACK_MS = 5_000;
/** Of a look: the looking program's own bound (ms). */
const LOOK_BOUND_MS = 12_000;

interface Due {
  at: number;
  /** Of scripts: until the next time, where nothing happens. */
  intervalMs: number;
}

const FLIGHTS: readonly Flight[] = ['look', 'page', 'script'];

/** Builds it; nothing is asked before `begin`. */
export function createProbeRunner({ nodes, hold, ask, found, clock }: ProbeRunnerDeps): ProbeRunner {
  let planned: readonly PlannedProbe[] = [];
  let enteredAt = 0;
  let timer: Timer | undefined;
  /** By node and number of the probe. */
  let due = new Map<string, Due>();
  const underWay = new Set<string>();

  function dueOf(node: string, index: number): Due {
    const key = `${node} ${index}`;
    const known = due.get(key) ?? { at: clock.now(), intervalMs: SCRIPT_MS };
    due.set(key, known);
    return known;
  }

  function probesFor(node: string, flight: Flight): { probe: PlannedProbe; due: Due }[] {
    return planned.flatMap((probe, index) =>
      probe.flight === flight && (probe.at === undefined || probe.at === node)
        ? [{ probe, due: dueOf(node, index) }]
        : [],
    );
  }

  function schedule(): void {
    timer?.cancel();
    timer = undefined;
    if (planned.length === 0) return;
    const waits = nodes().flatMap((node) =>
      FLIGHTS.filter((flight) => !underWay.has(`${node} ${flight}`)).flatMap((flight) =>
        probesFor(node, flight).map((one) => one.due.at),
      ),
    );
    // Nodes may come: they are looked for again.
    const next = Math.min(clock.now() + RETRY_MS, ...waits);
    timer = clock.after(Math.max(0, next - clock.now()), run);
  }

  function run(): void {
    for (const node of nodes()) for (const flight of FLIGHTS) void fly(node, flight);
    schedule();
  }

  async function fly(node: string, flight: Flight): Promise<void> {
    const key = `${node} ${flight}`;
    if (underWay.has(key)) return;
    const now = clock.now();
    const ready = probesFor(node, flight).filter((one) => one.due.at <= now);
    if (ready.length === 0) return;
    const of = planned;
    underWay.add(key);
    let pauseMs: number | undefined;
    try {
      const probes = ready.map(({ probe }) => probe.make({ enteredAt }));
      const bounds = probes.map((probe) =>
        probe.kind === 'run' ? probe.timeoutMs : probe.kind === 'http' ? probe.withinMs : LOOK_BOUND_MS,
      );
      // Four of a node run at a time.
      const facts = await ask(node, probes, Math.max(...bounds) * Math.ceil(probes.length / 4) + SLACK_MS);
      if (planned === of) found(node, facts);
    } catch {
      pauseMs = RETRY_MS;
    } finally {
      underWay.delete(key);
    }
    if (planned !== of) return planned.length === 0 ? undefined : schedule();
    for (const one of ready) put(one.probe, one.due, pauseMs);
    schedule();
  }

  function put(probe: PlannedProbe, one: Due, pauseMs: number | undefined): void {
    const isHeld = hold(probe.leaves);
    const wanted = intervalOf(probe, one, isHeld);
    if (probe.flight === 'script') one.intervalMs = Math.min(SCRIPT_SLOW_MS, one.intervalMs * SCRIPT_FACTOR);
    one.at = clock.now() + (pauseMs ?? wanted);
  }

  return {
    begin(probes, at) {
      planned = probes;
      enteredAt = at;
      due = new Map();
      run();
    },
    touch(node) {
      const soon = clock.now() + SOON_MS;
      for (const [index, probe] of planned.entries()) {
        if (probe.flight === 'look' && probe.kind !== 'listens') continue;
        if (probe.at !== undefined && probe.at !== node) continue;
        const one = dueOf(node, index);
        one.intervalMs = SCRIPT_MS;
        one.at = Math.min(one.at, soon);
      }
      schedule();
    },
    stop() {
      planned = [];
      due.clear();
      timer?.cancel();
      timer = undefined;
    },
  };
}

function intervalOf(probe: PlannedProbe, { intervalMs }: Due, isHeld: boolean): number {
  switch (probe.flight) {
    case 'look':
      return isHeld ? HELD_MS : LOOK_MS;
    case 'page':
      return isHeld ? HELD_MS : PAGE_MS;
    case 'script':
      return isHeld ? SCRIPT_SLOW_MS : intervalMs;
  }
}
