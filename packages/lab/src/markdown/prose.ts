/** Raw blocks to prose nodes of the allow-list. */
import type Slugger from 'github-slugger';
import { type InlineContext, inlineNodes } from './inline.ts';
import type { Alert, ListItem, Paragraph, PhrasingNode, ProseNode } from './prose-nodes.ts';
import { textOf } from './prose-nodes.ts';
import type { RawBlock } from './raw-blocks.ts';

const ALERT = /^\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)/i;
const TASK = /^\[([ xX])\][ \t]+/;

/** The nodes of a raw block; none where it shows nothing (a comment). `slugs` gives each heading of the lab its own id. */
export function proseNodes(raw: RawBlock, context: InlineContext, slugs: Slugger): ProseNode[] {
  const all = (blocks: readonly RawBlock[]) => blocks.flatMap((block) => proseNodes(block, context, slugs));
  switch (raw.type) {
    case 'heading': {
      const children = inlineNodes(raw.inline, context);
      return [{ type: 'heading', depth: headingDepth(raw.depth), id: `l-${slugs.slug(textOf(children))}`, children }];
    }
    case 'paragraph':
      return [{ type: 'paragraph', children: inlineNodes(raw.inline, context) }];
    case 'fence': {
      const lang = raw.info.split(/[\s{]/, 1)[0] ?? '';
      return [{ type: 'code', value: raw.text.replace(/\n$/, ''), ...(lang === '' ? {} : { lang }) }];
    }
    case 'text':
      return [{ type: 'paragraph', children: [{ type: 'text', value: raw.text.trim() }] }];
    case 'comment':
      return [];
    case 'rule':
      return [{ type: 'thematicBreak' }];
    case 'quote':
      return [alertOf(all(raw.children))];
    case 'list': {
      const children = raw.items.map((item): ListItem => taskOf(all(item.children)));
      return [
        {
          type: 'list',
          ordered: raw.ordered,
          ...(raw.ordered ? { start: raw.start } : {}),
          spread: raw.spread,
          children,
        },
      ];
    }
    case 'table':
      return [
        {
          type: 'table',
          align: raw.align,
          children: raw.rows.map((row) => ({
            type: 'tableRow',
            children: row.map((cell) => ({ type: 'tableCell', children: inlineNodes(cell, context) })),
          })),
        },
      ];
    case 'details':
      return [
        { type: 'paragraph', children: [{ type: 'strong', children: [{ type: 'text', value: raw.title }] }] },
        ...all(raw.children),
      ];
    case 'footnote':
      return [{ type: 'footnoteDefinition', identifier: raw.label, children: all(raw.children) }];
  }
}

function headingDepth(depth: number): 1 | 2 | 3 | 4 | 5 | 6 {
  return depth === 1 || depth === 2 || depth === 3 || depth === 4 || depth === 5 ? depth : 6;
}

/** `> [!NOTE]` on a quote's first line makes it an alert. */
function alertOf(children: ProseNode[]): ProseNode {
  const [first, ...rest] = children;
  const match = first?.type === 'paragraph' ? ALERT.exec(leadingText(first)) : null;
  if (first?.type !== 'paragraph' || match === null) return { type: 'blockquote', children };
  const tone = (match[1] ?? 'note').toLowerCase() as Alert['tone'];
  const paragraph = withoutLeading(first, match[0].length);
  return { type: 'alert', tone, children: paragraph.children.length === 0 ? rest : [paragraph, ...rest] };
}

/** `- [x] text` makes an item a task. */
function taskOf(children: ProseNode[]): ListItem {
  const [first, ...rest] = children;
  const match = first?.type === 'paragraph' ? TASK.exec(leadingText(first)) : null;
  if (first?.type !== 'paragraph' || match === null) return { type: 'listItem', children };
  return { type: 'listItem', checked: match[1] !== ' ', children: [withoutLeading(first, match[0].length), ...rest] };
}

/** The text with which a paragraph begins, as far as it is plain. */
export function leadingText({ children }: { children: readonly PhrasingNode[] }): string {
  return children[0]?.type === 'text' ? children[0].value : '';
}

/** The paragraph without the first `count` letters of its leading text. */
export function withoutLeading(paragraph: Paragraph, count: number): Paragraph {
  const [first, ...rest] = paragraph.children;
  if (first?.type !== 'text') return paragraph;
  const value = first.value.slice(count);
  return { type: 'paragraph', children: value === '' ? rest : [{ type: 'text', value }, ...rest] };
}
