/** How many sessions of one embedding site live at a time: counted with the writes of sessions, as those of an address are. */
import { DrydockError } from '@drydock/protocol';
import type { SessionStore } from '../store/sessions/session-store.ts';
import type { ShareBound } from '../store/sessions/shares.ts';

/** No hash of an address has a colon. */
const PREFIX = 'site:';

/** What the sessions of a site are counted by (`countedFor`). */
export const siteShareOf = (site: string): string => `${PREFIX}${site}`;

/** Whether a key counts a site, and not an address. */
export const isSiteShare = (key: string): boolean => key.startsWith(PREFIX);

export interface SiteShares {
  /** The bound of one more session, for its write. @throws DrydockError SITE_LIMIT when as many live already, STORE_UNAVAILABLE. */
  demand(site: string, sessions: number): Promise<ShareBound>;
  /** Sessions that live now. */
  running(sites: readonly string[]): Promise<number[]>;
}

/** Builds it. */
export function createSiteShares(store: Pick<SessionStore, 'holdings'>): SiteShares {
  const running = async (sites: readonly string[]) =>
    (await store.holdings(sites.map(siteShareOf))).map(({ sessions }) => sessions);
  return {
    running,
    async demand(site, sessions) {
      const [living = 0] = await running([site]);
      if (living >= sessions) throw new DrydockError('SITE_LIMIT', undefined, { sessions });
      return { key: siteShareOf(site), maxSessions: sessions };
    },
  };
}
