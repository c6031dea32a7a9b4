/**
 * A lab in a session: what its pages see, and what they may ask for. Keys of leaves, quizzes and blocks are masked (docs/PROTOCOL.md L5):
 * they are the same here and in the reader's view of that lab, and tell nothing of what they were made of.
 */
import { z } from 'zod';

/** Names a lab in the catalogue: a folder's name, or `gh:owner/repo/path@ref`. */
export const labIdSchema = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/);
/** A version of a lab's files; it opens its assets and says nothing of its content. */
export const labVersionSchema = z.string().regex(/^[0-9a-f]{32}$/);
/** A masked key. */
export const labKeySchema = z.string().min(1).max(200);
/** A step's id: the slug of its heading. */
export const labStepIdSchema = z.string().min(1).max(200);

/** `on`: it holds now; `off`: it does not; `looking`: not known at the moment. */
export const lightSchema = z.enum(['on', 'off', 'looking']);

export const labLeafSchema = z.object({
  key: labKeySchema,
  light: lightSchema,
  /** When it first held for as long as it must (ms since the epoch): it stays passed. */
  passedAt: z.number().optional(),
  /** It held before the learner did anything. */
  already: z.boolean().optional(),
  /** Why it is not on; text, some of it made by the learner. */
  why: z.string().max(2_000).optional(),
});
export type LabLeaf = z.infer<typeof labLeafSchema>;

export const labStepProgressSchema = z.object({
  id: labStepIdSchema,
  enteredAt: z.number().optional(),
  /** All of it held together, once. */
  doneAt: z.number().optional(),
  /** It was so from the first look on: "you have done this already". */
  already: z.boolean().optional(),
  /** What cannot be mended happened: only beginning the step afresh helps. */
  failedAt: z.number().optional(),
  /** It was passed over. */
  skipped: z.boolean().optional(),
  /** It was solved by us. */
  solved: z.boolean().optional(),
});
export type LabStepProgress = z.infer<typeof labStepProgressSchema>;

/** Something that takes a while: nodes made, scripts run. */
export const labWorkSchema = z.object({
  kind: z.enum(['start', 'skip', 'solve', 'afresh', 'again']),
  /** The step that it is for. */
  step: labStepIdSchema.nullable(),
  /** What is done at the moment. */
  text: z.string().max(300),
  done: z.number().int(),
  total: z.number().int(),
  /** It ended without success, for this reason. */
  failed: z.string().max(4_000).optional(),
});
export type LabWork = z.infer<typeof labWorkSchema>;

/** The lab of a session; null where it has none. */
export const labViewSchema = z.object({
  id: labIdSchema,
  version: labVersionSchema,
  title: z.string(),
  startedAt: z.number(),
  /** The step that is open: its leaves are looked at. Null before the first one. */
  step: labStepIdSchema.nullable(),
  steps: z.array(labStepProgressSchema),
  /** Of the open step, in the order of the reader's view. */
  leaves: z.array(labLeafSchema),
  /** Questions and quizzes that were answered, by the quiz's or the leaf's key. */
  answers: z.record(labKeySchema, z.object({ right: z.boolean(), at: z.number() })),
  work: labWorkSchema.nullable(),
  /** The version that the lab has by now, where that is another. */
  newer: labVersionSchema.nullable(),
  /** Nodes whose host knows nothing of checks: their leaves stay `looking`. */
  notHere: z.array(z.string()),
});
export type LabView = z.infer<typeof labViewSchema>;

/** The view after leaves of a step changed; leaves of another step than the open one are news of the past. */
export function applyLabLeaves(
  lab: LabView | null,
  { step, leaves }: { step: string; leaves: readonly LabLeaf[] },
): LabView | null {
  if (lab === null || lab.step !== step) return lab;
  const changed = new Map(leaves.map((leaf) => [leaf.key, leaf]));
  return { ...lab, leaves: lab.leaves.map((leaf) => changed.get(leaf.key) ?? leaf) };
}

/** A choice in a quiz, marked: `why` is what the author says of chosen items, as text. */
const quizMarkSchema = z.object({
  right: z.boolean(),
  why: z.array(z.object({ item: z.number().int(), text: z.string().max(4_000) })),
});

