/** Prose as Markdown that Killercoda shows the same. */
import type { PhrasingNode, ProseNode } from '../../markdown/prose-nodes.ts';

export type InlineWriter = {
  /** The address of a port's page, or undefined where there is none. */
  portUrl(port: number, node: string | undefined, path: string): string | undefined;
  /** A picture of the lab: where it will be. */
  imageUrl(path: string): string;
};

/** Blocks, one blank line between them. Depth is bounded, since that of prose is. */
export function proseText(nodes: readonly ProseNode[], writer: InlineWriter): string {
  return nodes.map((node) => block(node, writer)).join('\n\n');
}

function block(node: ProseNode, writer: InlineWriter): string {
  switch (node.type) {
    case 'paragraph':
      return guardStart(inlineText(node.children, writer));
    case 'heading':
      return `${'#'.repeat(node.depth)} ${inlineText(node.children, writer).replace(/\s+/g, ' ')}`;
    case 'thematicBreak':
      return '***';
    case 'blockquote':
      return quoted(proseText(node.children, writer));
    case 'alert':
      return quoted(
        `**${node.tone.charAt(0).toUpperCase()}${node.tone.slice(1)}**\n\n${proseText(node.children, writer)}`,
      );
    case 'list':
      return node.children
        .map(({ checked, children }, index) => {
          const mark = node.ordered ? `${(node.start ?? 1) + index}. ` : '- ';
          const box = checked === undefined ? '' : `[${checked ? 'x' : ' '}] `;
          const lines = `${box}${proseText(children, writer)}`.split('\n');
          return (
            mark +
            lines.map((line, row) => (row === 0 || line === '' ? line : ' '.repeat(mark.length) + line)).join('\n')
          );
        })
        .join('\n');
    case 'code':
      return fenced(node.value, node.lang ?? '');
    case 'table': {
      const rows = node.children.map(
        ({ children }) =>
          `| ${children.map((cell) => inlineText(cell.children, writer).replace(/\n/g, ' ')).join(' | ')} |`,
      );
      const sides = node.align.map((side) =>
        side === 'center' ? ':-:' : side === 'right' ? '-:' : side === 'left' ? ':-' : '-',
      );
      return [rows[0] ?? '', `| ${sides.join(' | ')} |`, ...rows.slice(1)].join('\n');
    }
    case 'footnoteDefinition':
      return `${node.identifier.replace(/[^\w-]/g, '')}: ${proseText(node.children, writer)}`;
  }
}

/** A fence whose marks are longer than any in the text. `action` stands behind it, at once. */
export function fenced(text: string, lang: string, action = ''): string {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const marks = '`'.repeat(longest + 1);
  return `${marks}${lang.replace(/[^\w+#.-]/g, '')}\n${text.replace(/\n$/, '')}\n${marks}${action}`;
}

export function inlineText(nodes: readonly PhrasingNode[], writer: InlineWriter): string {
  return nodes.map((node) => inline(node, writer)).join('');
}

function inline(node: PhrasingNode, writer: InlineWriter): string {
  switch (node.type) {
    case 'text':
      return node.value.replace(/[\\`*_[\]<>&~|]/g, '\\$&').replace(/\{\{/g, '{ {');
    case 'inlineCode':
      return codeSpan(node.value);
    case 'break':
      return '\\\n';
    case 'emphasis':
    case 'strong':
    case 'delete': {
      const mark = node.type === 'emphasis' ? '*' : node.type === 'strong' ? '**' : '~~';
      return `${mark}${inlineText(node.children, writer)}${mark}`;
    }
    case 'element':
      return `<${node.name}>${inlineText(node.children, writer)}</${node.name}>`;
    case 'link':
      return `[${inlineText(node.children, writer)}](${node.url.startsWith('#l-') ? `#${node.url.slice(3)}` : node.url})`;
    case 'image':
      return `![${node.alt.replace(/[\\[\]]/g, '')}](${node.external ? node.url : writer.imageUrl(node.url)})`;
    case 'portLink': {
      const url = writer.portUrl(node.port, node.node, node.path);
      const label = inlineText(node.children, writer);
      return url === undefined ? label : `[${label}](${url})`;
    }
    case 'fileLink':
      return codeSpan(node.path);
    case 'footnoteReference':
      return ` (${node.identifier.replace(/[^\w-]/g, '')})`;
  }
}

function codeSpan(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
  const marks = '`'.repeat(longest + 1);
  const pad = longest > 0 || /^ .* $/.test(text) ? ' ' : '';
  return `${marks}${pad}${text}${pad}${marks}`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

/** A paragraph's lines begin nothing else: no heading, list, rule or quote. */
function guardStart(text: string): string {
  return text.replace(/^([#+=-])/gm, '\\$1').replace(/^(\d{1,9})([.)])/gm, '$1\\$2');
}
