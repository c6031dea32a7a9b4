/** What content systems make of code: typographic quotes, dashes for two hyphens, blanks that are none. */

/** What was changed, in words for the visitor: nothing is repaired in silence. */
export type Repair = 'quotes' | 'dashes' | 'blanks' | 'invisible';

const REPAIRS: readonly (readonly [Repair, RegExp, string])[] = [
  ['quotes', /[\u2018\u2019\u201A\u2032]/g, "'"],
  ['quotes', /[\u201C\u201D\u201E\u2033]/g, '"'],
  ['dashes', /[\u2013\u2014](?=[a-z])/g, '--'],
  ['blanks', /[\u00A0\u2000-\u200A\u202F\u3000]/g, ' '],
  ['invisible', /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/g, ''],
];

/** The text as it was meant, and what had to be changed; equal to `text` when nothing had. */
export function repairText(text: string): { text: string; repairs: Repair[] } {
  const repairs = new Set<Repair>();
  let repaired = text;
  for (const [repair, pattern, by] of REPAIRS) {
    const next = repaired.replace(pattern, by);
    if (next !== repaired) repairs.add(repair);
    repaired = next;
  }
  return { text: repaired, repairs: [...repairs] };
}
