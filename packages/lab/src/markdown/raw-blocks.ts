/** Tokens as a tree of blocks, with raw HTML resolved to folded parts, comments and text. No meaning yet. */
import type { Findings } from '../findings/finding.ts';
import { MAX_PROSE_DEPTH } from '../limits.ts';
import type { SourceFile } from '../source/source-file.ts';
import { type HtmlPiece, htmlPieces } from './html-pieces.ts';
import { noteHtml } from './inline.ts';
import type { Token } from './tokens.ts';

/** Lines [from, to) of the file, from 0. */
export type Lines = readonly [from: number, to: number];

export type RawBlock = { lines: Lines } & (
  | { type: 'heading'; depth: number; inline: Token }
  | { type: 'paragraph'; inline: Token }
  | { type: 'fence'; info: string; text: string; column: number }
  | { type: 'text'; text: string }
  | { type: 'comment'; text: string; column: number }
  | { type: 'rule' }
  | { type: 'quote'; children: RawBlock[] }
  | { type: 'list'; ordered: boolean; start: number; spread: boolean; items: { children: RawBlock[]; lines: Lines }[] }
  | { type: 'table'; rows: Token[][]; align: ('left' | 'right' | 'center' | null)[] }
  | { type: 'details'; title: string; children: RawBlock[] }
  | { type: 'footnote'; label: string; children: RawBlock[] }
);

export type RawContext = { source: SourceFile; lineOffset: number; findings: Findings };

/** Builds the tree of a whole text's tokens. */
export function rawBlocks(tokens: readonly Token[], context: RawContext): RawBlock[] {
  let at = 0;
  return siblings('');

  function siblings(until: string): RawBlock[] {
    const found: (RawBlock | { type: 'html'; text: string; lines: Lines })[] = [];
    while (at < tokens.length) {
      const token = tokens[at];
      at += 1;
      if (token === undefined || token.type === until) break;
      const lines = linesOf(token);
      switch (token.type) {
        case 'heading_open':
          found.push({ type: 'heading', depth: Number(token.tag.slice(1)), inline: inlineAt(at), lines });
          at += 2;
          break;
        case 'paragraph_open':
          found.push({ type: 'paragraph', inline: inlineAt(at), lines });
          at += 2;
          break;
        case 'fence':
          found.push({
            type: 'fence',
            info: token.info.trim(),
            text: token.content,
            column: columnOf(lines[0]),
            lines,
          });
          break;
        case 'code_block':
          found.push({ type: 'fence', info: '', text: token.content, column: columnOf(lines[0]), lines });
          break;
        case 'html_block':
          found.push({ type: 'html', text: token.content, lines });
          break;
        case 'hr':
          found.push({ type: 'rule', lines });
          break;
        case 'blockquote_open':
          found.push({ type: 'quote', children: siblings('blockquote_close'), lines });
          break;
        case 'bullet_list_open':
        case 'ordered_list_open':
          found.push(list(token, lines));
          break;
        case 'table_open':
          found.push(table(lines));
          break;
        case 'footnote_open':
          found.push({
            type: 'footnote',
            label: String(token.meta?.label ?? token.meta?.id ?? ''),
            children: siblings('footnote_close'),
            lines,
          });
          break;
        default:
          break;
      }
    }
    return resolveHtml(found, context, columnOf);
  }

  function list(token: Token, lines: Lines): RawBlock {
    const ordered = token.type === 'ordered_list_open';
    const items: { children: RawBlock[]; lines: Lines }[] = [];
    let spread = false;
    while (tokens[at]?.type === 'list_item_open') {
      const item = tokens[at];
      at += 1;
      spread ||= tokens[at]?.type === 'paragraph_open' && tokens[at]?.hidden === false;
      items.push({ children: siblings('list_item_close'), lines: item === undefined ? lines : linesOf(item) });
    }
    at += 1;
    return { type: 'list', ordered, start: Number(token.attrGet('start') ?? 1), spread, items, lines };
  }

  function table(lines: Lines): RawBlock {
    const rows: Token[][] = [];
    let align: ('left' | 'right' | 'center' | null)[] = [];
    for (; at < tokens.length; at += 1) {
      const token = tokens[at];
      if (token === undefined || token.type === 'table_close') break;
      if (token.type === 'tr_open') rows.push([]);
      if (token.type === 'th_open') {
        const side = /text-align:(left|right|center)/.exec(token.attrGet('style') ?? '')?.[1];
        align = [...align, side === 'left' || side === 'right' || side === 'center' ? side : null];
      }
      if (token.type === 'inline') rows.at(-1)?.push(token);
    }
    at += 1;
    return { type: 'table', rows, align, lines };
  }

  function inlineAt(index: number): Token {
    const token = tokens[index];
    if (token === undefined) throw new Error('A heading or a paragraph has its text after it.');
    return token;
  }

  function linesOf(token: Token): Lines {
    const [from, to] = token.map ?? [0, 1];
    return [from + context.lineOffset, to + context.lineOffset];
  }

  /** The column (from 1) of a block's first letter; the marks of quotes and lists before it are passed over. */
  function columnOf(line: number): number {
    return (context.source.lines[line] ?? '').search(/[^\s>]|$/) + 1;
  }
}

