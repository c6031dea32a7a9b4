/** Sites whose pages may show frames of ours, and how often each began a session on a day. */
import type { Site } from '@drydock/protocol';

/** How long a day's count is kept (ms): its day, and a day more for clocks that differ. */
export const USE_KEPT_MS = 48 * 60 * 60 * 1000;

export interface SiteStore {
  /** All keys, those too that were rotated away; `unreadable`: keys whose record another release wrote in a form of its own. */
  all(): Promise<{ sites: Site[]; unreadable: string[] }>;
  /** @throws DrydockError RECORD_UNREADABLE. */
  get(key: string): Promise<Site | undefined>;
  /** Writes keys in one step; false when there would be more than MAX_SITES of them. */
  put(sites: readonly Site[]): Promise<boolean>;
  /** Which of the keys were there. */
  remove(keys: readonly string[]): Promise<number>;
  /** Counts one more session of a site's day, unless it has `most` already; over all managers. */
  takeUse(site: string, day: string, most: number): Promise<boolean>;
  /** Takes one back that came to nothing. */
  giveUseBack(site: string, day: string): Promise<void>;
  /** Sessions of the day of each of these sites, in their order. */
  uses(sites: readonly string[], day: string): Promise<number[]>;
}
