/** An explanation, and its words. */

import { showMatch } from '../checks/match.ts';
import type { Leaf } from '../checks/plan.ts';
import type { Why } from '../evaluate/evaluate.ts';
import { MAX_SHOWN_TEXT } from '../limits.ts';
import { shownText } from '../shell/hidden.ts';
import { SENTENCES, type WhyId } from './strings.ts';

export type Explanation = { have: string; want: string; why: Why; nearest?: string };

/** Builds an explanation; texts that a learner made are bounded here, and their hidden letters shown. */
export function explained(
  leaf: Leaf,
  id: WhyId,
  args: Record<string, string | number | undefined> = {},
  have?: unknown,
): Explanation {
  const shown: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(args)) {
    if (value !== undefined) shown[name] = typeof value === 'number' ? value : shownText(value, MAX_SHOWN_TEXT);
  }
  const { nearest } = shown;
  return {
    have: showValue(have ?? args.have ?? 'nothing'),
    want: wantOf(leaf),
    why: { id, args: shown },
    ...(nearest === undefined ? {} : { nearest: String(nearest) }),
  };
}

/** What a leaf wants, as its author wrote it. */
export function wantOf({ want }: Leaf): string {
  const parts = Object.entries(want).map(([key, match]) => `${key} ${showMatch(match)}`);
  return parts.length === 0 ? 'that it is there' : shownText(parts.join(', '), MAX_SHOWN_TEXT);
}

/** A value that was found, in a line. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  if (Array.isArray(value))
    return value.length === 0 ? 'nothing' : shownText(value.slice(0, 5).map(String).join(', '), 80);
  return shownText(typeof value === 'object' ? JSON.stringify(value) : String(value), 80);
}

/** The sentence: the author's own `say` where there is one, with `{have}` and `{want}` filled in, else ours. */
export function sentenceOf({ have, want, why }: Explanation, say?: string): string {
  const filled = (text: string, args: Record<string, string | number>) =>
    text.replace(/\{([a-z]+)\}/g, (whole, name: string) => (Object.hasOwn(args, name) ? String(args[name]) : whole));
  if (say !== undefined) return filled(say, { have, want });
  const sentence = Object.hasOwn(SENTENCES, why.id) ? SENTENCES[why.id as WhyId] : why.id;
  return filled(sentence, why.args);
}
