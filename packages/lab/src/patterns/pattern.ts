/** Patterns of authors: RE2 (linear time, whatever the pattern), in pure JavaScript, since the page's policy forbids WebAssembly. */
import { RE2JS } from 're2js';
import { MAX_MATCHED_LENGTH, MAX_PATTERN_LENGTH, MAX_PATTERN_REPEAT } from '../limits.ts';

/** Compiled patterns that are kept: a step has 200 leaves at most. */
const MAX_KEPT = 500;
const kept = new Map<string, RE2JS | null>();

/** Whether a text is written as a pattern: `/re/` or `/re/i`. */
export function isPattern(text: string): boolean {
  return /^\/.+\/i?$/s.test(text);
}

/** `/re/i` as the source that RE2 takes. */
export function patternSource(text: string): string {
  const end = text.lastIndexOf('/');
  return text.slice(end + 1) === 'i' ? `(?i)${text.slice(1, end)}` : text.slice(1, end);
}

/** Why a pattern's source is refused, in a sentence; undefined when it is good. */
export function patternProblem(source: string): string | undefined {
  if (source.length > MAX_PATTERN_LENGTH) return `A pattern has at most ${MAX_PATTERN_LENGTH} characters.`;
  for (const [, least = '0', most = ''] of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(least) > MAX_PATTERN_REPEAT || Number(most) > MAX_PATTERN_REPEAT) {
      return `A pattern repeats at most ${MAX_PATTERN_REPEAT} times.`;
    }
  }
  if (compiled(source) !== null) return undefined;
  return 'The pattern is not one of RE2: it has no look-around and no back-references.';
}

/** Whether the pattern is found in the text, anywhere in it; the text is looked at up to MAX_MATCHED_LENGTH. */
export function patternFinds(source: string, text: string): boolean {
  return compiled(source)?.matcher(text.slice(0, MAX_MATCHED_LENGTH)).find() ?? false;
}

function compiled(source: string): RE2JS | null {
  const known = kept.get(source);
  if (known !== undefined) return known;
  let pattern: RE2JS | null = null;
  try {
    pattern = RE2JS.compile(source, RE2JS.MULTILINE);
  } catch {
    // Not a pattern of RE2: the caller says so.
  }
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(source, pattern);
  return pattern;
}
