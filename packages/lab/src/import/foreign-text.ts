/** A foreign page to a body of ours: its lines made harmless, its fences by the importer's own rules. */
import { type FencePiece, markdownPieces } from './markdown-pieces.ts';
import type { Report } from './report.ts';
import { createSafeText } from './safe-text.ts';
import { writeFence } from './write-lab.ts';

export type PageRules = {
  file: string;
  /** Number of the text's first line in its file. */
  firstLine: number;
  report: Report;
  /** What the format's own marks in a line become; before the line is made harmless. */
  line?(text: string, line: number): string;
  /** The block of a fence; undefined: nothing. */
  fence(piece: FencePiece): string | undefined;
};

export function foreignPage(text: string, { file, firstLine, report, line, fence }: PageRules): string {
  const safe = createSafeText((kind, construct, at, message) => report[kind](construct, file, at, message));
  const lines: string[] = [];
  for (const piece of markdownPieces(text, firstLine)) {
    if (piece.type === 'line') {
      for (const made of (line?.(piece.text, piece.line) ?? piece.text).split('\n')) {
        const kept = safe.line(made, piece.line);
        if (kept !== undefined) lines.push(kept);
      }
      continue;
    }
    const block = fence(piece);
    if (block === undefined) continue;
    safe.line('', piece.line);
    lines.push('', ...block.split('\n').map((made) => (made === '' ? made : piece.indent + made)), '');
  }
  return lines.join('\n').trim();
}

/** A fence that is only shown: its language alone, and never one that means something to us. */
export function shownFence({ body }: FencePiece, language: string): string {
  const lang = /^[\w+#.-]{1,40}$/.test(language) ? language.toLowerCase() : '';
  if (/^(sh|bash|shell|zsh|console)$/.test(lang)) return writeFence(lang, body, { words: ['show'] });
  return writeFence(/^(check|output)$/.test(lang) ? 'text' : lang, body);
}
