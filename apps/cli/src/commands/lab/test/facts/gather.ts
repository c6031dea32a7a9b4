/** All facts that a step is judged by, gathered once: what the session's own engine keeps up to date by events. */
import { type Facts, type NodeFacts, needsOf, type Step } from '@drydock/lab';
import type { TestSession } from '../session.ts';
import { nodeFacts } from './node-facts.ts';
import { askProbe } from './probe-facts.ts';
import { swarmFacts } from './swarm-facts.ts';

export type Command = NonNullable<NodeFacts['commands']>[number];

/** What this tool did itself: commands by node, answers by leaf. */
export type Doings = { commands: Map<string, Command[]>; answers: Map<string, string> };

export function createDoings(): Doings {
  return { commands: new Map(), answers: new Map() };
}

/** Gathers the facts of a session that the step needs; `isExplaining` adds what only sentences need. */
export async function gatherFacts(
  session: TestSession,
  step: Pick<Step, 'checks' | 'fail'>,
  doings: Doings,
  isExplaining = false,
): Promise<Facts> {
  const needs = needsOf(step);
  const nodes: Record<string, NodeFacts> = {};
  await Promise.all(
    session.nodes.map(async (node) => {
      nodes[node] = {
        ...(await nodeFacts(session, node, needs.tables, isExplaining)),
        commands: doings.commands.get(node) ?? [],
      };
    }),
  );
  const answers: NonNullable<Facts['answers']> = {};
  for (const [key, text] of doings.answers) answers[key] = { text };
  for (const probe of needs.probes) {
    for (const node of probe.at === undefined ? session.nodes : [probe.at]) {
      const facts = nodes[node];
      if (facts === undefined) continue;
      const wanted = await askProbe(probe, node, facts, { session, answers });
      const answer = answers[probe.key];
      if (wanted !== undefined && answer !== undefined) answer.wanted = wanted;
    }
  }
  // A swarm without a majority answers late: it is asked only where somebody wants to know.
  const isAsked = isExplaining || needs.tables.some((need) => need.of === 'swarm');
  const swarm = isAsked ? await swarmFacts(session, nodes) : undefined;
  return { nodes, answers, ...(swarm === undefined ? {} : { swarm }) };
}
