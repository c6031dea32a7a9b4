/** The name that somebody probably meant. */
import { distance } from 'fastest-levenshtein';

/** Names longer than this are compared by equality alone: the distance is quadratic. */
const MAX_COMPARED = 128;
/** Candidates that are looked at: names of a node are learner-made, and may be many. */
const MAX_CANDIDATES = 1_000;

/**
 * The candidate at an edit distance of at most `most` (2) from `name`, letters' case aside; the nearest, then the first.
 * A name of one or two letters is never "near" by replacing all of it.
 */
export function nearestName(name: string, candidates: Iterable<string>, most = 2): string | undefined {
  if (name.length > MAX_COMPARED) return undefined;
  const wanted = name.toLowerCase();
  const bound = Math.min(most, Math.max(1, Math.floor(name.length / 2)));
  let best: string | undefined;
  let bestDistance = bound + 1;
  let looked = 0;
  for (const candidate of candidates) {
    looked += 1;
    if (looked > MAX_CANDIDATES) break;
    if (candidate === name || Math.abs(candidate.length - name.length) > bound) continue;
    const found = isSwapped(wanted, candidate.toLowerCase()) ? 1 : distance(wanted, candidate.toLowerCase());
    if (found < bestDistance) [best, bestDistance] = [candidate, found];
  }
  return best;
}

/** Two neighbours swapped are one slip of the fingers, though two edits. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  if (at < 0) return false;
  return a.slice(0, at) + a.charAt(at + 1) + a.charAt(at) + a.slice(at + 2) === b;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>, most = 2): string {
  const near = nearestName(name, candidates, most);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}
