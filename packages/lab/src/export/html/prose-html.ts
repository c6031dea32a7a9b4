/** Prose as HTML of a fixed list of elements, without any script, style or frame of an author's. */
import type { PhrasingNode, ProseNode } from '../../markdown/prose-nodes.ts';
import { element, escapeHtml } from './escape.ts';

export type HtmlWriter = {
  /** A picture of the lab: where it will be; undefined where it is not among the files. */
  imageUrl(path: string): string | undefined;
};

/** Blocks in order. Depth is bounded, since that of prose is. */
export function proseHtml(nodes: readonly ProseNode[], writer: HtmlWriter): string {
  return nodes.map((node) => block(node, writer)).join('\n');
}

function block(node: ProseNode, writer: HtmlWriter): string {
  switch (node.type) {
    case 'paragraph':
      return element('p', {}, inlineHtml(node.children, writer));
    case 'heading':
      // Steps are h2, whatever an author wrote within them.
      return element(`h${Math.max(3, node.depth)}`, { id: node.id }, inlineHtml(node.children, writer));
    case 'thematicBreak':
      return '<hr>';
    case 'blockquote':
      return element('blockquote', {}, proseHtml(node.children, writer));
    case 'alert': {
      const name = element('strong', {}, `${node.tone.charAt(0).toUpperCase()}${node.tone.slice(1)}`);
      return element('aside', { class: node.tone }, `<p>${name}</p>\n${proseHtml(node.children, writer)}`);
    }
    case 'list': {
      const items = node.children.map(({ checked, children }) => {
        const box = checked === undefined ? '' : `<input type="checkbox" disabled${checked ? ' checked' : ''}> `;
        const [only, ...more] = children;
        const isTight = !node.spread && only?.type === 'paragraph' && more.length === 0;
        return element('li', {}, box + (isTight ? inlineHtml(only.children, writer) : proseHtml(children, writer)));
      });
      const start = node.ordered && node.start !== undefined && node.start !== 1 ? String(node.start) : undefined;
      return element(node.ordered ? 'ol' : 'ul', { start }, items.join('\n'));
    }
    case 'code':
      return codeHtml(node.value);
    case 'table': {
      const rows = node.children.map(({ children }, row) => {
        const cells = children.map((cell, column) => {
          const side = node.align[column];
          return element(row === 0 ? 'th' : 'td', { class: side ?? undefined }, inlineHtml(cell.children, writer));
        });
        return element('tr', {}, cells.join(''));
      });
      return element('table', {}, rows.join('\n'));
    }
    case 'footnoteDefinition':
      return element(
        'div',
        { id: noteId(node.identifier), class: 'note' },
        `[${escapeHtml(node.identifier)}] ${proseHtml(node.children, writer)}`,
      );
  }
}

export function codeHtml(text: string, label?: string): string {
  return `<pre${label === undefined ? '' : ` aria-label="${escapeHtml(label)}"`}><code>${escapeHtml(text)}</code></pre>`;
}

export function inlineHtml(nodes: readonly PhrasingNode[], writer: HtmlWriter): string {
  return nodes.map((node) => inline(node, writer)).join('');
}

const EMPHASIS = { emphasis: 'em', strong: 'strong', delete: 'del' } as const;

function inline(node: PhrasingNode, writer: HtmlWriter): string {
  switch (node.type) {
    case 'text':
      return escapeHtml(node.value);
    case 'inlineCode':
      return element('code', {}, escapeHtml(node.value));
    case 'break':
      return '<br>';
    case 'emphasis':
    case 'strong':
    case 'delete':
      return element(EMPHASIS[node.type], {}, inlineHtml(node.children, writer));
    case 'element':
      return element(node.name, {}, inlineHtml(node.children, writer));
    case 'link':
      return isSafe(node.url)
        ? element('a', { href: node.url, title: node.title, rel: 'noreferrer' }, inlineHtml(node.children, writer))
        : inlineHtml(node.children, writer);
    case 'image':
      return imageHtml(node, writer);
    case 'portLink':
      return portHtml(node, inlineHtml(node.children, writer));
    case 'fileLink':
      return element('code', {}, escapeHtml(`${node.node}:${node.path}`));
    case 'footnoteReference':
      return element('sup', {}, element('a', { href: `#${noteId(node.identifier)}` }, escapeHtml(node.identifier)));
  }
}

/** A picture; one from elsewhere is a link, since it would tell its owner who reads. */
export function imageHtml(image: { url: string; external: boolean; alt: string }, writer: HtmlWriter): string {
  const { url, external, alt } = image;
  if (external)
    return isSafe(url) ? element('a', { href: url, rel: 'noreferrer' }, escapeHtml(alt || url)) : escapeHtml(alt);
  const src = writer.imageUrl(url);
  return src === undefined ? escapeHtml(alt) : `<img src="${escapeHtml(src)}" alt="${escapeHtml(alt)}">`;
}

/** A port of a node that does not run here: its words, and where it would be. */
export function portHtml(link: { scheme: string; node?: string; port: number; path: string }, label: string): string {
  const { scheme, node = 'localhost', port, path } = link;
  return `${label} (${element('code', {}, escapeHtml(`${scheme}://${node}:${port}${path}`))})`;
}

/** The compiler lets no other address through; this is the second look. */
function isSafe(url: string): boolean {
  return /^(https?:|mailto:|#l-)/i.test(url) || !/^[^/?#]*:/.test(url);
}

function noteId(identifier: string): string {
  return `l-note-${identifier.replace(/[^\w-]/g, '')}`;
}
