/** Raw blocks of a step to its blocks: prose is gathered, what acts stands by itself, wherever in lists and quotes it is written. */
import type { Block } from '../blocks.ts';
import { parseDuration } from '../checks/units.ts';
import type { Place } from '../findings/finding.ts';
import { DEFAULT_HINT_AFTER_MS } from '../limits.ts';
import { proseNodes } from '../markdown/prose.ts';
import { type ProseNode, textOf as plainText } from '../markdown/prose-nodes.ts';
import type { RawBlock } from '../markdown/raw-blocks.ts';
import type { SourceFile } from '../source/source-file.ts';
import { readComment } from './comments.ts';
import type { CompileContext } from './context.ts';
import { checkBlocks, fenceBlocks } from './fences.ts';
import type { Located } from './load.ts';
import { readQuiz } from './quiz.ts';
import type { StepParts } from './step-parts.ts';

/** What comments before a block said. */
type Pending = { words: string; after?: string; for?: string; place?: Place };

/** Reads the blocks; `parts` takes their checks, scripts and hints. */
export function blocksOf(stream: readonly Located[], parts: StepParts, context: CompileContext): Block[] {
  const blocks: Block[] = [];
  let pending: Pending = { words: '' };

  function prose(nodes: ProseNode[]): void {
    const last = blocks.at(-1);
    if (nodes.length === 0) return;
    if (last?.kind === 'prose') last.nodes.push(...nodes);
    else blocks.push({ kind: 'prose', nodes });
  }

  stream.forEach(({ raw, source }, index) => {
    const previous = stream[index - 1];
    if (raw.type === 'list' && previous?.raw.type === 'paragraph' && previous.source === source) {
      const quiz = readQuiz(previous.raw, raw, context.inlineOf(source), context.findings);
      if (quiz !== undefined && context.countBlock(quiz.source)) {
        dropLastParagraph(blocks);
        parts.quizzes += 1;
        const key = parts.keyOf(source.lines.slice(previous.raw.lines[0], raw.lines[1]).join('\n'));
        blocks.push({ ...quiz, key });
        return;
      }
    }
    take(raw, source);
  });
  refusePending();
  return blocks;

  function take(raw: RawBlock, source: SourceFile): void {
    switch (raw.type) {
      case 'comment':
        comment(raw, source);
        return;
      case 'fence': {
        const made = fenceBlocks(raw, pending.words, source, parts, blocks, context);
        pending = { words: '' };
        if (made === undefined) prose(proseNodes(raw, context.inlineOf(source), context.slugs));
        else blocks.push(...made);
        return;
      }
      case 'details':
        details(raw, source);
        return;
      case 'list':
        list(raw, source);
        return;
      case 'quote': {
        if (!acts(raw)) prose(proseNodes(raw, context.inlineOf(source), context.slugs));
        else for (const child of raw.children) take(acts(child) ? child : { ...raw, children: [child] }, source);
        return;
      }
      default: {
        const nodes = proseNodes(raw, context.inlineOf(source), context.slugs);
        const alone = aloneBlock(nodes);
        if (alone === undefined) prose(nodes);
        else blocks.push(alone);
      }
    }
  }

  /** A list in which something acts is cut: what stands before it, it, what stands after, the numbers going on. */
  function list(raw: RawBlock & { type: 'list' }, source: SourceFile): void {
    if (!acts(raw)) {
      prose(proseNodes(raw, context.inlineOf(source), context.slugs));
      return;
    }
    raw.items.forEach((item, index) => {
      let run: RawBlock[] = [];
      const flush = () => {
        if (run.length > 0)
          prose(
            proseNodes(
              { ...raw, start: raw.start + index, items: [{ ...item, children: run }] },
              context.inlineOf(source),
              context.slugs,
            ),
          );
        run = [];
      };
      for (const child of item.children) {
        if (!acts(child)) run.push(child);
        else {
          flush();
          take(child, source);
        }
      }
      flush();
    });
  }

  function comment(raw: RawBlock & { type: 'comment' }, source: SourceFile): void {
    const place = { file: source.path, line: raw.lines[0] + 1, column: raw.column };
    const read = readComment(raw.text, place, context.findings);
    switch (read?.kind) {
      case 'words':
        pending = { ...pending, words: `${pending.words} ${read.words}`, place };
        return;
      case 'after':
        pending = { ...pending, after: read.text, place };
        return;
      case 'for':
        pending = { ...pending, for: read.text, place };
        return;
      case 'check':
        // The place of the YAML's first letter: `<!--` and what stands before it.
        blocks.push(
          ...checkBlocks(
            read.yaml,
            { ...place, column: 1 },
            place.column - 1 + '<!--'.length + read.offset,
            parts,
            context,
          ),
        );
        return;
      case 'include':
        context.findings.add(
          'COMMENT_ALONE',
          place,
          'An include stands at the left margin, not within a list or a folded part.',
        );
        return;
      case undefined:
        return;
    }
  }

  function details(raw: RawBlock & { type: 'details' }, source: SourceFile): void {
    const place = { file: source.path, line: raw.lines[0] + 1, column: 1 };
    const title = raw.title === '' ? 'Details' : raw.title;
    const key = parts.keyOf(source.lines.slice(...raw.lines).join('\n'));
    const { after, for: tie, children } = hintComments(raw.children, source);
    const inner = children.map((child): Located => ({ raw: child, source }));
    const doing = parts.doing;
    const blocksInside = blocksOf(inner, parts, context);
    const isHint = /^(\p{P}|\p{S}|\s)*hints?\b/iu.test(title.slice(0, 100));
    if (isHint && context.countBlock(place)) {
      const written = after ?? pending.after;
      const afterMs = written === undefined ? DEFAULT_HINT_AFTER_MS : parseDuration(written);
      if (afterMs === undefined)
        context.findings.add('VALUE_WRONG', place, `"after: ${written}" is no time, such as 3m.`);
      const tied = tie ?? pending.for;
      const hint = {
        key,
        title,
        afterMs: afterMs ?? DEFAULT_HINT_AFTER_MS,
        ...(tied === undefined ? {} : { for: tied }),
      };
      parts.takeHint(hint, place);
      blocks.push({ kind: 'hint', ...hint, blocks: blocksInside });
    } else if (/^(\p{P}|\p{S}|\s)*solutions?\b/iu.test(title.slice(0, 100)) && context.countBlock(place)) {
      parts.solution += parts.doing - doing;
      blocks.push({ kind: 'solution', key, title, blocks: blocksInside });
    } else blocks.push({ kind: 'details', title, blocks: blocksInside });
    pending = { words: '' };
  }

  function hintComments(children: readonly RawBlock[], source: SourceFile) {
    const found: { after?: string; for?: string } = {};
    const kept = children.filter((child) => {
      if (child.type !== 'comment') return true;
      const place = { file: source.path, line: child.lines[0] + 1, column: child.column };
      const read = readComment(child.text, place, context.findings);
      if (read?.kind === 'after' || read?.kind === 'for') found[read.kind] = read.text;
      return read?.kind !== 'after' && read?.kind !== 'for';
    });
    return { ...found, children: kept };
  }

  function refusePending(): void {
    if (pending.place !== undefined)
      context.findings.add(
        'COMMENT_ALONE',
        pending.place,
        'This comment is for the block after it, and there is none.',
      );
  }
}

