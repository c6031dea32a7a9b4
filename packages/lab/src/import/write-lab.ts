/** Our own Markdown, written: what importers of other formats make. Whatever is given, the text reads back as what was meant. */
import { withoutEnd } from '@drydock/protocol';
import { stringify } from 'yaml';
import type { FrontMatter } from '../compile/front-matter-schema.ts';

/** `body` is Markdown of ours. `id` absent: the heading's slug. */
export type WrittenStep = { title: string; id?: string; minutes?: number; body: string };
export type WrittenLab = { front: FrontMatter; intro: string; steps: readonly WrittenStep[]; finish?: string };

/** Words and values of a fence; `node` may hold a terminal (`node2/2`). */
export type FenceWords = { node?: string; words?: readonly string[]; values?: Readonly<Record<string, string>> };

/** A whole `lab.md`. */
export function writeLab({ front, intro, steps, finish }: WrittenLab): string {
  const keys = Object.entries(front).filter(([, value]) => value !== undefined);
  const head = keys.length === 0 ? '' : `---\n${writeYaml(Object.fromEntries(keys))}---\n`;
  const parts = steps.map(({ title, id, minutes, body }) => {
    const time = minutes === undefined ? '' : ` (${minutes} min)`;
    return joinBlocks([`## ${escapeInline(title)}${time}${id === undefined ? '' : ` {#${id}}`}`, body]);
  });
  const end = finish === undefined ? [] : [joinBlocks(['## Finish {#finish}', finish])];
  return `${head}${joinBlocks([intro, ...parts, ...end])}\n`;
}

/** Blocks with a blank line between them, so that none runs into the next. */
export function joinBlocks(blocks: readonly string[]): string {
  return blocks
    .map((block) => block.replace(/^(?:[ \t]*\n)+/, '').trimEnd())
    .filter((block) => block !== '')
    .join('\n\n');
}

/** A fence whose marks are longer than any in the text. A value that no info string can hold loses the letters that break it. */
export function writeFence(lang: string, text: string, { node, words = [], values = {} }: FenceWords = {}): string {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const marks = '`'.repeat(longest + 1);
  const info = [lang, ...(node === undefined ? [] : [node]), ...words, ...Object.entries(values).map(writeValue)];
  return `${marks}${info.join(' ')}\n${text.replace(/\n$/, '')}\n${marks}`;
}

/** Whether an info string can hold the value as it is: there are no escapes in it, and braces are other programs'. */
export function fitsInfo(value: string): boolean {
  return !/[`{}\\&"\n\r]/.test(value) && value.length <= 1_000;
}

function writeValue([key, value]: readonly [string, string]): string {
  const plain = value
    .replace(/"/g, "'")
    .replace(/[`{}\\&\n\r]+/g, ' ')
    .slice(0, 1_000);
  return /^[\w/.:-]+$/.test(plain) ? `${key}=${plain}` : `${key}="${plain}"`;
}

/** A live list of checks: one item, one line. */
export function writeChecks(items: readonly Readonly<Record<string, unknown>>[]): string {
  return writeFence('check', writeYaml(items));
}

/** A folded part: titles that begin with `Hint` or `Solution` are those. A title is text without angle brackets, which would be HTML. */
export function writeDetails(title: string, body: string, after?: string): string {
  const time = after === undefined ? '' : `<!-- after: ${after} -->\n`;
  return `<details><summary>${oneLine(title.replace(/[<>]/g, ' '))}</summary>\n${time}\n${joinBlocks([body])}\n\n</details>`;
}

/** A question; `several` has boxes, else exactly one item is right. Items are one line of Markdown each. */
export function writeQuiz(
  question: string,
  items: readonly { text: string; right: boolean; why?: string }[],
  several: boolean,
): string {
  const [open, close] = several ? ['[', ']'] : ['(', ')'];
  const lines = items.map(({ text, right, why }) => {
    const reason = why === undefined ? '' : ` — ${oneLine(why)}`;
    return `- ${open}${right ? 'x' : ' '}${close} ${oneLine(text)}${reason}`;
  });
  return `${oneLine(question)}\n\n${lines.join('\n')}`;
}

/** YAML without anchors and folded lines, which ours does not read or keep. */
export function writeYaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.2' });
}

/** Plain text as Markdown that shows exactly it, on one line. */
export function escapeInline(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>&#!~|]/g, '\\$&');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/**
 * Foreign prose made harmless: headings of levels 1 and 2 (also underlined ones) would be titles and steps here, so all go two levels
 * down, at most to 6; comments that would mean something to us lose their meaning. Lines within fences stay; the number of lines too.
 */
export function demoteHeadings(markdown: string): string {
  const lines = markdown.split('\n');
  let fence = '';
  return lines
    .map((line, index) => {
      if (fence !== '') {
        if (endsFence(line, fence)) fence = '';
        return line;
      }
      const open = /^ {0,3}(?:[-*+>]\s+|\d{1,9}[.)]\s+)*(`{3,}|~{3,})([\s\S]*)$/.exec(line);
      if (open !== null && !(open[1]?.startsWith('`') && open[2]?.includes('`'))) {
        fence = open[1] ?? '```';
        return line;
      }
      const plain = line.replace(/<!--(\s*)(check|lab|after|for|include)\b/g, '<!--$1($2)');
      const next = lines[index + 1] ?? '';
      const before = lines[index - 1] ?? '';
      if (/^ {0,3}(=+|-+)\s*$/.test(plain) && isHeadingText(before)) return '';
      if (isHeadingText(plain) && /^ {0,3}=+\s*$/.test(next)) return `### ${plain.trim()}`;
      if (isHeadingText(plain) && /^ {0,3}-+\s*$/.test(next)) return `#### ${plain.trim()}`;
      return plain.replace(/^( {0,3})(#{1,6})(?=\s|$)/, (_, indent: string, marks: string) => {
        return `${indent}${'#'.repeat(Math.min(6, marks.length + 2))}`;
      });
    })
    .join('\n');
}

/** Whether a line is nothing but the letter of `mark`, as often or more often, in quotes or not. */
function endsFence(line: string, mark: string): boolean {
  const text = line.replace(/^\s*(?:>\s*)*/, '').trimEnd();
  return text.length >= mark.length && withoutEnd(text, mark.charAt(0)) === '';
}

function isHeadingText(line: string): boolean {
  return /^ {0,3}[^\s#>|-]/.test(line) && !/^ {0,3}(?:[*+]\s|\d{1,9}[.)]\s|(?:=+|-+)\s*$)/.test(line);
}
