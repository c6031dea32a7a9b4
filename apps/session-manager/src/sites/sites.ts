/** Which pages of other sites may show frames of ours, and on what terms sessions begin there. */
import { DrydockError, type Site, type SiteTerms } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { SiteStore } from '../store/sites/site-store.ts';
import { matchesSiteOrigin } from './site-origin.ts';

/** `keys`: pages of sites that have one; `open`: any page, on OPEN_TERMS where it has none. */
export type EmbedMode = 'off' | 'keys' | 'open';

/** The terms of one who is let in. `site` is what its sessions are counted by. */
export interface SiteGrant extends Omit<SiteTerms, 'origins'> {
  readonly site: string;
  /** Whether it has a key: the operator knows whose page that is. */
  readonly keyed: boolean;
}

/**
 * What pages without a key have together, where any page may: enough for a swarm with a majority and for an hour of reading; as many
 * sessions as a small place holds, so that a hostile page that somebody of this machine opens takes no more of it.
 */
export const OPEN_TERMS: SiteGrant = {
  site: 'open',
  keyed: false,
  nodes: 3,
  minutes: 60,
  sessions: 20,
  daily: 500,
  labs: 'all',
  templates: 'all',
  readTerminal: false,
};

/** Where a frame says that it stands. */
export interface Standing {
  site?: string | undefined;
  /** As the browser told the frame of its page's greeting; `null` for a page that is of no site. */
  origin: string;
}

/** What a session begins with. */
export interface SiteChoice {
  lab?: string | undefined;
  template?: string | undefined;
  nodes: number;
}

export interface Sites {
  /** The terms of a frame. @throws DrydockError EMBED_OFF, SITE_KEY_REFUSED, SITE_ORIGIN_REFUSED, STORE_UNAVAILABLE. */
  grant(standing: Standing): Promise<SiteGrant>;
  /**
   * Who may show the page of frames: origins, or anybody. `referrer` is the page's origin where the browser says it.
   * @throws DrydockError as `grant` does.
   */
  ancestors(key: string | undefined, referrer: string | undefined): Promise<readonly string[] | 'any'>;
  /** Counts a session of today. Answers how to take that back. @throws DrydockError SITE_QUOTA_USED. */
  takeUse(grant: SiteGrant): Promise<() => Promise<void>>;
}

/** The day of a quota (UTC). */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

const allows = (chosen: SiteTerms['labs'], wanted: string) =>
  chosen === 'all' ||
  chosen.some((each) => (each.endsWith('*') ? wanted.startsWith(each.slice(0, -1)) : wanted === each));

/** Whether a key's terms allow that. @throws DrydockError SITE_CHOICE_REFUSED. */
export function demandChoice(grant: SiteGrant, { lab, template, nodes }: SiteChoice): void {
  if (lab !== undefined && !allows(grant.labs, lab)) throw new DrydockError('SITE_CHOICE_REFUSED', undefined, { lab });
  if (template !== undefined && !allows(grant.templates, template))
    throw new DrydockError('SITE_CHOICE_REFUSED', undefined, { template });
  if (nodes > grant.nodes) throw new DrydockError('SITE_CHOICE_REFUSED', undefined, { nodes, limit: grant.nodes });
}

/** Builds it. */
export function createSites(deps: { store: SiteStore; mode: EmbedMode; clock: Clock }): Sites {
  const { store, mode, clock } = deps;

  /** The site of a key; undefined for a page without one that may do without. */
  async function find(key: string | undefined): Promise<Site | undefined> {
    if (mode === 'off') throw new DrydockError('EMBED_OFF');
    if (key === undefined || key === '') {
      if (mode === 'open') return undefined;
      throw new DrydockError('SITE_KEY_REFUSED');
    }
    const site = await store.get(key);
    const isGood = site !== undefined && (site.goodUntil === undefined || clock.now() < site.goodUntil);
    if (!isGood) throw new DrydockError('SITE_KEY_REFUSED');
    return site;
  }

  function demandOrigin({ origins }: Site, origin: string): void {
    if (origins.some((written) => matchesSiteOrigin(written, origin))) return;
    throw new DrydockError('SITE_ORIGIN_REFUSED', undefined, { origin });
  }

  return {
    async grant({ site: key, origin }) {
      const site = await find(key);
      if (site === undefined) return OPEN_TERMS;
      demandOrigin(site, origin);
      const { id, nodes, minutes, sessions, daily, labs, templates, readTerminal } = site;
      return { site: id, keyed: true, nodes, minutes, sessions, daily, labs, templates, readTerminal };
    },
    async ancestors(key, referrer) {
      const site = await find(key);
      if (site === undefined) return 'any';
      if (referrer !== undefined) demandOrigin(site, referrer);
      return site.origins;
    },
    async takeUse({ site, daily }) {
      const day = dayOf(clock.now());
      if (!(await store.takeUse(site, day, daily))) {
        const tomorrow = Date.parse(day) + 24 * 60 * 60 * 1000;
        throw new DrydockError('SITE_QUOTA_USED', undefined, { daily, retryAfterMs: tomorrow - clock.now() });
      }
      return () => store.giveUseBack(site, day);
    },
  };
}
