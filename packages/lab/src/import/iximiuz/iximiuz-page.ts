/** The text of an iximiuz page as steps of ours: components become checks, hints, remarks and folded parts. */
import { withoutEnd } from '@drydock/protocol';
import { foreignPage, shownFence } from '../foreign-text.ts';
import { type FencePiece, markdownPieces } from '../markdown-pieces.ts';
import type { Report } from '../report.ts';
import { withoutId } from '../safe-text.ts';
import { escapeInline, joinBlocks, type WrittenStep, writeChecks, writeDetails, writeFence } from '../write-lab.ts';
import { type Component, componentsOf, type Part } from './iximiuz-components.ts';
import type { Tasks } from './iximiuz-tasks.ts';

type PageContext = { file: string; firstLine: number; tasks: Tasks; report: Report };

/** Each `##` of the page begins a step; without any, all of it is one, named `title`. */
export function iximiuzSteps(
  text: string,
  title: string,
  context: PageContext,
): { intro: string; steps: WrittenStep[] } {
  const lines = text.split('\n');
  const starts = markdownPieces(text, 0).flatMap((piece) =>
    piece.type === 'line' && /^## +\S/.test(piece.text) ? [piece.line] : [],
  );
  const cut = (from: number, to: number) =>
    bodyOf(lines.slice(from, to).join('\n'), { ...context, firstLine: context.firstLine + from });
  if (starts.length === 0) return { intro: '', steps: [{ title, body: cut(0, lines.length) }] };
  const steps = starts.map((start, index) => ({
    title: headingOf(lines[start] ?? ''),
    body: cut(start + 1, starts[index + 1] ?? lines.length),
  }));
  return { intro: cut(0, starts[0] ?? 0), steps };
}

/** A page without steps: the solution. */
export function bodyOf(text: string, context: PageContext): string {
  return render(componentsOf(text), text.split('\n'), context);
}

function headingOf(line: string): string {
  const words = line.replace(/^#+\s+/, '').trimEnd();
  return withoutId(withoutEnd(words, '#')).replace(/[*_`]/g, '').slice(0, 200);
}

function render(parts: readonly Part[], lines: readonly string[], context: PageContext): string {
  const { file, firstLine, report } = context;
  return joinBlocks(
    parts.map((part) => {
      if (part.type === 'component') return componentText(part, lines, context);
      return foreignPage(lines.slice(part.from, part.to).join('\n'), {
        file,
        firstLine: firstLine + part.from,
        report,
        fence: (piece) => fenceOf(piece, file, report),
      });
    }),
  );
}

function componentText(component: Component, lines: readonly string[], context: PageContext): string {
  const { file, firstLine, tasks, report } = context;
  const { name, attributes, slots } = component;
  const line = firstLine + component.line;
  const slot = (wanted: string) => render(slots.get(wanted) ?? [], lines, context);
  const mark = `::${name}`;
  switch (name) {
    case 'simple-task':
    case 'user-input-task': {
      const task = attributes.get('name') ?? '';
      const title = plainWords(slotWords(slots.get('active') ?? slots.get('default') ?? [], lines)) || task;
      const isAsked = name === 'user-input-task';
      const items = tasks.take(task, title, isAsked ? { regex: attributes.get('validateRegex') } : undefined);
      if (items.length === 0) {
        report.dropped(mark, file, line, `There is no task "${task}" that is not shown already.`);
        return '';
      }
      if (attributes.has('destination'))
        report.dropped(`${mark} destination`, file, line, 'The answer is not written into a file.');
      if (slots.has('completed')) report.dropped('#completed', file, line, 'A check that passed has a tick.');
      return writeChecks(items);
    }
    case 'hint-box':
    case 'details-box': {
      const summary = attributes.get('summary') ?? '';
      const isHint = name === 'hint-box';
      return writeDetails(
        isHint ? `Hint${summary === '' ? '' : `: ${summary}`}` : summary || 'Details',
        slot('default'),
      );
    }
    case 'remark-box': {
      const kind = /warn|danger|caution/i.test(attributes.get('kind') ?? '') ? 'WARNING' : 'NOTE';
      return `> [!${kind}]\n${slot('default')
        .split('\n')
        .map((text) => `> ${text}`)
        .join('\n')}`;
    }
    case 'tabbed':
      report.changed(mark, file, line, 'Its tabs stand one below the other.');
      return joinBlocks(
        [...slots.keys()].map((key) =>
          key === 'default' ? slot(key) : joinBlocks([`**${escapeInline(key)}**`, slot(key)]),
        ),
      );
    default:
      report.dropped(mark, file, line, 'A lab has no such element; the text in it stays.');
      return joinBlocks([...slots.keys()].map(slot));
  }
}

/** A slot's own lines, components in it left out. */
function slotWords(parts: readonly Part[], lines: readonly string[]): string {
  return parts.map((part) => (part.type === 'lines' ? lines.slice(part.from, part.to).join(' ') : '')).join(' ');
}

function plainWords(text: string): string {
  return text
    .slice(0, 2_000)
    .replace(/!?\[([^\][]{0,200})\]\([^)[]{0,500}\)/g, '$1')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}

/** `yaml [name]{2,9-11}`: the name goes above the block, the marked lines are lost. */
function fenceOf(piece: FencePiece, file: string, report: Report): string {
  const language = (/^[\w+#.-]{1,40}/.exec(piece.info)?.[0] ?? '').toLowerCase();
  const caption = /\[([^\][]{1,200})\]/.exec(piece.info)?.[1];
  const marked = /\{[^{}]{0,200}\}/.exec(piece.info)?.[0];
  if (marked !== undefined) report.dropped(marked, file, piece.line, 'No lines of a block are marked.');
  const above = caption === undefined ? '' : `**${escapeInline(caption)}**`;
  if (!/^(sh|bash|shell|zsh|console)$/.test(language)) return joinBlocks([above, shownFence(piece, language)]);
  report.changed(language, file, piece.line, 'The block can be run by a click.');
  const isConsole = /^\$ /m.test(piece.body);
  const body = writeFence(isConsole ? 'console' : language === 'console' ? 'sh' : language, piece.body);
  return joinBlocks([above, body]);
}
