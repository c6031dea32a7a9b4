/** A colour for each person of a session: the same on every page, and no two alike while there are enough. */

/** Colours that white letters can be read on (4.5:1 and more), apart for the colour-blind by their order of lightness. */
export const PERSON_COLOURS = [
  '#0b6a5d',
  '#8a3ffc',
  '#a92a1c',
  '#0f62fe',
  '#855200',
  '#9f1853',
  '#3c4d49',
  '#17724a',
] as const;

function firstChoice(browser: string): number {
  let sum = 0;
  for (const letter of browser) sum = (sum * 31 + letter.charCodeAt(0)) % 65_536;
  return sum % PERSON_COLOURS.length;
}

/**
 * The colour of each browser. Everyone has a first choice of their own and takes the next free one when somebody before them has it;
 * whoever comes after the eighth shares.
 */
export function coloursOf(browsers: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  const taken = new Set<number>();
  for (const browser of [...new Set(browsers)].sort()) {
    let index = firstChoice(browser);
    while (taken.has(index) && taken.size < PERSON_COLOURS.length) index = (index + 1) % PERSON_COLOURS.length;
    taken.add(index);
    colours.set(browser, PERSON_COLOURS[index] ?? PERSON_COLOURS[0]);
  }
  return colours;
}
