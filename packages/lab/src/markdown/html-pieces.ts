/** Raw HTML as pieces: tags of the allow-list, comments, and text for all the rest. */
import { attributesIn } from './attributes.ts';

export type HtmlPiece =
  | { type: 'open'; name: string; attributes: Record<string, string>; raw: string; offset: number }
  | { type: 'close'; name: string; raw: string; offset: number }
  | { type: 'comment'; text: string; offset: number }
  | { type: 'text'; text: string; offset: number };

/** Elements that raw HTML may name; anything else is shown as text. */
export const ALLOWED_ELEMENTS: ReadonlySet<string> = new Set([
  'details',
  'summary',
  'kbd',
  'sub',
  'sup',
  'br',
  'img',
  'a',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
]);

/** Attributes that are read, by element; all others (`id`, `class`, `style`, `on…`) are dropped. */
const ATTRIBUTES: Record<string, readonly string[]> = { img: ['src', 'alt', 'title'], a: ['href', 'title'] };

/** A name, then anything without angle brackets or quotes, or quoted strings: one pass, no backtracking over the same letters. */
const TAG = /^<(\/?)([a-z][a-z0-9]*)((?:\s(?:[^<>"'`]|"[^"<]*"|'[^'<]*')*)?)\/?>/i;
/** A tag is looked for in this many characters: a longer one is text. */
const MAX_TAG = 2_000;

/** Cuts raw HTML into pieces, in order; every character is in one of them. */
export function htmlPieces(html: string): HtmlPiece[] {
  const pieces: HtmlPiece[] = [];
  let at = 0;
  let textFrom = 0;
  const flush = (to: number) => {
    if (to > textFrom) pieces.push({ type: 'text', text: html.slice(textFrom, to), offset: textFrom });
  };
  // Whether a comment can still end: asked once, not for each that begins.
  const lastEnd = html.lastIndexOf('-->');
  while (at < html.length) {
    const next = html.indexOf('<', at);
    if (next < 0) break;
    const piece = pieceAt(html, next, lastEnd);
    if (piece === undefined) {
      at = next + 1;
      continue;
    }
    flush(next);
    pieces.push(piece.piece);
    at = next + piece.length;
    textFrom = at;
  }
  flush(html.length);
  return pieces;
}

function pieceAt(html: string, at: number, lastEnd: number): { piece: HtmlPiece; length: number } | undefined {
  if (html.startsWith('<!--', at)) {
    if (at + 4 > lastEnd) return undefined;
    const end = html.indexOf('-->', at + 4);
    return { piece: { type: 'comment', text: html.slice(at + 4, end), offset: at }, length: end + 3 - at };
  }
  const match = TAG.exec(html.slice(at, at + MAX_TAG));
  if (match === null) return undefined;
  const [raw, slash, rawName = '', rest = ''] = match;
  const name = rawName.toLowerCase();
  if (!ALLOWED_ELEMENTS.has(name)) return undefined;
  if (slash === '/') return { piece: { type: 'close', name, raw, offset: at }, length: raw.length };
  const attributes = readAttributes(rest, ATTRIBUTES[name] ?? []);
  return { piece: { type: 'open', name, attributes, raw, offset: at }, length: raw.length };
}

function readAttributes(text: string, wanted: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, value } of attributesIn(text)) {
    const key = name.toLowerCase();
    if (wanted.includes(key)) found[key] = decodeEntities(value);
  }
  return found;
}

/** The few entities that an attribute needs; any other stays as it is written. */
function decodeEntities(text: string): string {
  const names: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => names[entity] ?? entity);
}
