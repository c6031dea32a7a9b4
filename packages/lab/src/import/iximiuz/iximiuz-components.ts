/** Components of an iximiuz page (`::name{…}` … `::`) as a tree over its lines. */
import { attributesIn } from '../../markdown/attributes.ts';
import { markdownPieces } from '../markdown-pieces.ts';

export type Component = {
  type: 'component';
  name: string;
  attributes: Map<string, string>;
  /** Contents by slot; what stands before the first is `default`. */
  slots: Map<string, Part[]>;
  line: number;
};
/** Lines [from, to), counted from 0 in the text. */
export type Lines = { type: 'lines'; from: number; to: number };
export type Part = Component | Lines;

/** Components within components; deeper marks are lines. */
const MAX_DEPTH = 8;
/** Lines of a block of attributes; a longer one is text. */
const MAX_ROWS = 49;
/** Letters of an attribute; the rest is left out. */
const MAX_VALUE = 2_000;
const OPEN = /^\s*(:{2,8})([a-z][\w-]{0,60})(?:\{([^}\n]{0,2000})\})?\s*$/;

type Frame = { component: Component; colons: number; slot: Part[] };

/** Cuts a text into components and the lines between them. Marks within fences are code. */
export function componentsOf(text: string): Part[] {
  const lines = text.split('\n');
  const code = new Set<number>();
  const pieces = markdownPieces(text, 0);
  for (const [index, piece] of pieces.entries()) {
    if (piece.type === 'line') continue;
    const end = pieces[index + 1]?.line ?? lines.length;
    for (let at = piece.line; at < end; at += 1) code.add(at);
  }
  const top: Part[] = [];
  const frames: Frame[] = [];
  const here = () => frames.at(-1)?.slot ?? top;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const open = code.has(at) || frames.length >= MAX_DEPTH ? null : OPEN.exec(line);
    const frame = frames.at(-1);
    if (open !== null) {
      const [, colons = '', name = '', words = ''] = open;
      const slot: Part[] = [];
      const component: Component = {
        type: 'component',
        name,
        attributes: new Map(),
        slots: new Map([['default', slot]]),
        line: at,
      };
      for (const { name: key, value, quoted } of attributesIn(words)) if (quoted) component.attributes.set(key, value);
      at = readAttributes(lines, at, component.attributes);
      here().push(component);
      frames.push({ component, colons: colons.length, slot });
    } else if (frame !== undefined && !code.has(at) && line.trim() === ':'.repeat(frame.colons)) frames.pop();
    else if (frame !== undefined && !code.has(at) && /^\s*#[a-z][\w-]{0,40}\s*$/.test(line)) {
      const name = line.trim().slice(1);
      frame.slot = frame.component.slots.get(name) ?? [];
      frame.component.slots.set(name, frame.slot);
    } else {
      const last = here().at(-1);
      if (last?.type === 'lines' && last.to === at) last.to = at + 1;
      else here().push({ type: 'lines', from: at, to: at + 1 });
    }
  }
  return top;
}

/** A block `---` … `---` right after the mark: `:key: value` lines. Answers the last line that it takes. */
function readAttributes(lines: readonly string[], at: number, attributes: Map<string, string>): number {
  if (lines[at + 1]?.trim() !== '---') return at;
  const rows = lines.slice(at + 2, at + 2 + MAX_ROWS).findIndex((line) => line.trim() === '---');
  if (rows < 0) return at;
  const end = at + 2 + rows;
  for (const line of lines.slice(at + 2, end)) {
    const [, key, value = ''] = /^:?([A-Za-z][\w-]{0,60}):([\s\S]*)$/.exec(line.trim()) ?? [];
    if (key !== undefined)
      attributes.set(
        key,
        value
          .slice(0, MAX_VALUE)
          .trim()
          .replace(/^"(.*)"$|^'(.*)'$/, '$1$2'),
      );
  }
  return end;
}
