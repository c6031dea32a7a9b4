/** Katacoda's questions: `>>Q1: text<<` and the lines directly under it. */
import { writeChecks, writeQuiz } from '../write-lab.ts';
import type { At } from './code-block.ts';
import type { KillercodaContext } from './context.ts';

export const QUESTION = /^\s{0,3}>>(.{1,1000})<<\s*$/;
const ITEM = /^\s*(?:[-*]\s+)?(?:\[([ *xX])\]|\(([ *xX])\))(.{0,1000})$/;
const ANSWER = /^\s*(===|=~=)(.{1,400})$/;

/** The Markdown of the question in `lines[0]`, and how many lines it takes; undefined where none of ours can be made. */
export function readQuestion(
  lines: readonly string[],
  at: At,
  context: KillercodaContext,
): { markdown: string; taken: number } | undefined {
  const question = (QUESTION.exec(lines[0] ?? '')?.[1] ?? '').replace(/^\s*Q\d{1,3}\s*:\s*/i, '').trim();
  const answer = ANSWER.exec(lines[1] ?? '');
  if (question === '') return undefined;
  if (answer !== null) {
    const [, how, wanted = ''] = answer;
    const text = wanted.trim();
    const found = `/${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}/i`;
    if (how === '=~=')
      context.report.changed('=~=', at.file, at.line + 1, 'The answer holds this text, in small or capital letters.');
    return { markdown: writeChecks([{ ask: question, answer: how === '===' ? literal(text) : found }]), taken: 2 };
  }
  const items: { text: string; right: boolean }[] = [];
  let boxes = 0;
  for (const line of lines.slice(1, 41)) {
    const item = ITEM.exec(line);
    if (item === null) break;
    const [, box, circle, text = ''] = item;
    if (box !== undefined) boxes += 1;
    items.push({ text: text.trim() || '…', right: (box ?? circle) !== ' ' });
  }
  const right = items.filter((item) => item.right).length;
  if (items.length < 2 || right === 0 || !context.takeBlock()) return undefined;
  const several = boxes > 0 || right > 1;
  return { markdown: writeQuiz(question, items, several), taken: items.length + 1 };
}

/** An answer that looks like a pattern, a comparison or a negation is found as a text. */
function literal(text: string): string {
  return /^(?:\/.*\/i?|[<>!=].*)$/.test(text) ? `/^${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/` : text;
}
