/** What gathers while the blocks of one step are read. */
import type { Block, Run } from '../blocks.ts';
import { type Group, isGroup, type Leaf, leavesOf } from '../checks/plan.ts';
import type { Findings, Place } from '../findings/finding.ts';
import { shortHash } from '../hash.ts';
import type { Hint, Script, Wrong } from '../lab.ts';
import { MAX_HINTS, MAX_LEAVES_PER_STEP } from '../limits.ts';

export type StepParts = {
  /** Prefix of the keys of its blocks. */
  readonly id: string;
  all: (Group | Leaf)[];
  fail: (Group | Leaf)[];
  setup: Script[];
  solve: Script[];
  breaks: Script[];
  wrong: Wrong[];
  hints: Hint[];
  quizzes: number;
  /** Blocks of the step itself that solve it, and those of its solution. */
  doing: number;
  solution: number;
  /** The key of a block with that text: step's id + hash, numbered where the text comes again. */
  keyOf(text: string): string;
  /** Takes leaves into the step; those beyond the bound, and those that stand there already, are findings. */
  take(entries: (Group | Leaf)[], fail: (Group | Leaf)[]): (Group | Leaf)[];
  takeHint(hint: Hint, place: Place): void;
};

export function createStepParts(id: string, findings: Findings): StepParts {
  const used = new Map<string, number>();
  const leaves = new Set<string>();
  let count = 0;
  const parts: StepParts = {
    id,
    all: [],
    fail: [],
    setup: [],
    solve: [],
    breaks: [],
    wrong: [],
    hints: [],
    quizzes: 0,
    doing: 0,
    solution: 0,
    keyOf(text) {
      const key = `${id}-${shortHash(text)}`;
      const again = (used.get(key) ?? 0) + 1;
      used.set(key, again);
      return again === 1 ? key : `${key}-${again}`;
    },
    take(entries, fail) {
      const fresh = entries.filter(isNew);
      parts.all.push(...fresh);
      parts.fail.push(...fail.filter(isNew));
      return fresh;
    },
    takeHint(hint, place) {
      parts.hints.push(hint);
      if (parts.hints.length === MAX_HINTS + 1)
        findings.add('HINTS_OVER_LIMIT', place, `A step has at most ${MAX_HINTS} hints.`);
    },
  };

  function isNew(entry: Group | Leaf): boolean {
    const inner = isGroup(entry) ? leavesOf(entry) : [entry];
    const before = count;
    count += inner.length;
    const [first] = inner;
    if (count > MAX_LEAVES_PER_STEP) {
      if (before <= MAX_LEAVES_PER_STEP && first !== undefined) {
        findings.add('LEAVES_OVER_LIMIT', first.source, `A step has at most ${MAX_LEAVES_PER_STEP} conditions.`);
      }
      return false;
    }
    for (const leaf of inner) {
      if (isEmptyScript(leaf)) {
        findings.add(
          'CHECK_ALWAYS_TRUE',
          leaf.source,
          'This passes whatever the learner did: its last command cannot fail.',
        );
      }
    }
    if (isGroup(entry)) return true;
    if (leaves.has(entry.key)) {
      findings.add('CHECK_TWICE', entry.source, 'This stands in the step already.');
      return false;
    }
    leaves.add(entry.key);
    return true;
  }
  return parts;
}

function isEmptyScript({ subject, want }: Leaf): boolean {
  if (subject.kind !== 'run' || want.output !== undefined) return false;
  const last = subject.script.trim().split('\n').at(-1)?.trim() ?? '';
  return /^(true|:|exit 0)$/.test(last) || /(\|\||;)\s*(true|:|exit 0)$/.test(last.slice(-200));
}

/** The run block that an output block stands right after. */
export function lastRun(blocks: readonly Block[]): Run | undefined {
  const last = blocks.at(-1);
  return last?.kind === 'run' && last.mode === 'run' ? last : undefined;
}
