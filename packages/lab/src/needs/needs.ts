/** What a step must know: the tables and probes that its leaves are judged by, so that nothing else is watched or asked. */
import { type Group, type Leaf, leavesOf } from '../checks/plan.ts';
import { httpKey } from '../facts/facts.ts';
import { MAX_LEAVES_PER_STEP } from '../limits.ts';

/** A table of facts: of nodes (`NodeFacts`), or of the swarm. */
export type NodeTable =
  | 'engine'
  | 'containers'
  | 'images'
  | 'volumes'
  | 'networks'
  | 'ports'
  | 'processes'
  | 'commands';
export type SwarmTable = 'members' | 'services' | 'tasks' | 'secrets' | 'configs';

/** `conditions`: what is asked of its rows besides names, sorted; `logs` or `constraint` cost more than a list. `at`: absent for all nodes. */
export type TableNeed =
  | { of: 'node'; table: NodeTable; at?: string; conditions: string[] }
  | { of: 'swarm'; table: SwarmTable; conditions: string[] };

/** Something that is asked for; `key` is its key among the facts, `at` absent for all nodes. */
export type Probe =
  | {
      kind: 'http';
      key: string;
      at?: string;
      method: string;
      scheme: 'http' | 'https';
      port: number;
      path: string;
      withinMs: number;
    }
  /** `conditions`: a file's content need be read only for some. */
  | { kind: 'file'; key: string; at?: string; conditions: string[] }
  | { kind: 'env'; key: string; at?: string }
  | { kind: 'run'; key: string; at?: string; script: string; timeoutMs: number; as?: string }
  /** Gives `wanted` of the answer with that key. */
  | { kind: 'answer'; key: string; at?: string; script: string };

/** In the order of the plan; each table and each probe once a node, or once for all nodes. */
export type Needs = { tables: TableNeed[]; probes: Probe[] };

/** What lights of a step need; explanations say more where more is known. Of a plan no more than MAX_LEAVES_PER_STEP leaves are looked at. */
export function needsOf({ checks, fail }: { checks: Group; fail?: Group }): Needs {
  const leaves = [...leavesOf(checks), ...(fail === undefined ? [] : leavesOf(fail))].slice(0, MAX_LEAVES_PER_STEP);
  const tables = new Map<string, TableNeed>();
  const probes = new Map<string, Probe>();
  for (const leaf of leaves) {
    for (const need of tablesOf(leaf)) addTable(tables, need);
    const probe = probeOf(leaf);
    if (probe !== undefined) addProbe(probes, probe);
  }
  return { tables: withoutCovered(tables, tableId), probes: withoutCovered(probes, probeId) };
}

function tablesOf(leaf: Leaf): TableNeed[] {
  const conditions = Object.keys(leaf.want).filter((key) => key !== 'absent' && key !== 'count');
  const onNode = (table: NodeTable, asked = conditions): TableNeed => ({
    of: 'node',
    table,
    ...(leaf.at === undefined ? {} : { at: leaf.at }),
    conditions: asked,
  });
  const ofSwarm = (table: SwarmTable, asked = conditions): TableNeed => ({ of: 'swarm', table, conditions: asked });
  switch (leaf.subject.kind) {
    case 'container':
      return [onNode('containers')];
    case 'compose':
      return [onNode('containers', ['label', 'state'])];
    case 'image':
      return [onNode('images')];
    case 'volume':
      return [onNode('volumes')];
    case 'network':
      return [onNode('networks')];
    case 'port':
    case 'http':
      // A port where nobody listens is an answer to `http` too.
      return [onNode('ports', leaf.subject.kind === 'port' ? conditions : [])];
    case 'process':
      return [onNode('processes')];
    case 'ran':
      return [onNode('commands')];
    case 'swarm':
      return [ofSwarm('members')];
    case 'node':
      return [ofSwarm('members'), { of: 'node', table: 'engine', conditions }];
    case 'service':
      return [ofSwarm('services'), ofSwarm('tasks', [])];
    case 'stack':
      return [ofSwarm('services', ['label']), ofSwarm('tasks', [])];
    case 'task':
      return [ofSwarm('tasks'), ofSwarm('services', []), ofSwarm('members', [])];
    case 'secret':
      return [ofSwarm('secrets')];
    case 'config':
      return [ofSwarm('configs')];
    case 'file':
    case 'env':
    case 'ask':
    case 'run':
      return [];
  }
}

function probeOf(leaf: Leaf): Probe | undefined {
  const { subject, key } = leaf;
  const at = leaf.at === undefined ? {} : { at: leaf.at };
  switch (subject.kind) {
    case 'http': {
      const { method, scheme, port, path, withinMs } = subject;
      return { kind: 'http', key: httpKey(subject), ...at, method, scheme, port, path, withinMs };
    }
    case 'file':
      return { kind: 'file', key: subject.path, ...at, conditions: Object.keys(leaf.want) };
    case 'env':
      return { kind: 'env', key: subject.name, ...at };
    case 'run': {
      const { script, timeoutMs, as } = subject;
      return { kind: 'run', key, ...at, script, timeoutMs, ...(as === undefined ? {} : { as }) };
    }
    case 'ask':
      return subject.equalsRun === undefined ? undefined : { kind: 'answer', key, ...at, script: subject.equalsRun };
    default:
      return undefined;
  }
}

function tableId(need: TableNeed, at: string | undefined): string {
  return JSON.stringify([need.of, need.table, at]);
}

function probeId(probe: Probe, at: string | undefined): string {
  return JSON.stringify([probe.kind, probe.key, at]);
}

function atOf(need: TableNeed | Probe): string | undefined {
  return 'at' in need ? need.at : undefined;
}

function addTable(tables: Map<string, TableNeed>, need: TableNeed): void {
  const id = tableId(need, atOf(need));
  const known = tables.get(id);
  tables.set(id, { ...need, conditions: union(known?.conditions, need.conditions) });
}

function addProbe(probes: Map<string, Probe>, probe: Probe): void {
  const id = probeId(probe, probe.at);
  const known = probes.get(id);
  probes.set(id, known === undefined ? merged(probe, probe) : merged(probe, known));
}

/** One probe for two leaves: it waits as long as the more patient one, and reads what either asks. */
function merged(probe: Probe, known: Probe): Probe {
  if (probe.kind === 'http' && known.kind === 'http')
    return { ...probe, withinMs: Math.max(probe.withinMs, known.withinMs) };
  if (probe.kind === 'file' && known.kind === 'file')
    return { ...probe, conditions: union(known.conditions, probe.conditions) };
  return probe;
}

function union(a: readonly string[] = [], b: readonly string[] = []): string[] {
  return [...new Set([...a, ...b])].toSorted();
}

/** What is wanted of one node and of all is wanted of all; what the one asks more goes along. */
function withoutCovered<Need extends TableNeed | Probe>(
  needs: Map<string, Need>,
  idOf: (need: Need, at: string | undefined) => string,
): Need[] {
  const kept = new Map(needs);
  for (const [id, need] of needs) {
    if (atOf(need) === undefined) continue;
    const allId = idOf(need, undefined);
    const all = kept.get(allId);
    if (all === undefined) continue;
    kept.set(allId, covering(all, need));
    kept.delete(id);
  }
  return [...kept.values()];
}

function covering<Need extends TableNeed | Probe>(all: Need, one: Need): Need {
  if ('conditions' in all && 'conditions' in one) return { ...all, conditions: union(all.conditions, one.conditions) };
  if ('withinMs' in all && 'withinMs' in one) return { ...all, withinMs: Math.max(all.withinMs, one.withinMs) };
  return all;
}
