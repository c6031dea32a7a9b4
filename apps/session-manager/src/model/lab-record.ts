/** How a session's lab stands, as it is stored; and every way in which it may change: pure functions from one record to the next. */

import type { Lab, Step, StepProgress } from '@drydock/lab';
import type { LabWork } from '@drydock/protocol';

/** A step's progress; keys of leaves are the compiler's own, so that edits elsewhere in the lab keep them. */
export interface StepRecord {
  /** Of the step's text, as it was when the step was entered: a newer version with another text begins it anew. */
  readonly hash: string;
  readonly progress: StepProgress;
  readonly skipped?: boolean;
  readonly solved?: boolean;
  /** Hints and solutions that were opened, by their keys. */
  readonly hints: readonly string[];
}

export interface AnswerRecord {
  readonly text: string;
  /** What the node gave as the right answer at that time, of questions that ask it. */
  readonly wanted?: string;
  readonly right: boolean;
  readonly at: number;
}

export interface WorkRecord extends LabWork {
  /** The life of the manager that does it. */
  readonly driver: string;
}

export interface LabRecord {
  /** Counts changes; the store refuses one that was made from an older record. */
  readonly version: number;
  readonly id: string;
  /** Of the lab's files: what the session goes by whatever becomes of them. */
  readonly digest: string;
  readonly startedAt: number;
  /** The step that is open; null before the first. */
  readonly step: string | null;
  readonly steps: Readonly<Record<string, StepRecord>>;
  /** By the leaf's key. */
  readonly answers: Readonly<Record<string, AnswerRecord>>;
  /** By the quiz's key. */
  readonly quizzes: Readonly<Record<string, { readonly right: boolean; readonly at: number }>>;
  readonly work: WorkRecord | null;
  /** The life of the manager that looks at the open step's leaves. */
  readonly driver: string | null;
}

/** Hints of one step that are remembered. */
const MAX_HINTS = 40;

/** A lab that begins. */
export function newLabRecord(lab: Pick<Lab, 'id' | 'digest'>, id: string, now: number): LabRecord {
  return {
    version: 0,
    id,
    digest: lab.digest,
    startedAt: now,
    step: null,
    steps: {},
    answers: {},
    quizzes: {},
    work: null,
    driver: null,
  };
}

/** Opens a step; what it had reached stays. */
export function openStep(record: LabRecord, step: Pick<Step, 'id' | 'hash'>, now: number): LabRecord {
  const known = record.steps[step.id];
  const kept = known?.hash === step.hash ? known : undefined;
  const entered: StepRecord = kept ?? { hash: step.hash, progress: { enteredAt: now, leaves: {} }, hints: [] };
  if (record.step === step.id && kept !== undefined) return record;
  return { ...record, step: step.id, steps: { ...record.steps, [step.id]: entered } };
}

/** Changes what is known of a step; a step that was never opened stays so. */
export function changeStep(record: LabRecord, id: string, change: (step: StepRecord) => StepRecord): LabRecord {
  const step = record.steps[id];
  if (step === undefined) return record;
  const next = change(step);
  return next === step ? record : { ...record, steps: { ...record.steps, [id]: next } };
}

/** Forgets everything of some steps: they begin anew. Answers to their questions go with them. */
export function forgetSteps(record: LabRecord, steps: readonly Step[], leafKeys: ReadonlySet<string>): LabRecord {
  const gone = new Set(steps.map(({ id }) => id));
  const quizzes = new Set(
    steps.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'quiz' ? [block.key] : []))),
  );
  const without = <T>(entries: Readonly<Record<string, T>>, isGone: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !isGone(key)));
  return {
    ...record,
    step: record.step !== null && gone.has(record.step) ? null : record.step,
    steps: without(record.steps, (id) => gone.has(id)),
    answers: without(record.answers, (key) => leafKeys.has(key)),
    quizzes: without(record.quizzes, (key) => quizzes.has(key)),
  };
}

/** Notes an opened hint. */
export function noteHint(record: LabRecord, stepId: string, key: string): LabRecord {
  return changeStep(record, stepId, (step) =>
    step.hints.includes(key) || step.hints.length >= MAX_HINTS ? step : { ...step, hints: [...step.hints, key] },
  );
}

/**
 * Goes on with another version of the lab: steps whose text is as it was keep what they reached, others begin anew. The open step stays open
 * where it is still there.
 */
export function moveTo(record: LabRecord, lab: Lab): LabRecord {
  const kept = lab.steps.flatMap(({ id, hash }) => {
    const step = record.steps[id];
    return step?.hash === hash ? [[id, step] as const] : [];
  });
  const open = lab.steps.find(({ id }) => id === record.step);
  const moved: LabRecord = { ...record, digest: lab.digest, steps: Object.fromEntries(kept), step: null, work: null };
  return open === undefined ? moved : { ...openStep(moved, open, record.steps[open.id]?.progress.enteredAt ?? 0) };
}

/** Whether two states of a step differ in what must not be lost. What only counts down a `for` may be. */
export function isNews(before: StepProgress, after: StepProgress): boolean {
  if (before.doneAt !== after.doneAt || before.failedAt !== after.failedAt || before.already !== after.already)
    return true;
  return Object.entries(after.leaves).some(([key, leaf]) => {
    const known = before.leaves[key];
    return known?.seen !== leaf.seen || known?.passedAt !== leaf.passedAt || known?.already !== leaf.already;
  });
}
