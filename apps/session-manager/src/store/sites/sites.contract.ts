/** What every store of sites promises. */
import { MAX_SITES, type Site } from '@drydock/protocol';
import { describe, expect, it } from 'vitest';
import { newId } from '../../model/links.ts';
import type { SiteStore } from './site-store.ts';

/** A site as an operator adds it. */
export const exampleSite = (fields: Partial<Site> = {}): Site => ({
  id: newId('', 12),
  key: newId('pk_', 20),
  name: 'docs',
  origins: ['https://docs.example.org'],
  nodes: 2,
  minutes: 60,
  sessions: 5,
  daily: 100,
  labs: 'all',
  templates: ['swarm-3'],
  readTerminal: false,
  createdAt: 1,
  by: 'ann',
  ...fields,
});

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function sitesContract(make: () => Promise<SiteStore>): void {
  describe('sites', () => {
    it('keeps each key with its terms until it is taken away', async () => {
      const store = await make();
      const [one, other] = [exampleSite(), exampleSite({ name: 'blog' })];
      expect(await store.get(one.key)).toBeUndefined();
      expect(await store.put([one])).toBe(true);
      expect(await store.put([{ ...one, goodUntil: 9 }, other])).toBe(true);
      expect(await store.get(one.key)).toEqual({ ...one, goodUntil: 9 });
      const { sites, unreadable } = await store.all();
      expect(sites).toHaveLength(2);
      expect(unreadable).toEqual([]);
      expect(await store.remove([one.key, 'pk_unknown'])).toBe(1);
      expect(await store.get(one.key)).toBeUndefined();
      expect(await store.get(other.key)).toEqual(other);
    });

    it('has no more keys than there may be, and writes those of one call together or not at all', async () => {
      const store = await make();
      const first = Array.from({ length: MAX_SITES - 1 }, () => exampleSite());
      expect(await store.put(first)).toBe(true);
      const two = [exampleSite(), exampleSite()];
      expect(await store.put(two)).toBe(false);
      expect(await store.get(two[0]?.key ?? '')).toBeUndefined();
      expect(await store.put(two.slice(1))).toBe(true);
      expect(await store.put(first.slice(0, 1))).toBe(true);
      expect((await store.all()).sites).toHaveLength(MAX_SITES);
    });

    it('never counts more sessions of a day than there may be, however many ask at once', async () => {
      const store = await make();
      const site = newId('', 12);
      const taken = await Promise.all(Array.from({ length: 8 }, () => store.takeUse(site, '2026-11-29', 3)));
      expect(taken.filter(Boolean)).toHaveLength(3);
      await store.giveUseBack(site, '2026-11-29');
      expect(await store.uses([site, 'nobody'], '2026-11-29')).toEqual([2, 0]);
      expect(await store.takeUse(site, '2026-11-29', 3)).toBe(true);
      expect(await store.takeUse(site, '2026-11-29', 3)).toBe(false);
    });

    it('begins each day and each site at nothing', async () => {
      const store = await make();
      const [site, other] = [newId('', 12), newId('', 12)];
      expect(await store.takeUse(site, '2026-11-29', 1)).toBe(true);
      expect(await store.takeUse(other, '2026-11-29', 1)).toBe(true);
      expect(await store.takeUse(site, '2026-11-30', 1)).toBe(true);
      await store.giveUseBack(site, '2026-11-30');
      await store.giveUseBack(site, '2026-11-30');
      expect(await store.uses([site], '2026-11-30')).toEqual([0]);
    });
  });
}
