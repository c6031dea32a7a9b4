/** Letters that show something else than they are. What is typed must be what is shown. */

export type HiddenKind = 'hidden' | 'space' | 'typographic' | 'mixed';
export type HiddenLetter = { kind: HiddenKind; offset: number; code: number };

/** Findings a text: more say nothing new. */
const MAX_FOUND = 20;

// Controls but tab and newline; soft hyphen; zero-width and direction marks; invisible operators; variation selectors; tags; fillers.
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/u;
const SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u;
const TYPOGRAPHIC = /[\u2010-\u2015\u2018-\u201f\u2032\u2033\u2212\u2026]/u;
const ANY = new RegExp(`${HIDDEN.source}|${SPACE.source}|${TYPOGRAPHIC.source}`, 'gu');
/** A word of Latin letters that holds Greek or Cyrillic ones, which look the same. */
const MIXED = /[A-Za-z][\w-]{0,60}[\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][\w-]{0,60}[A-Za-z]/g;

/** The letters of `text` that a reader cannot see or takes for others, in order, at most 20. */
export function hiddenLetters(text: string): HiddenLetter[] {
  const found: HiddenLetter[] = [];
  for (const match of text.matchAll(ANY)) {
    if (found.length >= MAX_FOUND) return found;
    found.push({ kind: kindOf(match[0]), offset: match.index, code: match[0].codePointAt(0) ?? 0 });
  }
  for (const match of text.matchAll(MIXED)) {
    if (found.length >= MAX_FOUND) break;
    const inner = match[0].search(/[\u0370-\u04ff]/);
    found.push({ kind: 'mixed', offset: match.index + inner, code: match[0].codePointAt(inner) ?? 0 });
  }
  return found.toSorted((a, b) => a.offset - b.offset);
}

function kindOf(letter: string): HiddenKind {
  return HIDDEN.test(letter) ? 'hidden' : SPACE.test(letter) ? 'space' : 'typographic';
}

/** `U+202E`. */
export function codeName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A text that a learner or an author made, as part of a sentence: one line, hidden letters by their codes, at most `most` long. */
export function shownText(text: string, most = 200): string {
  const cut = text.length > most * 4 ? text.slice(0, most * 4) : text;
  const shown = cut
    .replace(/[\n\t]+/g, ' ')
    .replace(ANY, (letter) =>
      kindOf(letter) === 'typographic'
        ? letter
        : kindOf(letter) === 'space'
          ? ' '
          : `<${codeName(letter.codePointAt(0) ?? 0)}>`,
    );
  return shown.length <= most ? shown : `${shown.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
