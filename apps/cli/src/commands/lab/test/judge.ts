/** A step's lights over time, from facts that are gathered again and again until they are as wanted or the time is over. */
import {
  advance,
  anyComplete,
  enterStep,
  evaluate,
  explain,
  type Facts,
  type Leaf,
  leafTitle,
  leavesOf,
  type Step,
  type StepProgress,
  sentenceOf,
} from '@drydock/lab';
import { type Doings, gatherFacts } from './facts/gather.ts';
import type { TestSession } from './session.ts';

/** Time for what was done to show, unless another is given: tasks start, health checks run (ms). */
export const PATIENCE_MS = 60_000;
/** Between two looks (ms): gathering asks every node. */
const LOOK_MS = 500;

export type Wrong = { title: string; sentence: string };

/** Looks once, before anything was done: the titles of what holds already; an honest step has none. */
export async function completeBefore(session: TestSession, step: Step, doings: Doings): Promise<string[]> {
  const facts = await gatherFacts(session, step, doings);
  const verdicts = evaluate(step.checks, facts);
  if (!anyComplete(step.checks, verdicts)) return [];
  return leavesOf(step.checks)
    .filter(({ key }) => verdicts.get(key)?.light === true)
    .map(leafTitle);
}

/** Waits until all checks of the step have held together; resolves to those that do not, each with its sentence. */
export async function waitForGreen(
  session: TestSession,
  step: Step,
  doings: Doings,
  patienceMs: number,
): Promise<Wrong[]> {
  const end = Date.now() + patienceMs;
  let progress: StepProgress = enterStep(Date.now());
  for (;;) {
    const facts = await gatherFacts(session, step, doings);
    progress = advance(progress, step, evaluate(step.checks, facts), Date.now());
    if (progress.failedAt !== undefined)
      return [{ title: 'fail', sentence: 'A mistake that cannot be undone was seen.' }];
    if (progress.doneAt !== undefined || leavesOf(step.checks).length === 0) return [];
    if (Date.now() >= end) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return explainOpen(step, await gatherFacts(session, step, doings, true));
}

/** Waits until a sentence holds the words; resolves to all sentences of the last look where none does. */
export async function waitForSentence(
  session: TestSession,
  step: Step,
  doings: Doings,
  { words, patienceMs }: { words: string; patienceMs: number },
): Promise<string[] | undefined> {
  const end = Date.now() + patienceMs / 2;
  for (;;) {
    const open = explainOpen(step, await gatherFacts(session, step, doings, true));
    if (open.some(({ sentence }) => sentence.toLowerCase().includes(words.toLowerCase()))) return undefined;
    if (Date.now() >= end) return open.map(({ title, sentence }) => `${title}: ${sentence}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function explainOpen(step: Step, facts: Facts): Wrong[] {
  const verdicts = evaluate(step.checks, facts);
  return leavesOf(step.checks)
    .filter(({ key }) => verdicts.get(key)?.light !== true)
    .map((leaf: Leaf) => ({ title: leafTitle(leaf), sentence: sentenceOf(explain(leaf, facts), leaf.say) }));
}
