/** Comments that mean something: for sites whose fences cannot bear our words. */

import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';

export type LabComment =
  | { kind: 'words'; words: string }
  | { kind: 'check'; yaml: string /** Letters of the comment before the YAML. */; offset: number }
  | { kind: 'after'; text: string }
  | { kind: 'for'; text: string }
  | { kind: 'include'; path: string };

const KEYS = ['lab', 'after', 'for', 'include'];

/** What a comment's text says; undefined for one that is the author's own. */
export function readComment(text: string, place: Place, findings: Findings): LabComment | undefined {
  const check = /^(\s*check)(:|\s)/.exec(text);
  if (check !== null) {
    const [, word = '', next] = check;
    const offset = word.length + (next === ':' ? 1 : 0);
    return { kind: 'check', yaml: text.slice(offset), offset };
  }
  // Longer than any of ours: an author's own remark.
  if (text.length > 2_000) return undefined;
  const match = /^([a-z]+):\s*(\S[^\n]*)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, key = '', value = ''] = match;
  switch (key) {
    case 'lab':
      return { kind: 'words', words: value };
    case 'after':
      return { kind: 'after', text: value };
    case 'for':
      return { kind: 'for', text: value };
    case 'include':
      return { kind: 'include', path: value };
    default: {
      const near = didYouMean(key, KEYS, 1);
      if (near !== '') findings.add('COMMENT_UNKNOWN', place, `The comment "${key}:" means nothing to a lab.${near}`);
      return undefined;
    }
  }
}