/** Calls of pages, beside those of terminals. Each answers as soon as the wish is taken; what comes of it is told by changes. */
export const labCallSchemas = {
  /** Opens a step: any one, or where the lab says `order: gate` one whose earlier steps are done; `skip` passes over those. */
  'lab:step': {
    request: z.object({ step: labStepIdSchema, skip: z.boolean().optional() }),
    answer: z.object({}),
  },
  /** Fresh nodes with all steps before that one solved on them. */
  'lab:skip': { request: z.object({ step: labStepIdSchema }), answer: z.object({}) },
  /** Runs the open step's solution out of sight. */
  'lab:solve': { request: z.object({ step: labStepIdSchema }), answer: z.object({}) },
  /** The open step anew, on fresh nodes with the steps before it solved. */
  'lab:afresh': { request: z.object({ step: labStepIdSchema }), answer: z.object({}) },
  /** The whole lab anew, on fresh nodes. */
  'lab:again': { request: z.object({}), answer: z.object({}) },
  /** Goes on with the lab's newest version: steps whose text stayed as it was keep what they reached, others begin anew. */
  'lab:update': { request: z.object({}), answer: z.object({}) },
  /** An answer to a question (`text`), or the chosen items of a quiz, from 0. */
  'lab:answer': {
    request: z.object({
      key: labKeySchema,
      text: z.string().max(2_000).optional(),
      chosen: z.array(z.number().int().min(0).max(100)).max(100).optional(),
    }),
    answer: quizMarkSchema,
  },
  /** Notes that a hint or a solution was opened. */
  'lab:hint': { request: z.object({ key: labKeySchema }), answer: z.object({}) },
} as const;

/** `POST /sessions/:id/lab`: begins a lab in a session that has none. */
export const startLabRequestSchema = z.strictObject({ lab: labIdSchema });

/** A lab in the catalogue, `GET /labs`. */
export const labEntrySchema = z.object({
  id: labIdSchema,
  version: labVersionSchema,
  title: z.string(),
  summary: z.string(),
  level: z.enum(['beginner', 'intermediate', 'advanced']).optional(),
  minutes: z.number().optional(),
  lang: z.string(),
  tags: z.array(z.string()),
  nodes: z.number().int(),
  steps: z.number().int(),
  /** Whose it is: this place's own, its operator's, or somebody's elsewhere. */
  source: z.enum(['built-in', 'operator', 'elsewhere']),
  /** The course that it belongs to, and its place there. */
  course: z.object({ id: z.string(), title: z.string(), position: z.number().int() }).optional(),
});
export type LabEntry = z.infer<typeof labEntrySchema>;
export const labsResponseSchema = z.object({
  labs: z.array(labEntrySchema),
  /** Places from which labs may be had by address, as `gh:`. */
  forges: z.array(z.string()),
});

/** `GET /labs/:id`: `lab` is the `ReaderLab` of packages/lab, its keys masked. */
export const labResponseSchema = z.object({
  entry: labEntrySchema,
  lab: z.record(z.string(), z.unknown()),
});

/** What a learner did in a lab, as the statement holds it. */
export const labStatementSchema = z.object({
  kind: z.literal('drydock-lab-statement'),
  format: z.literal(1),
  session: z.string(),
  lab: z.object({ id: labIdSchema, version: labVersionSchema, title: z.string() }),
  startedAt: z.number(),
  statedAt: z.number(),
  steps: z.array(
    labStepProgressSchema.extend({
      title: z.string(),
      /** Hints and solutions that were opened. */
      hints: z.number().int(),
      /** How many checks it has, and how many of them passed. */
      checks: z.object({ all: z.number().int(), passed: z.number().int() }),
    }),
  ),
  /** What it is worth. */
  note: z.string(),
});
/** `GET /sessions/:id/lab/statement`: `signature` is HMAC-SHA-256 (hex) over the statement's JSON as it stands, by this place's secret. */
export const labStatementResponseSchema = z.object({ statement: labStatementSchema, signature: z.string() });
/** `POST /labs/statement`: whether this place signed it. */
export const checkStatementRequestSchema = z.strictObject({
  statement: z.record(z.string(), z.unknown()),
  signature: z.string().max(128),
});
export const checkStatementResponseSchema = z.object({ genuine: z.boolean() });
