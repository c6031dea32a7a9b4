/** Code spans of a line and the action right behind each. */
import { type Action, readAction } from './actions.ts';

export type Span = { from: number; to: number; code: string; action: Action };

/** Longer lines are read as plain text: no author writes them. */
const MAX_LINE = 10_000;

/** Spans with a known action, in order; `open` where a span is begun that the line does not end. */
export function actionSpans(line: string): { spans: Span[]; open: boolean } {
  const spans: Span[] = [];
  let open = false;
  if (line.length > MAX_LINE || !line.includes('`')) return { spans, open };
  const unclosed = new Set<number>();
  let at = line.indexOf('`');
  while (at >= 0) {
    const size = runAt(line, at);
    const start = at + size;
    const end = unclosed.has(size) ? -1 : closing(line, start, size);
    if (end < 0) {
      unclosed.add(size);
      open = true;
      at = line.indexOf('`', start);
      continue;
    }
    const behind = /^ ?\{\{([^{}]*)\}\}/.exec(line.slice(end + size, end + size + 80));
    const action = behind === null ? undefined : readAction(behind[1] ?? '');
    const to = end + size + (action === undefined ? 0 : (behind?.[0].length ?? 0));
    if (action !== undefined) spans.push({ from: at, to, code: withoutPadding(line.slice(start, end)), action });
    at = line.indexOf('`', to);
  }
  return { spans, open };
}

/** As CommonMark reads a span: one blank less at both ends, where both have one and there is more than blanks. */
function withoutPadding(code: string): string {
  return code.startsWith(' ') && code.endsWith(' ') && /[^ ]/.test(code) ? code.slice(1, -1) : code;
}

function runAt(line: string, from: number): number {
  let to = from;
  while (line[to] === '`') to += 1;
  return to - from;
}

function closing(line: string, from: number, size: number): number {
  let at = line.indexOf('`', from);
  while (at >= 0) {
    const found = runAt(line, at);
    if (found === size) return at;
    at = line.indexOf('`', at + found);
  }
  return -1;
}
