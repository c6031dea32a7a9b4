/** A paragraph's tokens to nodes of the allow-list. */
import type { Findings, Place } from '../findings/finding.ts';
import type { SourceFile } from '../source/source-file.ts';
import { htmlPieces } from './html-pieces.ts';
import { type LinkTarget, linkTarget } from './link-target.ts';
import type { InlineElement, PhrasingNode } from './prose-nodes.ts';
import type { Token } from './tokens.ts';

export type InlineContext = {
  source: SourceFile;
  /** Lines of the source before the text that was parsed. */
  lineOffset: number;
  nodes: ReadonlySet<string>;
  findings: Findings;
  /** Told of each image and link within the lab: the compiler asks whether the file is there. */
  onAsset: (path: string, place: Place) => void;
};

/** Addresses of one paragraph whose column is looked for: each search reads the paragraph again. */
const MAX_SEARCHES = 200;

type Frame = {
  closes: string;
  make: (children: PhrasingNode[]) => PhrasingNode[];
  raw: string;
  children: PhrasingNode[];
};

/** Converts the children of an `inline` token; `map` are its lines. What does not close is text. */
export function inlineNodes(token: Token, context: InlineContext): PhrasingNode[] {
  const [from, to] = token.map ?? [0, 1];
  let searches = 0;
  const place = (needle: string) => {
    searches += 1;
    const first = from + context.lineOffset;
    return context.source.locate(needle, first, searches > MAX_SEARCHES ? first : to + context.lineOffset);
  };
  const root: Frame = { closes: '', make: (children) => children, raw: '', children: [] };
  const stack: Frame[] = [root];

  const put = (...nodes: PhrasingNode[]) => pushText(stack.at(-1) ?? root, nodes);
  const open = (closes: string, raw: string, make: Frame['make']) => stack.push({ closes, make, raw, children: [] });
  function close(name: string, raw: string): void {
    const index = stack.findLastIndex((frame) => frame.closes === name);
    if (index <= 0) {
      put({ type: 'text', value: raw });
      return;
    }
    while (stack.length > index + 1) unwind();
    const frame = stack.pop();
    if (frame !== undefined) put(...frame.make(frame.children));
  }
  /** What was opened and is not closed: its mark as text, then what it held. */
  function unwind(): void {
    const frame = stack.pop();
    if (frame !== undefined) put({ type: 'text', value: frame.raw }, ...frame.children);
  }

  for (const child of token.children ?? []) {
    switch (child.type) {
      case 'text':
      case 'text_special':
        put({ type: 'text', value: child.content });
        break;
      case 'code_inline':
        put({ type: 'inlineCode', value: child.content });
        break;
      case 'softbreak':
        put({ type: 'text', value: '\n' });
        break;
      case 'hardbreak':
        put({ type: 'break' });
        break;
      case 'em_open':
        open('em', '', (children) => [{ type: 'emphasis', children }]);
        break;
      case 'strong_open':
        open('strong', '', (children) => [{ type: 'strong', children }]);
        break;
      case 's_open':
        open('s', '', (children) => [{ type: 'delete', children }]);
        break;
      case 'em_close':
      case 'strong_close':
      case 's_close':
        close(child.type.slice(0, -'_close'.length), '');
        break;
      case 'link_open': {
        const make = linkMaker(attribute(child, 'href'), attribute(child, 'title'), place, context);
        open('link', '', make);
        break;
      }
      case 'link_close':
        close('link', '');
        break;
      case 'image':
        put(...imageNodes(attribute(child, 'src'), child.content, attribute(child, 'title'), place, context));
        break;
      case 'footnote_ref':
        put({ type: 'footnoteReference', identifier: String(child.meta?.label ?? child.meta?.id ?? '') });
        break;
      case 'footnote_anchor':
        break;
      case 'html_inline':
        inlineHtml(child.content);
        break;
      default:
        put({ type: 'text', value: child.content });
    }
  }
  while (stack.length > 1) unwind();
  return root.children;

  function inlineHtml(html: string): void {
    for (const piece of htmlPieces(html)) {
      if (piece.type === 'comment') continue;
      if (piece.type === 'text') {
        if (piece.text.startsWith('<')) noteHtml(piece.text, place(piece.text), context.findings);
        put({ type: 'text', value: piece.text });
      } else if (piece.type === 'close') close(`html:${piece.name}`, piece.raw);
      else if (piece.name === 'br') put({ type: 'break' });
      else if (piece.name === 'img') {
        const { src = '', alt = '', title } = piece.attributes;
        put(...imageNodes(src, alt, title, place, context));
      } else if (piece.name === 'a') {
        const { href = '', title } = piece.attributes;
        open('html:a', piece.raw, linkMaker(href, title, place, context));
      } else if (piece.name === 'kbd' || piece.name === 'sub' || piece.name === 'sup') {
        const name: InlineElement['name'] = piece.name;
        open(`html:${name}`, piece.raw, (children) => [{ type: 'element', name, children }]);
      } else put({ type: 'text', value: piece.raw });
    }
  }
}