type Level = { children: RawBlock[]; title: string; line: number };

/** Resolves the HTML among siblings: `<details>` folds what stands up to its end, comments are kept, the rest is text. */
function resolveHtml(
  found: readonly (RawBlock | { type: 'html'; text: string; lines: Lines })[],
  { source, findings }: RawContext,
  columnOf: (line: number) => number,
): RawBlock[] {
  if (!found.some(({ type }) => type === 'html')) return found as RawBlock[];
  const root: Level = { children: [], title: '', line: 0 };
  const open: Level[] = [root];
  const here = () => open.at(-1) ?? root;
  let summary: string | null = null;

  function end(line: number): void {
    const level = open.pop();
    if (level !== undefined) {
      here().children.push({
        type: 'details',
        title: level.title.trim(),
        children: level.children,
        lines: [level.line, line + 1],
      });
    }
  }

  function take(piece: HtmlPiece, line: number): void {
    if (piece.type === 'comment') {
      here().children.push({ type: 'comment', text: piece.text, column: columnOf(line), lines: [line, line + 1] });
    } else if (piece.type === 'open' && piece.name === 'details' && open.length <= MAX_PROSE_DEPTH)
      open.push({ children: [], title: '', line });
    else if (piece.type === 'close' && piece.name === 'details' && open.length > 1) end(line);
    else if (piece.type === 'open' && piece.name === 'summary') summary = '';
    else if (piece.type === 'close' && piece.name === 'summary') {
      if (summary !== null) here().title = summary;
      summary = null;
    } else if (summary !== null) summary += piece.type === 'text' ? piece.text : '';
    else {
      const text = piece.type === 'text' ? piece.text : htmlText(piece);
      if (text.trim() === '') return;
      if (text.trimStart().startsWith('<')) {
        noteHtml(text.trimStart(), { file: source.path, line: line + 1, column: columnOf(line) }, findings);
      }
      const last = here().children.at(-1);
      if (last?.type === 'text' && last.lines[1] > line) last.text += text;
      else here().children.push({ type: 'text', text, lines: [line, line + 1 + newlines(text)] });
    }
  }

  for (const block of found) {
    if (block.type !== 'html') {
      here().children.push(block);
      continue;
    }
    let line = block.lines[0];
    let counted = 0;
    for (const piece of htmlPieces(block.text)) {
      line += newlines(block.text.slice(counted, piece.offset));
      counted = piece.offset;
      take(piece, line);
    }
  }
  while (open.length > 1) {
    const { line } = here();
    const place = { file: source.path, line: line + 1, column: columnOf(line) };
    findings.add(
      'DETAILS_OPEN',
      place,
      'This <details> has no </details> after it; a blank line stands before and after each.',
    );
    end(line);
  }
  return root.children;
}

/** Elements of HTML blocks that mean nothing to a renderer of ours keep their text alone: cells of a raw table are lines. */
function htmlText(piece: HtmlPiece & { type: 'open' | 'close' }): string {
  if (piece.type === 'open' && piece.name === 'img') return piece.attributes.alt ?? '';
  return piece.name === 'td' || piece.name === 'th' ? ' ' : piece.name === 'br' || piece.name === 'tr' ? '\n' : '';
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
