/** Conditions: how a value that was found is compared with the one that is wanted. */
import { patternFinds } from '../patterns/pattern.ts';

export type Scalar = string | number | boolean | null;

export type Match =
  | { eq: Scalar }
  | { cmp: '>=' | '<=' | '>' | '<' | '!='; n: number }
  | { re: string }
  /** A list that holds a match for each. */
  | { has: Match[] }
  /** A map that has a match for each key. */
  | { sub: Record<string, Match> }
  | { absent: true }
  /** `!x` for words. */
  | { not: Match };

/** Values compared in one go: facts are bounded, and a hostile list is looked at this far. */
const MAX_LOOKED_AT = 1_000;

/** Whether `have` is as wanted. Of a list, a single wanted value need be but one item; of a length, `>=3` counts items. */
export function matches(match: Match, have: unknown): boolean {
  if ('absent' in match) return have === undefined || have === null;
  if ('not' in match) return have !== undefined && !matches(match.not, have);
  if (have === undefined) return false;
  if ('has' in match) {
    const items = Array.isArray(have) ? have.slice(0, MAX_LOOKED_AT) : [have];
    return match.has.every((wanted) => items.some((item) => matches(wanted, item)));
  }
  if ('sub' in match) {
    if (have === null || typeof have !== 'object') return false;
    return Object.entries(match.sub).every(([key, wanted]) => matches(wanted, keyValue(have, key)));
  }
  if (Array.isArray(have)) {
    if ('cmp' in match && match.cmp !== '!=') return compare(match.cmp, have.length, match.n);
    return have.slice(0, MAX_LOOKED_AT).some((item) => matches(match, item));
  }
  if ('re' in match) return have !== null && typeof have !== 'object' && patternFinds(match.re, String(have));
  if ('cmp' in match) {
    const number =
      typeof have === 'number' ? have : typeof have === 'string' && have.trim() !== '' ? Number(have) : Number.NaN;
    return !Number.isNaN(number) && compare(match.cmp, number, match.n);
  }
  return have === match.eq || (typeof have !== 'object' && match.eq !== null && String(have) === String(match.eq));
}

/** A key's own value; `a.b` goes into maps where there is no key of that very name. */
function keyValue(have: object, key: string): unknown {
  if (Object.hasOwn(have, key)) return (have as Record<string, unknown>)[key];
  let current: unknown = have;
  for (const part of key.split('.').slice(0, 20)) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

function compare(operator: '>=' | '<=' | '>' | '<' | '!=', have: number, wanted: number): boolean {
  switch (operator) {
    case '>=':
      return have >= wanted;
    case '<=':
      return have <= wanted;
    case '>':
      return have > wanted;
    case '<':
      return have < wanted;
    case '!=':
      return have !== wanted;
  }
}

/** A match as its author would write it. */
export function showMatch(match: Match): string {
  if ('absent' in match) return 'nothing';
  if ('not' in match) return `not ${showMatch(match.not)}`;
  if ('eq' in match) return String(match.eq);
  if ('cmp' in match) return match.cmp === '!=' ? `not ${match.n}` : `${match.cmp}${match.n}`;
  if ('re' in match) return `/${match.re}/`;
  if ('has' in match) return match.has.map(showMatch).join(', ');
  return Object.entries(match.sub)
    .map(([key, inner]) => ('eq' in inner && inner.eq === true ? key : `${key}=${showMatch(inner)}`))
    .join(', ');
}