/** Says once a line that HTML is shown as text. */
export function noteHtml(html: string, place: Place, findings: Findings): void {
  const name = /^<\/?([a-z][a-z0-9-]*)/i.exec(html)?.[1];
  if (name === undefined) return;
  findings.add(
    'HTML_SHOWN_AS_TEXT',
    place,
    `The element <${name}> is shown as text: labs have no HTML beyond a few elements.`,
  );
}

function linkMaker(
  address: string,
  title: string | undefined,
  place: (needle: string) => Place,
  context: InlineContext,
): (children: PhrasingNode[]) => PhrasingNode[] {
  const target = linkTarget(address, context.source.path, context.nodes);
  const named = title === undefined || title === '' ? {} : { title };
  switch (target.kind) {
    case 'web':
      return (children) => [{ type: 'link', url: target.url, ...named, children }];
    case 'anchor':
      return (children) => [{ type: 'link', url: `#l-${target.id}`, ...named, children }];
    case 'lab':
      context.onAsset(target.path, place(address));
      return (children) => [
        {
          type: 'link',
          url: target.path + (target.fragment === undefined ? '' : `#${target.fragment}`),
          ...named,
          children,
        },
      ];
    case 'port': {
      const { kind: _, ...rest } = target;
      return (children) => [{ type: 'portLink', ...rest, children }];
    }
    case 'file': {
      const { kind: _, ...rest } = target;
      return (children) => [{ type: 'fileLink', ...rest, children }];
    }
    case 'refused':
      refuse(target, address, place(address), context.findings);
      return (children) => children;
  }
}

function imageNodes(
  address: string,
  alt: string,
  title: string | undefined,
  place: (needle: string) => Place,
  { source, nodes, findings, onAsset }: InlineContext,
): PhrasingNode[] {
  const target = linkTarget(address, source.path, nodes);
  const named = title === undefined || title === '' ? {} : { title };
  if (target.kind === 'lab') {
    onAsset(target.path, place(address));
    return [{ type: 'image', url: target.path, external: false, alt, ...named }];
  }
  if (target.kind === 'web' && /^https:/i.test(target.url)) {
    findings.add(
      'IMAGE_EXTERNAL',
      place(address),
      'An image of another site tells it who reads: most operators show none. Put the file into the lab.',
    );
    return [{ type: 'image', url: target.url, external: true, alt, ...named }];
  }
  refuse(target.kind === 'refused' ? target : { kind: 'refused', why: 'scheme' }, address, place(address), findings);
  return alt === '' ? [] : [{ type: 'text', value: alt }];
}

function refuse(target: LinkTarget & { kind: 'refused' }, address: string, place: Place, findings: Findings): void {
  const shown = address.slice(0, 80);
  const reasons = {
    scheme: `The address "${shown}" is shown as text: links are https, http, mailto, ports, files of nodes, or paths in the lab.`,
    characters: `The address "${shown}" is shown as text: it holds characters that no address has.`,
    outside: `The address "${shown}" is shown as text: it leads out of the lab.`,
    port: `The address "${shown}" has no port from 1 to 65535.`,
  };
  findings.add(target.why === 'port' ? 'LINK_PORT_WRONG' : 'LINK_REFUSED', place, reasons[target.why]);
}

function attribute(token: Token, name: string): string {
  return token.attrGet(name) ?? '';
}

/** Adds nodes; text beside text becomes one. */
function pushText(frame: Frame, nodes: PhrasingNode[]): void {
  for (const node of nodes) {
    const last = frame.children.at(-1);
    if (node.type === 'text' && node.value === '') continue;
    if (node.type === 'text' && last?.type === 'text') last.value += node.value;
    else frame.children.push(node);
  }
}
