/** The form in which a session's lab lies in Redis; a field that this release does not know is kept. */
import { z } from 'zod';
import type { LabRecord } from '../../model/lab-record.ts';

const timeSchema = z.number();
const leafSchema = z.looseObject({
  seen: z.literal(true).exactOptional(),
  since: timeSchema.exactOptional(),
  passedAt: timeSchema.exactOptional(),
  already: z.literal(true).exactOptional(),
});
const stepSchema = z.looseObject({
  hash: z.string(),
  progress: z.looseObject({
    enteredAt: timeSchema,
    doneAt: timeSchema.exactOptional(),
    already: z.literal(true).exactOptional(),
    failedAt: timeSchema.exactOptional(),
    leaves: z.record(z.string(), leafSchema),
  }),
  skipped: z.boolean().exactOptional(),
  solved: z.boolean().exactOptional(),
  hints: z.array(z.string()),
});
const answerSchema = z.looseObject({
  text: z.string(),
  wanted: z.string().exactOptional(),
  right: z.boolean(),
  at: timeSchema,
});
const workSchema = z.looseObject({
  kind: z.enum(['start', 'skip', 'solve', 'afresh', 'again']),
  step: z.string().nullable(),
  text: z.string(),
  done: z.number(),
  total: z.number(),
  failed: z.string().exactOptional(),
  driver: z.string(),
});
const labSchema = z.looseObject({
  version: z.number().int(),
  id: z.string(),
  digest: z.string(),
  startedAt: timeSchema,
  step: z.string().nullable(),
  steps: z.record(z.string(), stepSchema),
  answers: z.record(z.string(), answerSchema),
  quizzes: z.record(z.string(), z.looseObject({ right: z.boolean(), at: timeSchema })),
  work: workSchema.nullable(),
  driver: z.string().nullable(),
});

/** The record that `value` was written for. @throws ZodError for what is of another form. */
export function decodeLab(value: unknown): LabRecord {
  return labSchema.parse(value) as LabRecord;
}
