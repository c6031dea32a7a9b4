/** Learner-made texts and tables cut to what the contract takes, so that one odd name does not lose the whole answer. */
const MAX_NAME = 256;
const MAX_TEXT = 8_192;
/** Labels, variables and the like of one thing: what a person writes, and some. */
const MAX_WORDS = 200;
/** One value of them: long enough for every honest one, and a table of a thousand rows stays small (characters). */
const MAX_WORD = 2_048;
/** Entries of a list within a row. */
const MAX_LIST = 200;

export const cutName = (name: unknown): string => String(name ?? '').slice(0, MAX_NAME);
export const cutText = (text: unknown, most = MAX_TEXT): string => String(text ?? '').slice(0, most);
export const cutList = <T>(list: readonly T[] | null | undefined, most = MAX_LIST): T[] => (list ?? []).slice(0, most);

/** Names to values, bounded in number and length. */
export function cutWords(words: Record<string, unknown> | null | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(words ?? {})
      .slice(0, MAX_WORDS)
      .map(([key, value]) => [cutName(key), cutText(value, MAX_WORD)]),
  );
}

/** `NAME=value` lines as names to values. */
export function cutEnv(lines: readonly string[] | null | undefined): Record<string, string> {
  return cutWords(
    Object.fromEntries(
      (lines ?? []).slice(0, MAX_WORDS).map((line) => {
        const at = line.indexOf('=');
        return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
      }),
    ),
  );
}

/** As many of the rows, from the first on, as fit into so many bytes of JSON. */
export function fitting<T>(rows: readonly T[], bytes: number): T[] {
  const kept: T[] = [];
  let left = bytes;
  for (const row of rows) {
    left -= Buffer.byteLength(JSON.stringify(row));
    if (left < 0) break;
    kept.push(row);
  }
  return kept;
}
