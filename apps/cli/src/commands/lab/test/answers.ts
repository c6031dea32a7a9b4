/** What a reader would answer: the first right answer of each question. */
import { type Leaf, leavesOf, type Step } from '@drydock/lab';
import type { TestSession } from './session.ts';

/** Answers by leaf; a question whose answer is a pattern has none here, which is told. */
export async function rightAnswers(
  session: TestSession,
  step: Step,
): Promise<{ answers: Map<string, string>; problems: string[] }> {
  const answers = new Map<string, string>();
  const problems: string[] = [];
  for (const leaf of leavesOf(step.checks)) {
    if (leaf.subject.kind !== 'ask') continue;
    const answer =
      leaf.subject.equalsRun === undefined
        ? writtenAnswer(leaf)
        : await runAnswer(session, leaf, leaf.subject.equalsRun);
    if (answer === undefined)
      problems.push(`${leaf.source.file}:${leaf.source.line}: no answer to this question is written as plain text.`);
    else answers.set(leaf.key, answer);
  }
  return { answers, problems };
}

function writtenAnswer({ want: { answer } }: Leaf): string | undefined {
  if (answer === undefined) return 'anything';
  const first = ('has' in answer ? answer.has : [answer]).find((match) => 'eq' in match);
  return first !== undefined && 'eq' in first ? String(first.eq) : undefined;
}

async function runAnswer(session: TestSession, leaf: Leaf, script: string): Promise<string | undefined> {
  const { stdout, exitCode } = await session.exec(leaf.at ?? session.nodes[0] ?? 'node1', ['bash', '-c', script]);
  return exitCode === 0 ? stdout.trim() : undefined;
}
