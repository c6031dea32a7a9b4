/** What tests of several folders use: steps from a check's YAML, and facts cut down to what a step says that it needs. */
import { expect } from 'vitest';
import { type Leaf, leavesOf } from '../checks/plan.ts';
import { compileLab } from '../compile/compile-lab.ts';
import type { Facts, NodeFacts, SwarmFacts } from '../facts/facts.ts';
import type { Step } from '../lab.ts';
import type { Needs, NodeTable, SwarmTable } from '../needs/needs.ts';

/** The one step of a lab of three nodes with that check, which is without findings. */
export function stepOf(yaml: string): Step {
  const text = `---\nnodes: 3\n---\n## A\n\n\`\`\`check\n${yaml}\n\`\`\`\n`;
  const { lab, findings } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
  expect(findings).toEqual([]);
  const [step] = lab?.steps ?? [];
  if (step === undefined) throw new Error('no step');
  return step;
}

/** The first leaf of such a step. */
export function leafOf(yaml: string): Leaf {
  const [leaf] = leavesOf(stepOf(yaml).checks);
  if (leaf === undefined) throw new Error('no leaf');
  return leaf;
}

/** The facts that somebody has who asks for `needs` and for nothing else. */
export function onlyNeeded(facts: Facts, needs: Needs): Facts {
  const swarm = new Set(needs.tables.flatMap((need) => (need.of === 'swarm' ? [need.table] : [])));
  return {
    nodes: Object.fromEntries(
      Object.entries(facts.nodes).map(([name, node]) => [name, neededOfNode(name, node, needs)]),
    ),
    ...(swarm.size === 0 || facts.swarm === undefined
      ? {}
      : { swarm: facts.swarm === null ? null : neededOfSwarm(facts.swarm, swarm) }),
    ...(facts.answers === undefined ? {} : { answers: facts.answers }),
  };
}

function neededOfNode(name: string, node: NodeFacts, { tables, probes }: Needs): NodeFacts {
  const isHere = (need: { at?: string }) => need.at === undefined || need.at === name;
  const has = (table: NodeTable) => tables.some((need) => need.of === 'node' && need.table === table && isHere(need));
  const keys = (kind: string) =>
    new Set(probes.flatMap((probe) => (probe.kind === kind && isHere(probe) ? [probe.key] : [])));
  const pick = <Fact>(record: Record<string, Fact> | undefined, kind: string) =>
    Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => keys(kind).has(key)));
  const { engine, role, memory, containers, images, volumes, networks, ports, processes, commands } = node;
  const kept = {
    ...(has('engine') ? { engine, role, memory } : {}),
    ...(has('containers') ? { containers } : {}),
    ...(has('images') ? { images } : {}),
    ...(has('volumes') ? { volumes } : {}),
    ...(has('networks') ? { networks } : {}),
    ...(has('ports') ? { ports } : {}),
    ...(has('processes') ? { processes } : {}),
    ...(has('commands') ? { commands } : {}),
    http: pick(node.http, 'http'),
    files: pick(node.files, 'file'),
    env: pick(node.env, 'env'),
    runs: pick(node.runs, 'run'),
  };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

function neededOfSwarm(swarm: SwarmFacts, has: ReadonlySet<SwarmTable>): SwarmFacts {
  const { managers, workers, leader, nodeLabels, services, networks, tasks, secrets, configs } = swarm;
  return {
    managers: has.has('members') ? managers : [],
    workers: has.has('members') ? workers : [],
    leader: has.has('members') ? leader : null,
    ...(has.has('members') && nodeLabels !== undefined ? { nodeLabels } : {}),
    services: has.has('services') ? services : [],
    networks: has.has('services') ? networks : [],
    tasks: has.has('tasks') ? tasks : [],
    ...(has.has('secrets') && secrets !== undefined ? { secrets } : {}),
    ...(has.has('configs') && configs !== undefined ? { configs } : {}),
  };
}
