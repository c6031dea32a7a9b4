/** A step's text, line by line, before CommonMark sees it: an action behind a closing fence would swallow the rest of the page. */
import { isNodePath } from '../../source/lab-files.ts';
import { demoteHeadings, writeFence } from '../write-lab.ts';
import { readAction } from './actions.ts';
import { type At, codeBlock } from './code-block.ts';
import { FIRST_HOST, type KillercodaContext } from './context.ts';
import { rewriteLinks } from './links.ts';
import { replacePlaceholders } from './placeholders.ts';
import { preBlock } from './pre-block.ts';
import { QUESTION, readQuestion } from './quiz-lines.ts';
import { actionSpans } from './spans.ts';

const FENCE = /^(\s{0,40}(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})?)(`{3,}|~{3,})((?:[^`~][^`]*)?)$/;
const ITEM = /^(\s{0,40}(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})\S/;
/** What ends a paragraph, after which waiting buttons are put. */
const BREAK =
  /^\s*$|^\s*(?:[-*+]|\d{1,9}[.)])\s|^\s{0,3}#{1,6}\s|^\s*(?:```|~~~)|^\s*<(?:pre|details|\/details)\b|^\s*>>/i;

/** The line that closes the block begun by `marks` in line `from`, if any does, and the line after its code. */
function endOfFence(lines: readonly string[], from: number, marks: string) {
  let end = from + 1;
  let close: RegExpExecArray | null = null;
  for (; end < lines.length && close === null; end += 1) {
    const found = /^\s*(`{3,}|~{3,})[ \t]*(?:\{\{([^{}]*)\}\})?([\s\S]*)$/.exec(lines[end] ?? '');
    const isClose = found?.[1]?.charAt(0) === marks.charAt(0) && found[1].length >= marks.length;
    if (found !== null && isClose && (found[2] !== undefined || (found[3] ?? '').trim() === '')) close = found;
  }
  return { close, last: close === null ? lines.length : end - 1 };
}

/** Without at most `most` blanks at its beginning. */
function withoutIndent(line: string, most: number): string {
  return line.slice(Math.min(most, line.length - line.trimStart().length));
}

/** Our Markdown for the text of `file`. Lines are the file's own; `base` is the editor's folder. Linear in the text's length. */
export function scanText(text: string, file: string, base: string, context: KillercodaContext): string {
  const lines = text.split(/\r\n|\r|\n/);
  const out: string[] = [];
  let waiting: string[] = [];
  let indent = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const at: At = { file, line: index + 1 };
    const fence = FENCE.exec(line);
    const before = index;
    if (fence !== null) index = takeFence(fence, index, at);
    else if (/^\s{0,3}<pre\b/i.test(line)) index = takePre(index, at);
    else if (QUESTION.test(line)) index = takeQuestion(index, at);
    else index = takeProse(index, at);
    if (index < before) index = before;
  }
  flush();
  return demoteHeadings(out.join('\n'));

  function block(markdown: string, lead = ''): void {
    if (markdown === '') return;
    const pad = ' '.repeat(indent);
    const padded = markdown
      .split('\n')
      .map((line, row) => (row === 0 && lead !== '' ? lead + line : line === '' ? '' : pad + line));
    out.push('', ...padded, '');
  }

  function flush(): void {
    for (const markdown of waiting) block(markdown);
    waiting = [];
  }

  function takeFence([, prefix = '', marks = '', info = '']: RegExpExecArray, from: number, at: At): number {
    flush();
    const isItem = /\S/.test(prefix);
    if (isItem) indent = prefix.length;
    else indent = Math.min(indent, prefix.length);
    const { close, last } = endOfFence(lines, from, marks);
    if (close === null)
      context.report.changed(marks, at.file, at.line, 'This block has no end: it goes on to the end of the text.');
    const code = lines.slice(from + 1, last).map((line, row) => {
      return replacePlaceholders(
        withoutIndent(line, prefix.length),
        'code',
        { file, line: at.line + row + 1 },
        context,
      );
    });
    const written = close?.[2];
    const action = written === undefined ? undefined : readAction(written);
    if (written !== undefined && action === undefined)
      context.report.dropped(`{{${written}}}`, file, last + 1, 'This action is not known.');
    block(codeBlock(code.join('\n'), info, action, { file, line: last + 1 }, context), isItem ? prefix : '');
    if (close !== null && written !== undefined && (close[3] ?? '').trim() !== '') out.push((close[3] ?? '').trim());
    return last;
  }

  function takePre(from: number, at: At): number {
    flush();
    let end = from;
    while (end < lines.length - 1 && !/<\/pre>/i.test(lines[end] ?? '')) end += 1;
    const html = lines.slice(from, end + 1).map((line, row) => {
      return replacePlaceholders(line, 'code', { file, line: at.line + row }, context);
    });
    indent = 0;
    block(preBlock(html.join('\n'), base, at, context));
    return end;
  }

  function takeQuestion(from: number, at: At): number {
    flush();
    indent = 0;
    const question = readQuestion(lines.slice(from, from + 45), at, context);
    if (question === undefined) {
      context.report.dropped('>>…<<', file, at.line, 'This question has no answers that can be read: it is text.');
      out.push((lines[from] ?? '').replace(/^\s*>>/, '').replace(/<<\s*$/, ''));
      return from;
    }
    block(question.markdown);
    return from + question.taken - 1;
  }

  function takeProse(from: number, at: At): number {
    let line = lines[from] ?? '';
    let last = from;
    const next = lines[from + 1];
    if (next !== undefined && !BREAK.test(next) && actionSpans(line).open) {
      const joined = `${line} ${next.trim()}`;
      if (actionSpans(joined).spans.length > actionSpans(line).spans.length) [line, last] = [joined, from + 1];
    }
    const item = ITEM.exec(line);
    if (item !== null) indent = (item[1] ?? '').length;
    else if (/^\S/.test(line)) indent = 0;
    const { spans } = actionSpans(line);
    const [only] = spans;
    const lead = item?.[1] ?? '';
    const rest = only === undefined ? line : line.slice(lead.length, only.from) + line.slice(only.to);
    if (only !== undefined && spans.length === 1 && only.action.verb === 'run' && /^[\s.:;]*$/.test(rest)) {
      flush();
      block(codeBlock(replacePlaceholders(only.code, 'code', at, context), '', only.action, at, context), lead);
      return last;
    }
    let prose = '';
    let done = 0;
    for (const span of spans) {
      prose += `${plain(line.slice(done, span.from), at)}${inline(span.code, line.slice(span.from, span.to), span.action, at)}`;
      done = span.to;
    }
    out.push(prose + plain(line.slice(done), at));
    const following = lines[last + 1];
    if (following === undefined || BREAK.test(following) || /^\s{0,3}#/.test(line)) flush();
    return last;
  }

  function plain(piece: string, at: At): string {
    return rewriteLinks(replacePlaceholders(piece, 'prose', at, context), at, context);
  }

  /** The span itself; a command's button waits for the paragraph's end. */
  function inline(code: string, written: string, action: NonNullable<ReturnType<typeof readAction>>, at: At): string {
    const shown = written.replace(/ ?\{\{[^{}]*\}\}$/, '');
    const text = replacePlaceholders(code, 'code', at, context);
    if (action.verb === 'run') {
      context.report.changed(
        `\`…\`{{…}}`,
        file,
        at.line,
        'The button of a command within a line stands after the paragraph.',
      );
      waiting.push(codeBlock(text, '', action, at, context));
    } else if (action.verb === 'copy') {
      context.report.changed('{{copy}}', file, at.line, 'Code within a line has no button of its own.');
    } else if (action.verb === 'open') {
      const path = code.startsWith('/') ? code : `${base}/${code.replace(/^(\.\/)+/, '')}`;
      if (context.runs && isNodePath(path) && /^[\w./@+,-]+$/.test(path)) return `[${shown}](${FIRST_HOST}:${path})`;
      context.report.dropped('{{open}}', file, at.line, 'This is no file that a link can name.');
    }
    return shown;
  }
}

/** A text that could not be read as Markdown of ours, shown as it is. */
export function literalText(text: string): string {
  return writeFence('text', text);
}
