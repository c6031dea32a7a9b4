/** A paragraph and a list of `[ ]`/`[x]` or `( )`/`(x)` items make a question. */
import type { Quiz, QuizItem } from '../blocks.ts';
import type { Findings } from '../findings/finding.ts';
import { type InlineContext, inlineNodes } from '../markdown/inline.ts';
import { type PhrasingNode, textOf } from '../markdown/prose-nodes.ts';
import type { RawBlock } from '../markdown/raw-blocks.ts';

const MARK = /^(?:\[([ xX])\]|\(([ xX])\))[ \t]+/;
const WHY = ' — ';

/** The quiz that paragraph and list are, without its key; undefined when they are prose. */
export function readQuiz(
  question: RawBlock & { type: 'paragraph' },
  list: RawBlock & { type: 'list' },
  context: InlineContext,
  findings: Findings,
): Omit<Quiz, 'key'> | undefined {
  if (list.ordered || list.items.length < 2) return undefined;
  const marks = list.items.map(({ children }) => {
    const [only] = children;
    return only?.type === 'paragraph' && children.length === 1 ? MARK.exec(only.inline.content) : null;
  });
  if (!marks.every((mark) => mark !== null)) return undefined;
  const several = marks.every((mark) => mark[1] !== undefined);
  if (!several && !marks.every((mark) => mark[2] !== undefined)) return undefined;
  const right = marks.map((mark) => (mark[1] ?? mark[2] ?? ' ').toLowerCase() === 'x');
  const count = right.filter(Boolean).length;
  // A list of boxes without a cross is a list of things to do.
  if (several && count === 0) return undefined;
  const place = { file: context.source.path, line: question.lines[0] + 1, column: 1 };
  if (!several && count !== 1) {
    findings.add('QUIZ_WITHOUT_ANSWER', place, `A question with ( ) items has one (x); this has ${count}.`);
  }
  const items = list.items.map(({ children }, index): QuizItem => {
    const [only] = children;
    const nodes = only?.type === 'paragraph' ? withoutMark(inlineNodes(only.inline, context)) : [];
    return { ...splitWhy(nodes), right: right[index] === true };
  });
  return { kind: 'quiz', question: inlineNodes(question.inline, context), several, items, source: place };
}

function withoutMark(nodes: PhrasingNode[]): PhrasingNode[] {
  const [first, ...rest] = nodes;
  if (first?.type !== 'text') return nodes;
  const value = first.value.replace(MARK, '');
  return value === '' ? rest : [{ type: 'text', value }, ...rest];
}

function splitWhy(nodes: PhrasingNode[]): { nodes: PhrasingNode[]; why?: PhrasingNode[] } {
  const at = nodes.findIndex((node) => node.type === 'text' && node.value.includes(WHY));
  const node = nodes[at];
  if (node?.type !== 'text') return { nodes };
  const cut = node.value.indexOf(WHY);
  const before = node.value.slice(0, cut);
  const after = node.value.slice(cut + WHY.length);
  const why: PhrasingNode[] = [
    ...(after === '' ? [] : [{ type: 'text' as const, value: after }]),
    ...nodes.slice(at + 1),
  ];
  const kept: PhrasingNode[] = [
    ...nodes.slice(0, at),
    ...(before === '' ? [] : [{ type: 'text' as const, value: before }]),
  ];
  return textOf(why) === '' ? { nodes: kept } : { nodes: kept, why };
}
