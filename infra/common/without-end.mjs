/**
 * `text` without the letters of `letters` at its end, in one pass; as packages/protocol/src/without-end.ts, which nothing here may import.
 * @param {string} text
 * @param {string} letters
 */
export function withoutEnd(text, letters) {
  let end = text.length;
  while (end > 0 && letters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
