/**
 * A lab as a learner's page has it: what is shown, and nothing that is hidden from its reader. Types of their own, of which the
 * compiler takes no `Lab`, `Step`, `Leaf` or `Quiz`.
 */
import type {
  Ask,
  CheckList,
  Details,
  FileLink,
  FileWrite,
  HintBlock,
  Image,
  Output,
  PortLink,
  Prose,
  Quiz,
  QuizItem,
  Run,
  Solution,
} from '../blocks.ts';
import type { Group, Leaf, Subject } from '../checks/plan.ts';
import type { EnvWish, Lab, Step } from '../lab.ts';

/** Which items are right, and why, is told by who has the lab (`markQuiz`). */
export type ReaderQuizItem = Pick<QuizItem, 'nodes'> & { right?: never; why?: never };
export type ReaderQuiz = Omit<Quiz, 'items' | 'source'> & { items: ReaderQuizItem[] };

type WithReaderBlocks<Folded extends { blocks: unknown }> = Omit<Folded, 'blocks'> & { blocks: ReaderBlock[] };

export type ReaderBlock =
  | Prose
  | Omit<Run, 'source'>
  | Omit<FileWrite, 'source'>
  | Output
  | CheckList
  | ReaderQuiz
  | Ask
  | WithReaderBlocks<HintBlock>
  | WithReaderBlocks<Solution>
  | WithReaderBlocks<Details>
  | PortLink
  | FileLink
  | Image;

/** Of a question its words alone; of a script only that it is one. */
export type ReaderSubject =
  | Exclude<Subject, { kind: 'ask' | 'run' }>
  | { kind: 'ask'; question: string; equalsRun?: never }
  | { kind: 'run'; script?: never };

/** `want` is empty for questions and scripts; what the author says of a leaf comes with its explanation. */
export type ReaderLeaf = Pick<Leaf, 'key' | 'at' | 'want' | 'title' | 'forMs'> & {
  subject: ReaderSubject;
  say?: never;
};
export type ReaderGroup = { op: Group['op']; of: (ReaderGroup | ReaderLeaf)[] };

export type ReaderStep = Pick<Step, 'id' | 'title' | 'minutes' | 'hash' | 'hints'> & {
  blocks: ReaderBlock[];
  checks: ReaderGroup;
  /** There is a way to have it solved. */
  solvable: boolean;
};

export type ReaderLab = Pick<
  Lab,
  | 'format'
  | 'id'
  | 'digest'
  | 'title'
  | 'summary'
  | 'level'
  | 'minutes'
  | 'lang'
  | 'authors'
  | 'license'
  | 'tags'
  | 'image'
  | 'origin'
  | 'nodes'
  | 'template'
  | 'needs'
  | 'images'
  | 'ports'
  | 'layout'
  | 'order'
  | 'reset'
> & {
  /** Tells it from a `Lab`, also where types are gone. */
  view: 'reader';
  /** Variables that the learner is asked for. */
  asks: Extract<EnvWish, { ask: string }>[];
  intro: ReaderBlock[];
  steps: ReaderStep[];
  finish?: ReaderBlock[];
};
