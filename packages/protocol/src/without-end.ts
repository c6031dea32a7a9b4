/**
 * `text` without the letters of `letters` that stand at its end. Linear in the text: an expression like `/x+$/` begins anew at every x,
 * and a long run of them in the middle of a text held a process for its square.
 */
export function withoutEnd(text: string, letters: string): string {
  let end = text.length;
  while (end > 0 && letters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
