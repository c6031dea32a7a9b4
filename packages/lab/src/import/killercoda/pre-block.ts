/** `<pre class="file" …>`: Katacoda's way to put a text into the editor's file or the clipboard. */
import { attributesIn } from '../../markdown/attributes.ts';
import { isNodePath } from '../../source/lab-files.ts';
import { fitsInfo, writeFence } from '../write-lab.ts';
import type { At } from './code-block.ts';
import type { KillercodaContext } from './context.ts';

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

/** The fence for a whole `<pre …>…</pre>`. `base` is the editor's folder. */
export function preBlock(html: string, base: string, at: At, context: KillercodaContext): string {
  const { report } = context;
  const [, tag = '', inner = ''] = /^\s*<pre\b([^>]{0,2000})>([\s\S]*)$/i.exec(html) ?? [];
  const text = decodeEntities(inner.replace(/<\/pre>\s*$/i, '').replace(/^\n/, ''));
  const attributes = new Map(
    attributesIn(tag).flatMap(({ name, value, quoted }) => (quoted ? [[name.toLowerCase(), value] as const] : [])),
  );
  const target = attributes.get('data-target') ?? 'replace';
  const name = attributes.get('data-filename');
  const isFile = /(^|\s)file(\s|$)/.test(attributes.get('class') ?? '');
  if (text.trim() === '') return '';
  if (!isFile) {
    report.changed('<pre>', at.file, at.line, 'Its text is a code block; markup within it is text.');
    return writeFence('', text);
  }
  if (name === undefined) return writeFence('', text);
  const path = name.startsWith('/') ? name : `${base}/${name.replace(/^(\.\/)+/, '')}`;
  if (!isNodePath(path) || !fitsInfo(path) || !context.runs || !context.takeBlock()) {
    report.dropped(
      'data-filename',
      at.file,
      at.line,
      `"${name.slice(0, 80)}" is no file that a lab can write: the text is only shown.`,
    );
    return writeFence('', text);
  }
  const lang = /\.([a-z0-9]{1,10})$/i.exec(path)?.[1]?.toLowerCase() ?? 'text';
  const language = lang === 'diff' || lang === 'check' ? 'text' : lang;
  const write = (words: string[], values: Record<string, string> = {}) =>
    writeFence(language, text, { words, values: { file: path, ...values } });
  if (target === 'append') return write(['append']);
  if (target === 'prepend') return write([], { before: '^' });
  const marker = attributes.get('data-marker') ?? '';
  if (target === 'insert') {
    const isPlain = /^[\w #:;,@%=<>/'-]{1,200}$/.test(marker);
    report.changed(
      'data-target="insert"',
      at.file,
      at.line,
      isPlain ? 'The text is put before the marker, which stays.' : 'The text is appended.',
    );
    return isPlain ? write([], { before: marker }) : write(['append']);
  }
  if (target !== 'replace') report.changed(`data-target="${target}"`, at.file, at.line, 'The file is written.');
  return write([]);
}

export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos|nbsp));/gi, (found, dec, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? found;
    const code = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : found;
  });
}
