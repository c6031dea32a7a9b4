/** Words that are taken for a time, so that of several managers, or of several tries, one goes on. */

export interface OnceStore {
  /** Takes a word; true for the first who does within `ttlMs`. */
  take(word: string, ttlMs: number): Promise<boolean>;
}