/** Whether something in it is more than prose may be. */
function acts(raw: RawBlock): boolean {
  switch (raw.type) {
    case 'fence':
    case 'details':
    case 'comment':
      return true;
    case 'quote':
      return raw.children.some(acts);
    case 'list':
      return raw.items.some(({ children }) => children.some(acts));
    default:
      return false;
  }
}

/** A paragraph that is one image, one port's link or one file's link is a block of its own. */
function aloneBlock(nodes: readonly ProseNode[]): Block | undefined {
  const [paragraph, ...more] = nodes;
  if (paragraph?.type !== 'paragraph' || more.length > 0 || paragraph.children.length !== 1) return undefined;
  const [only] = paragraph.children;
  switch (only?.type) {
    case 'image': {
      const { url, external, alt, title } = only;
      return { kind: 'image', src: url, external, alt, ...(title === undefined ? {} : { title }) };
    }
    case 'portLink': {
      const { type: _, children, ...rest } = only;
      return { kind: 'port', ...rest, text: plainText(children) };
    }
    case 'fileLink': {
      const { type: _, children, ...rest } = only;
      return { kind: 'file-link', ...rest, text: plainText(children) };
    }
    default:
      return undefined;
  }
}

function dropLastParagraph(blocks: Block[]): void {
  const last = blocks.at(-1);
  if (last?.kind !== 'prose') return;
  last.nodes.pop();
  if (last.nodes.length === 0) blocks.pop();
}
