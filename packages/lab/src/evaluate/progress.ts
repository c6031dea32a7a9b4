/** Progress of one step: what holds, since when, what passed once. Pure over (progress, verdicts, now). */
import { type Group, isGroup, type Leaf, leavesOf } from '../checks/plan.ts';
import { type Light, lightOf, type Verdict } from './evaluate.ts';

export type LeafProgress = {
  /** It was known once, true or false. */
  seen?: true;
  /** Since when it holds without a break (ms since the epoch). */
  since?: number;
  /** When it first held for as long as it must. */
  passedAt?: number;
  /** True before the learner did anything. */
  already?: true;
};

export type StepProgress = {
  enteredAt: number;
  /** All held together, once: it stays so. */
  doneAt?: number;
  /** Wholly true from the first look on: "you have done this already". */
  already?: true;
  /** A `fail` line came true: nothing but beginning the step afresh helps. */
  failedAt?: number;
  leaves: Record<string, LeafProgress>;
};

export function enterStep(now: number): StepProgress {
  return { enteredAt: now, leaves: {} };
}

/** The progress after these verdicts. `unknown` changes nothing; what passed stays passed. */
export function advance(
  progress: StepProgress,
  step: { checks: Group; fail?: Group },
  verdicts: ReadonlyMap<string, Verdict>,
  now: number,
): StepProgress {
  const all = leavesOf(step.checks);
  const leaves: Record<string, LeafProgress> = { ...progress.leaves };
  for (const leaf of [...all, ...(step.fail === undefined ? [] : leavesOf(step.fail))]) {
    leaves[leaf.key] = advanceLeaf(progress.leaves[leaf.key], leaf, verdicts.get(leaf.key)?.light ?? 'unknown', now);
  }
  const lightOfLeaf = (leaf: Leaf) => heldLight(leaf, verdicts, leaves, now);
  const next: StepProgress = { ...progress, leaves };
  if (progress.doneAt === undefined && all.length > 0 && lightOf(step.checks, lightOfLeaf) === true) {
    next.doneAt = now;
    if (all.every(({ key }) => leaves[key]?.already === true)) next.already = true;
  }
  if (step.fail !== undefined && progress.failedAt === undefined && lightOf(step.fail, lightOfLeaf) === true)
    next.failedAt = now;
  return next;
}

/** When a `for:` that runs will be over, so that somebody looks again then; undefined when none runs. */
export function nextWake(progress: StepProgress, checks: Group, now: number): number | undefined {
  const ends = leavesOf(checks).flatMap(({ key, forMs }) => {
    const { since } = progress.leaves[key] ?? {};
    return since === undefined || since + forMs <= now ? [] : [since + forMs];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Whether any leaf group of the step is complete: a tested step has none before its work is done. */
export function anyComplete(checks: Group, verdicts: ReadonlyMap<string, Verdict>): boolean {
  return checks.of.some(
    (entry) =>
      lightOf(entry, ({ key }) => verdicts.get(key)?.light ?? 'unknown') === true &&
      !(isGroup(entry) && entry.op === 'not'),
  );
}

function advanceLeaf(before: LeafProgress | undefined, { forMs }: Leaf, light: Light, now: number): LeafProgress {
  if (light === 'unknown') return before ?? {};
  const passed = before?.passedAt;
  if (!light) {
    // It was seen to be false: a pass from now on is the learner's.
    const { already } = before ?? {};
    return passed === undefined
      ? { seen: true }
      : { seen: true, passedAt: passed, ...(already === true ? { already } : {}) };
  }
  const since = before?.since ?? now;
  const passedAt = passed ?? (now - since >= forMs ? now : undefined);
  const isAlready = before?.already === true || before?.seen !== true;
  return {
    seen: true,
    since,
    ...(passedAt === undefined ? {} : { passedAt }),
    ...(isAlready ? { already: true } : {}),
  };
}

function heldLight(
  { key, forMs }: Leaf,
  verdicts: ReadonlyMap<string, Verdict>,
  leaves: Record<string, LeafProgress>,
  now: number,
): Light {
  const light = verdicts.get(key)?.light ?? 'unknown';
  if (light !== true) return light;
  const { since } = leaves[key] ?? {};
  return since !== undefined && now - since >= forMs ? true : 'unknown';
}
