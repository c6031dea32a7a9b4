/** Links `[words](address)` of a line of foreign Markdown, found in one pass. */

export type LinkMark = { bang: string; words: string; address: string };

/**
 * Puts what `replace` says in the place of each link and picture of a line; undefined leaves it as it is. Every bracket is looked at once,
 * and the next `)` is looked for once: a line of a million beginnings of links is read in a million steps.
 */
export function replaceLinks(line: string, replace: (mark: LinkMark) => string | undefined): string {
  let made = '';
  let done = 0;
  let open = -1;
  let close = -1;
  for (const { 0: bracket, index: at } of line.matchAll(/[[\]]/g)) {
    if (at < done) continue;
    const begin = open;
    open = bracket === '[' ? at : -1;
    if (bracket === '[' || begin < 0 || line[at + 1] !== '(') continue;
    if (close < at) close = line.indexOf(')', at);
    if (close < 0) break;
    const bang = begin > done && line[begin - 1] === '!' ? '!' : '';
    const inner = line.slice(at + 2, close).trimStart();
    const address = /^<?([^\s<>]*)/.exec(inner)?.[1] ?? '';
    const instead = replace({ bang, words: line.slice(begin + 1, at), address });
    if (instead !== undefined) made += line.slice(done, begin - bang.length) + instead;
    else made += line.slice(done, close + 1);
    done = close + 1;
  }
  return made + line.slice(done);
}
