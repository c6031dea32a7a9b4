/** What a reader would answer: the first right answer of each question. */
import type { Leaf, Step } from '@drydock/lab';
import type { LabSession } from '../place/session.ts';
import { leavesAndLights } from './lights.ts';

/** Answers the questions of the open step; resolves to those for which no answer is known. */
export async function answerAll(session: LabSession, step: Step): Promise<string[]> {
  const problems: string[] = [];
  for (const [leaf, { key }] of leavesAndLights(session, step)) {
    if (leaf.subject.kind !== 'ask') continue;
    const { equalsRun } = leaf.subject;
    const text = equalsRun === undefined ? writtenAnswer(leaf) : await runAnswer(session, leaf, equalsRun);
    if (text !== undefined) await session.call('answer', { key, text });
    else
      problems.push(
        `${leaf.source.file}:${leaf.source.line}: ${equalsRun === undefined ? 'no answer to this question is written as plain text.' : 'the command that gives the answer fails.'}`,
      );
  }
  return problems;
}

function writtenAnswer({ want: { answer } }: Leaf): string | undefined {
  if (answer === undefined) return 'anything';
  const first = ('has' in answer ? answer.has : [answer]).find((match) => 'eq' in match);
  return first !== undefined && 'eq' in first ? String(first.eq) : undefined;
}

async function runAnswer(session: LabSession, leaf: Leaf, script: string): Promise<string | undefined> {
  const { stdout, exitCode } = await session.exec(leaf.at ?? session.nodes[0] ?? 'node1', ['bash', '-c', script]);
  return exitCode === 0 ? stdout.trim() : undefined;
}
