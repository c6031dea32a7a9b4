/** When which probe of the open step is due: often while something is wanted, seldom once it is there, at once when something happened. */
import { type Leaf, leavesOf, type Needs, needsOf, type Probe, type Step, type TableNeed } from '@drydock/lab';
import type { NodeProbe, WatchedTable } from '@drydock/protocol';

/** Probes of a kind go together, so that a script of a minute keeps no file waiting. */
export type Flight = 'look' | 'page' | 'script';

export interface PlannedProbe {
  readonly flight: Flight;
  /** The node it goes to; absent: every node. */
  readonly at?: string;
  readonly kind: Probe['kind'] | 'processes' | 'commands' | 'listens';
  make(step: { enteredAt: number }): NodeProbe;
  /** Leaves that it is for: once all of them hold it is asked less often. */
  readonly leaves: readonly string[];
}

export interface StepPlan {
  readonly tables: ReadonlyMap<string | undefined, ReadonlySet<WatchedTable>>;
  readonly probes: readonly PlannedProbe[];
}

/** Between two looks at files, processes and shells' notes (ms). */
export const LOOK_MS = 1_000;
/** Pages: by themselves, since their container's or port's changes ask at once (ms). */
export const PAGE_MS = 2_000;
/** Scripts: at first, and at last where nothing happens (ms). */
export const SCRIPT_MS = 2_000;
export const SCRIPT_SLOW_MS = 10_000;
export const SCRIPT_FACTOR = 1.5;
/** What holds already is looked at only to keep its light true (ms). */
export const HELD_MS = 5_000;

/** What the open step must know. Variables are those of the lab, for its scripts. */
export function planOf(step: Pick<Step, 'checks' | 'fail'>, env: Record<string, string>): StepPlan {
  const needs = needsOf(step);
  const leaves = [...leavesOf(step.checks), ...(step.fail === undefined ? [] : leavesOf(step.fail))];
  return { tables: tablesOf(needs, leaves), probes: probesOf(needs, leaves, env) };
}

function tablesOf(needs: Needs, leaves: readonly Leaf[]): StepPlan['tables'] {
  const tables = new Map<string | undefined, Set<WatchedTable>>();
  const add = (at: string | undefined, ...names: WatchedTable[]) => {
    const set = tables.get(at) ?? new Set<WatchedTable>();
    for (const name of names) set.add(name);
    tables.set(at, set);
  };
  for (const need of needs.tables) {
    if (need.of === 'node') addNodeTable(need, add);
    // A swarm's picture is watched anyway; what it lacks comes from its managing nodes.
    else if (need.table !== 'tasks') add(undefined, 'swarm');
  }
  // Explanations of a port speak of the container behind it; of a service that is none, of the container of that name.
  for (const { subject, at } of leaves)
    if (subject.kind === 'port' || subject.kind === 'http' || subject.kind === 'service') add(at, 'containers');
  return tables;
}

/** On all nodes, also for a check of one: its explanation says on which other node a thing is. */
function addNodeTable(
  need: Extract<TableNeed, { of: 'node' }>,
  add: (at: string | undefined, ...names: WatchedTable[]) => void,
): void {
  switch (need.table) {
    case 'containers':
      add(undefined, 'containers');
      if (need.conditions.includes('logs')) add(need.at, 'logs');
      return;
    case 'images':
    case 'volumes':
    case 'networks':
      add(undefined, need.table);
      return;
    case 'engine':
    case 'ports':
    case 'processes':
    case 'commands':
      return;
  }
}

function probesOf(needs: Needs, leaves: readonly Leaf[], env: Record<string, string>): PlannedProbe[] {
  const ofKind = (...kinds: string[]) =>
    leaves.filter(({ subject }) => kinds.includes(subject.kind)).map(({ key }) => key);
  const planned: PlannedProbe[] = needs.probes.flatMap((probe) => {
    const made = planProbe(probe, leaves, env);
    return made === undefined ? [] : [made];
  });
  for (const need of needs.tables) {
    if (need.of !== 'node' || (need.table !== 'processes' && need.table !== 'commands')) continue;
    const kind = need.table;
    planned.push({
      flight: 'look',
      kind,
      ...(need.at === undefined ? {} : { at: need.at }),
      make: () => ({ kind }),
      leaves: ofKind(kind === 'processes' ? 'process' : 'ran'),
    });
  }
  const ports = leaves.filter(({ subject }) => subject.kind === 'port' || subject.kind === 'http');
  if (ports.length > 0) {
    const nodes = new Set(ports.map(({ at }) => at));
    for (const at of nodes.has(undefined) ? [undefined] : nodes)
      planned.push({
        flight: 'look',
        kind: 'listens',
        ...(at === undefined ? {} : { at }),
        make: () => ({ kind: 'listens' }),
        leaves: ports.map(({ key }) => key),
      });
  }
  return planned;
}

function planProbe(probe: Probe, leaves: readonly Leaf[], env: Record<string, string>): PlannedProbe | undefined {
  const at = probe.at === undefined ? {} : { at: probe.at };
  const about = (is: (leaf: Leaf) => boolean) => leaves.filter(is).map(({ key }) => key);
  switch (probe.kind) {
    case 'file': {
      const { key: path, conditions } = probe;
      const content = conditions.some((one) => ['contains', 'equals', 'json', 'yaml', 'lines'].includes(one));
      const asksTime = conditions.includes('newer-than-step');
      return {
        flight: 'look',
        kind: 'file',
        ...at,
        make: ({ enteredAt }) => ({ kind: 'file', path, content, ...(asksTime ? { since: enteredAt } : {}) }),
        leaves: about(({ subject }) => subject.kind === 'file' && subject.path === path),
      };
    }
    case 'env': {
      const { key: name } = probe;
      return {
        flight: 'look',
        kind: 'env',
        ...at,
        make: () => ({ kind: 'env', name }),
        leaves: about(({ subject }) => subject.kind === 'env' && subject.name === name),
      };
    }
    case 'http': {
      const { at: _, ...page } = probe;
      return {
        flight: 'page',
        kind: 'http',
        ...at,
        make: () => page,
        leaves: about(({ subject }) => subject.kind === 'http' && subject.port === page.port),
      };
    }
    case 'run': {
      const { key, script, timeoutMs, as } = probe;
      return {
        flight: 'script',
        kind: 'run',
        ...at,
        make: () => ({ kind: 'run', key, script, timeoutMs, env, ...(as === undefined ? {} : { as }) }),
        leaves: [key],
      };
    }
    case 'answer':
      return undefined; // Asked when somebody answers.
  }
}
