/** The line of those who wait for room: who came first goes first, over restarts and over all managers. */

/** A place in the line is kept this long (ms) without a new attempt: longer than a page reload, shorter than a lunch. */
export const PLACE_KEPT_MS = 60_000;
/** Places in the line at once; beyond it everybody is told the same last place. */
export const MAX_LINE = 10_000;

export interface LineStore {
  /**
   * Lets `ticket` in (0) when `free` places suffice for the `wanted` ones and for all who came earlier; else gives its place, from 1 on,
   * and keeps it. One step, however many ask.
   */
  stand(ticket: string, room: { free: number; wanted: number }): Promise<number>;
  /** How many wait. */
  length(): Promise<number>;
}
