/** The compiled lab without what its reader must not have. Written as a list of what goes out, so that a new field stays in. */
import type { Block, Quiz } from '../blocks.ts';
import { type Group, isGroup, type Leaf, type Subject } from '../checks/plan.ts';
import type { Lab, Step } from '../lab.ts';
import type { PhrasingNode } from '../markdown/prose-nodes.ts';
import type { ReaderBlock, ReaderGroup, ReaderLab, ReaderLeaf, ReaderStep, ReaderSubject } from './reader-lab.ts';

/**
 * What a learner's page may have of a lab. Left out: answers of questions, what is right in a quiz and why, scripts that run out of
 * sight (setup, checks, solve, break, wrong), explanations of the author, variables' values, files of nodes, places and findings.
 * Hints and solutions stay: they are written to be read. Keys and hashes are of the whole text; short secrets can be guessed by them.
 */
export function readerView(lab: Lab): ReaderLab {
  return {
    view: 'reader',
    format: lab.format,
    id: lab.id,
    digest: lab.digest,
    title: lab.title,
    summary: lab.summary,
    lang: lab.lang,
    authors: lab.authors,
    tags: lab.tags,
    nodes: lab.nodes,
    needs: lab.needs,
    images: lab.images,
    ports: lab.ports,
    layout: lab.layout,
    order: lab.order,
    reset: lab.reset,
    ...(lab.level === undefined ? {} : { level: lab.level }),
    ...(lab.minutes === undefined ? {} : { minutes: lab.minutes }),
    ...(lab.license === undefined ? {} : { license: lab.license }),
    ...(lab.image === undefined ? {} : { image: lab.image }),
    ...(lab.origin === undefined ? {} : { origin: lab.origin }),
    ...(lab.template === undefined ? {} : { template: lab.template }),
    asks: lab.env.flatMap((wish) => ('ask' in wish ? [wish] : [])),
    intro: lab.intro.map(readerBlock),
    steps: lab.steps.map(readerStep),
    ...(lab.finish === undefined ? {} : { finish: lab.finish.map(readerBlock) }),
  };
}

function readerStep(step: Step): ReaderStep {
  return {
    id: step.id,
    title: step.title,
    ...(step.minutes === undefined ? {} : { minutes: step.minutes }),
    hash: step.hash,
    hints: step.hints,
    blocks: step.blocks.map(readerBlock),
    checks: readerGroup(step.checks),
    solvable: step.solve !== null,
  };
}

function readerBlock(block: Block): ReaderBlock {
  switch (block.kind) {
    case 'prose':
    case 'output':
    case 'checks':
    case 'ask':
    case 'port':
    case 'file-link':
    case 'image':
      return block;
    case 'run':
    case 'file': {
      const { source: _, ...shown } = block;
      return shown;
    }
    case 'quiz': {
      const { kind, key, question, several, items } = block;
      return { kind, key, question, several, items: items.map(({ nodes }) => ({ nodes })) };
    }
    case 'hint':
    case 'solution':
    case 'details':
      return { ...block, blocks: block.blocks.map(readerBlock) };
  }
}

function readerGroup({ op, of }: Group): ReaderGroup {
  return { op, of: of.map((entry) => (isGroup(entry) ? readerGroup(entry) : readerLeaf(entry))) };
}

function readerLeaf({ key, subject, at, want, title, forMs }: Leaf): ReaderLeaf {
  const isHidden = subject.kind === 'ask' || subject.kind === 'run';
  return {
    key,
    subject: readerSubject(subject),
    ...(at === undefined ? {} : { at }),
    want: isHidden ? {} : want,
    ...(title === undefined ? {} : { title }),
    forMs,
  };
}

function readerSubject(subject: Subject): ReaderSubject {
  switch (subject.kind) {
    case 'ask':
      return { kind: 'ask', question: subject.question };
    case 'run':
      return { kind: 'run' };
    default:
      return subject;
  }
}

/** A choice judged: whether it is right as a whole, and what the author says of each item that was chosen. */
export type QuizMark = { right: boolean; why: { item: number; nodes: PhrasingNode[] }[] };

/** Marks the chosen items (from 0) of a quiz; numbers that name no item make the choice wrong. */
export function markQuiz({ items }: Quiz, chosen: readonly number[]): QuizMark {
  const set = new Set(chosen);
  const isKnown = [...set].every((item) => items[item] !== undefined);
  return {
    right: isKnown && items.every(({ right }, item) => right === set.has(item)),
    why: items.flatMap(({ why }, item) => (why === undefined || !set.has(item) ? [] : [{ item, nodes: why }])),
  };
}
