/**
 * Prose as nodes: the names and fields of mdast, of an allow-list. None holds HTML text: a renderer that knows these kinds cannot
 * make a script, a style, a form or a frame.
 */

export type TextNode = { type: 'text'; value: string };
export type InlineCode = { type: 'inlineCode'; value: string };
export type Break = { type: 'break' };
export type Emphasis = { type: 'emphasis' | 'strong' | 'delete'; children: PhrasingNode[] };
/** https, http, mailto, a path in the lab, or `#l-<id>` of this page. */
export type Link = { type: 'link'; url: string; title?: string; children: PhrasingNode[] };
export type InlineImage = { type: 'image'; url: string; external: boolean; alt: string; title?: string };
export type InlinePort = {
  type: 'portLink';
  port: number;
  node?: string;
  path: string;
  scheme: 'http' | 'https';
  children: PhrasingNode[];
};
export type InlineFile = { type: 'fileLink'; node: string; path: string; line?: number; children: PhrasingNode[] };
export type FootnoteReference = { type: 'footnoteReference'; identifier: string };
/** `kbd`, `sub`, `sup` of raw HTML, without attributes. */
export type InlineElement = { type: 'element'; name: 'kbd' | 'sub' | 'sup'; children: PhrasingNode[] };

export type PhrasingNode =
  | TextNode
  | InlineCode
  | Break
  | Emphasis
  | Link
  | InlineImage
  | InlinePort
  | InlineFile
  | FootnoteReference
  | InlineElement;

export type Paragraph = { type: 'paragraph'; children: PhrasingNode[] };
/** `id` begins with `l-`, so that it shadows nothing of the page. */
export type Heading = { type: 'heading'; depth: 1 | 2 | 3 | 4 | 5 | 6; id: string; children: PhrasingNode[] };
export type ThematicBreak = { type: 'thematicBreak' };
export type Blockquote = { type: 'blockquote'; children: ProseNode[] };
/** GitHub's alerts. */
export type Alert = {
  type: 'alert';
  tone: 'note' | 'tip' | 'important' | 'warning' | 'caution';
  children: ProseNode[];
};
export type List = { type: 'list'; ordered: boolean; start?: number; spread: boolean; children: ListItem[] };
export type ListItem = { type: 'listItem'; checked?: boolean; children: ProseNode[] };
/** Code that is only shown, Mermaid included. */
export type Code = { type: 'code'; lang?: string; value: string };
export type TableCell = { type: 'tableCell'; children: PhrasingNode[] };
export type TableRow = { type: 'tableRow'; children: TableCell[] };
export type Table = { type: 'table'; align: ('left' | 'right' | 'center' | null)[]; children: TableRow[] };
export type FootnoteDefinition = { type: 'footnoteDefinition'; identifier: string; children: ProseNode[] };

export type ProseNode =
  | Paragraph
  | Heading
  | ThematicBreak
  | Blockquote
  | Alert
  | List
  | Code
  | Table
  | FootnoteDefinition;

/** The text of nodes, as a reader would say it. */
export function textOf(nodes: readonly PhrasingNode[]): string {
  return nodes.map(textOfNode).join('');
}

function textOfNode(node: PhrasingNode): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      return node.value;
    case 'break':
      return ' ';
    case 'image':
      return node.alt;
    case 'footnoteReference':
      return '';
    case 'emphasis':
    case 'strong':
    case 'delete':
    case 'link':
    case 'portLink':
    case 'fileLink':
    case 'element':
      return textOf(node.children);
  }
}
