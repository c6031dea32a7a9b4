/** How a session's lab looks to its pages, and what its learner may take away. */
import { leavesOf, type Step } from '@drydock/lab';
import type { LabLeaf, LabStepProgress, LabView, labStatementSchema, SessionId } from '@drydock/protocol';
import type { z } from 'zod';
import type { LabRecord, StepRecord } from '../model/lab-record.ts';
import type { BookLab } from './lab-book.ts';
import type { LabMask } from './lab-mask.ts';

export interface LabViewParts {
  record: LabRecord;
  lab: BookLab;
  mask: LabMask;
  /** Leaves of the open step as they were told last, by masked key. */
  lights: ReadonlyMap<string, LabLeaf>;
  newer: string | null;
  notHere: string[];
}

/** The view. */
export function labView({ record, lab, mask, lights, newer, notHere }: LabViewParts): LabView {
  const open = lab.lab.steps.find(({ id }) => id === record.step);
  const { driver: _driver, ...work } = record.work ?? { driver: '' };
  const masked = <T>(entries: Readonly<Record<string, T>>) =>
    Object.entries(entries).map(([key, value]) => [mask.key(key), value] as const);
  return {
    id: record.id,
    version: mask.version,
    title: lab.lab.title,
    startedAt: record.startedAt,
    step: open?.id ?? null,
    steps: lab.lab.steps.map((step) => stepView(step, record.steps[step.id])),
    leaves:
      open === undefined ? [] : leavesOf(open.checks).map(({ key }) => leafView(key, mask, lights, record, open.id)),
    answers: Object.fromEntries([
      ...masked(record.answers).map(([key, { right, at }]) => [key, { right, at }] as const),
      ...masked(record.quizzes).map(([key, { right, at }]) => [key, { right, at }] as const),
    ]),
    work: record.work === null ? null : (work as LabView['work']),
    newer,
    notHere,
  };
}

/** What the driver has told, else what is stored of it. */
function leafView(
  key: string,
  mask: LabMask,
  lights: ReadonlyMap<string, LabLeaf>,
  record: LabRecord,
  step: string,
): LabLeaf {
  const masked = mask.key(key);
  const told = lights.get(masked);
  if (told !== undefined) return told;
  const known = record.steps[step]?.progress.leaves[key];
  return {
    key: masked,
    light: 'looking',
    ...(known?.passedAt === undefined ? {} : { passedAt: known.passedAt }),
    ...(known?.already === true ? { already: true } : {}),
  };
}

function stepView({ id }: Step, step: StepRecord | undefined): LabStepProgress {
  if (step === undefined) return { id };
  const { enteredAt, doneAt, already, failedAt } = step.progress;
  return {
    id,
    enteredAt,
    ...(doneAt === undefined ? {} : { doneAt }),
    ...(already === true ? { already } : {}),
    ...(failedAt === undefined ? {} : { failedAt }),
    ...(step.skipped === true ? { skipped: true } : {}),
    ...(step.solved === true ? { solved: true } : {}),
  };
}

const NOTE =
  'Checks look at machines that the learner controls as root: this says what they showed, and proves no skill. It is no examination.';

/** What a learner did, to be signed. */
export function labStatement(
  sessionId: SessionId,
  { record, lab, mask }: Pick<LabViewParts, 'record' | 'lab' | 'mask'>,
  now: number,
): z.output<typeof labStatementSchema> {
  return {
    kind: 'drydock-lab-statement',
    format: 1,
    session: sessionId,
    lab: { id: record.id, version: mask.version, title: lab.lab.title },
    startedAt: record.startedAt,
    statedAt: now,
    steps: lab.lab.steps.map((step) => {
      const known = record.steps[step.id];
      const leaves = leavesOf(step.checks);
      return {
        ...stepView(step, known),
        title: step.title,
        hints: known?.hints.length ?? 0,
        checks: {
          all: leaves.length,
          passed: leaves.filter(({ key }) => known?.progress.leaves[key]?.passedAt !== undefined).length,
        },
      };
    }),
    note: NOTE,
  };
}
