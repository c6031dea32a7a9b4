/** Blocks of a step as Markdown with Killercoda's actions. */
import type { Block, FileWrite, Run } from '../../blocks.ts';
import type { Leaf } from '../../checks/plan.ts';
import type { Place } from '../../findings/finding.ts';
import { fileCommand } from '../../import/killercoda/heredoc.ts';
import type { Report } from '../../import/report.ts';
import { textOf } from '../../markdown/prose-nodes.ts';
import { fenced, type InlineWriter, inlineText, proseText } from './prose-text.ts';

export type BlockWriter = InlineWriter & {
  report: Report;
  /** 1 or 2; undefined for a node that Killercoda has no place for. */
  hostOf(node: string | undefined): 1 | 2 | undefined;
  /** Place of the step, for blocks without one of their own. */
  place: Place;
  /** The step's leaves by key. */
  leaves: ReadonlyMap<string, Leaf>;
};

export function blocksText(blocks: readonly Block[], writer: BlockWriter): string {
  return blocks
    .map((block) => blockText(block, writer))
    .filter((text) => text !== '')
    .join('\n\n');
}

function blockText(block: Block, writer: BlockWriter): string {
  const { report, place } = writer;
  switch (block.kind) {
    case 'prose':
      return proseText(block.nodes, writer);
    case 'run':
      return runText(block, writer);
    case 'file':
      return fileText(block, writer);
    case 'output':
      return fenced(block.text, 'text');
    case 'checks':
      return '';
    case 'quiz': {
      report.changed(
        'quiz',
        block.source.file,
        block.source.line,
        'The question is one of Katacoda; Killercoda shows it as text.',
      );
      const items = block.items.map(({ nodes, right }) => {
        const text = inlineText(nodes, writer).replace(/\s+/g, ' ');
        return block.several ? `[${right ? '*' : ' '}] ${text}` : `(${right ? '*' : ' '}) ${text}`;
      });
      return [`>>${textOf(block.question).replace(/\s+/g, ' ')}<<`, ...items].join('\n');
    }
    case 'ask': {
      // What is taken as right is a list; one text has a counterpart.
      const answer = writer.leaves.get(block.leaf)?.want.answer;
      const [only, ...more] = answer !== undefined && 'has' in answer ? answer.has : [];
      const line =
        only !== undefined && 'eq' in only && more.length === 0 && /^[^\n]{1,400}$/.test(String(only.eq))
          ? `=== ${String(only.eq)}`
          : undefined;
      if (line === undefined)
        report.dropped('ask', place.file, place.line, 'Only an answer that is one text has a counterpart.');
      else
        report.changed('ask', place.file, place.line, 'The question is one of Katacoda; Killercoda shows it as text.');
      return line === undefined ? block.question : `>>${block.question.replace(/\s+/g, ' ')}<<\n${line}`;
    }
    case 'hint':
    case 'solution':
    case 'details':
      return `<details><summary>${block.title.replace(/[<>]/g, ' ')}</summary>\n\n${blocksText(block.blocks, writer)}\n\n</details>`;
    case 'port': {
      const url = writer.portUrl(block.port, block.node, block.path);
      return url === undefined ? block.text : `[${block.text.replace(/[\\[\]]/g, '\\$&')}](${url})`;
    }
    case 'file-link':
      return `\`${block.path}\``;
    case 'image':
      return `![${block.alt.replace(/[\\[\]]/g, '')}](${block.external ? block.src : writer.imageUrl(block.src)})`;
  }
}

function runText(block: Run, { report, hostOf }: BlockWriter): string {
  const { file, line } = block.source;
  const host = hostOf(block.where.node);
  const lang = block.lang === 'console' ? 'sh' : block.lang;
  if (host === undefined || block.where.all === true) {
    report.dropped(
      block.where.all === true ? 'all' : (block.where.node ?? ''),
      file,
      line,
      'There is no such machine: the command is only shown.',
    );
    return fenced(block.text, lang, '{{copy}}');
  }
  const told = { once: block.once, confirm: block.confirm, in: block.program, background: block.opens };
  for (const [word, value] of Object.entries(told))
    if (value !== undefined) report.dropped(word, file, line, 'A button there has no such word.');
  const words = [
    ...(host === 2 ? ['HOST2'] : []),
    ...(block.where.terminal === undefined ? [] : [`T${Math.min(9, block.where.terminal)}`]),
  ];
  if (words.length > 0)
    report.changed(words.join(' '), file, line, 'Katacoda knows these words; Killercoda types into its own terminal.');
  switch (block.mode) {
    case 'show':
      return fenced(block.text, lang, '{{copy}}');
    case 'keys': {
      const [only] = block.keys ?? [];
      const name =
        block.keys?.length === 1 && only !== undefined && 'key' in only
          ? /^ctrl-([a-z\\\]])$|^(esc)$/.exec(only.key)
          : null;
      if (name !== null)
        return fenced(
          `^${(name[1] ?? name[2] ?? '').toUpperCase()}`,
          'sh',
          `{{${['execute', 'ctrl-seq', ...words].join(' ')}}}`,
        );
      report.dropped('keys', file, line, 'Only one key with Ctrl can be pressed there: they are shown.');
      return fenced(block.text, 'text');
    }
    case 'type':
      report.changed('type', file, line, 'Katacoda types without Enter; Killercoda may press it.');
      return fenced(block.text, lang, `{{${['exec', 'no-newline', ...words].join(' ')}}}`);
    case 'run':
      return fenced(block.text, lang, `{{${['exec', ...words].join(' ')}}}`);
  }
}

function fileText(block: FileWrite, { report, hostOf }: BlockWriter): string {
  const { file, line } = block.source;
  const { mode } = block.change;
  const command =
    mode === 'write' || mode === 'append' ? fileCommand(block.path, block.text, mode === 'append') : undefined;
  const host = hostOf(block.node);
  if (command !== undefined && host !== undefined)
    return fenced(command, 'sh', host === 2 ? '{{exec HOST2}}' : '{{exec}}');
  report.dropped(`file=${block.path}`, file, line, 'There is no such change of a file there: its text is only shown.');
  return fenced(block.text, block.lang);
}
