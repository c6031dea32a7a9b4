/** The sites of a place as its operator keeps them: added, listed, given another key, removed. */
import { type addSiteRequestSchema, DrydockError, MAX_SITES, type Site, type SiteView } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { z } from 'zod';
import { newId } from '../model/links.ts';
import type { SiteShares } from '../scheduling/site-shares.ts';
import type { SiteStore } from '../store/sites/site-store.ts';
import { parseSiteOrigin } from './site-origin.ts';
import { dayOf, OPEN_TERMS } from './sites.ts';

const HOUR_MS = 3_600_000;
/** Random letters of a key (100 bits) and of a site's id. */
const KEY_LETTERS = 20;
const ID_LETTERS = 12;

export interface SiteBook {
  /** The keys that are good, the oldest site first; those whose time after a rotation is over are forgotten. */
  list(): Promise<SiteView[]>;
  /** @throws DrydockError BAD_REQUEST for what cannot be, CONFLICT when there is a site of that name. */
  add(wish: z.output<typeof addSiteRequestSchema>, by: string): Promise<Site>;
  /** A new key for a site; the old one is good for `keepHours` more. @throws DrydockError NOT_FOUND. */
  rotate(key: string, keepHours: number, by: string): Promise<Site>;
  /** No key of the site is good from then on; what runs goes on to its end. @throws DrydockError NOT_FOUND. */
  remove(key: string): Promise<Site>;
}

export interface SiteBookDeps {
  store: SiteStore;
  shares: Pick<SiteShares, 'running'>;
  /** What any session may have here. */
  limits: { maxNodes: number; maxSessionHours: number };
  clock: Clock;
}

/** Builds it. */
export function createSiteBook({ store, shares, limits, clock }: SiteBookDeps): SiteBook {
  const isOver = ({ goodUntil }: Site) => goodUntil !== undefined && goodUntil <= clock.now();

  async function good(): Promise<Site[]> {
    const { sites } = await store.all();
    const over = sites.filter(isOver);
    if (over.length > 0) await store.remove(over.map(({ key }) => key));
    return sites.filter((site) => !isOver(site)).sort((a, b) => a.createdAt - b.createdAt);
  }

  async function require(key: string): Promise<Site> {
    const site = await store.get(key);
    if (site === undefined || isOver(site)) throw new DrydockError('NOT_FOUND', 'There is no site with that key.');
    return site;
  }

  async function put(sites: readonly Site[]): Promise<void> {
    if (await store.put(sites)) return;
    throw new DrydockError('BAD_REQUEST', `There are as many keys as there may be (${MAX_SITES}). Remove one first.`);
  }

  function originOf(text: string): string {
    const origin = parseSiteOrigin(text);
    if (origin !== undefined) return origin;
    const example = 'https://docs.example.org, or https://*.example.org for one label in its place';
    throw new DrydockError('BAD_REQUEST', `${text} is no origin of a site. Write it as ${example}.`);
  }

  function demandPossible({ nodes, minutes }: Pick<Site, 'nodes' | 'minutes'>): void {
    const { maxNodes, maxSessionHours } = limits;
    if (nodes > maxNodes) throw new DrydockError('BAD_REQUEST', `A session has at most ${maxNodes} nodes here.`);
    if (minutes > maxSessionHours * 60)
      throw new DrydockError('BAD_REQUEST', `A session lives at most ${maxSessionHours} hours here.`);
  }

  return {
    async list() {
      const sites = await good();
      const ids = sites.map(({ id }) => id);
      const [today, running] = [await store.uses(ids, dayOf(clock.now())), await shares.running(ids)];
      return sites.map((site, at) => ({ ...site, today: today[at] ?? 0, running: running[at] ?? 0 }));
    },
    async add({ name, origins, ...terms }, by) {
      const { nodes, minutes, sessions, daily, labs, templates, readTerminal } = OPEN_TERMS;
      const given = Object.entries(terms).filter(([, value]) => value !== undefined);
      const usual = {
        minutes: Math.min(minutes, limits.maxSessionHours * 60),
        nodes: Math.min(nodes, limits.maxNodes),
      };
      const site: Site = {
        ...usual,
        sessions,
        daily,
        labs,
        templates,
        readTerminal,
        ...Object.fromEntries(given),
        name,
        by,
        origins: [...new Set(origins.map(originOf))],
        id: newId('', ID_LETTERS),
        key: newId('pk_', KEY_LETTERS),
        createdAt: clock.now(),
      };
      demandPossible(site);
      if ((await good()).some((other) => other.name === name))
        throw new DrydockError('CONFLICT', 'There is a site of that name.');
      await put([site]);
      return site;
    },
    async rotate(key, keepHours, by) {
      const old = await require(key);
      const { goodUntil: _, ...rest } = old;
      const next: Site = { ...rest, key: newId('pk_', KEY_LETTERS), createdAt: clock.now(), by };
      const until = Math.min(old.goodUntil ?? Number.POSITIVE_INFINITY, clock.now() + Math.round(keepHours * HOUR_MS));
      await put([next, { ...old, goodUntil: until }]);
      return next;
    },
    async remove(key) {
      const site = await require(key);
      const keys = (await store.all()).sites.filter(({ id }) => id === site.id).map((each) => each.key);
      await store.remove(keys);
      return site;
    },
  };
}
