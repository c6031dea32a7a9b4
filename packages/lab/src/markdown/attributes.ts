/** Attributes of a tag or of a foreign mark, as `name="value"`. */

export type Attribute = { name: string; value: string; quoted: boolean };

/** A word that has no value is passed over whole: begun anew at each of its letters, a long one would cost its square. */
const WORD = /([\w-]+)(?:\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?/g;

/** The attributes of `text` that have a value, in order. Names begin with a letter. Linear in the text. */
export function attributesIn(text: string): Attribute[] {
  const found: Attribute[] = [];
  for (const [, name = '', double, single, bare] of text.matchAll(WORD)) {
    const value = double ?? single ?? bare;
    if (value !== undefined && /^[a-z]/i.test(name)) found.push({ name, value, quoted: bare === undefined });
  }
  return found;
}
