/** An operator's calls for sites whose pages may show frames of this place. */
import {
  addSiteRequestSchema,
  embedScriptSchema,
  rotateSiteRequestSchema,
  siteSchema,
  sitesSchema,
} from '@drydock/protocol';
import { z } from 'zod';
import type { SiteBook } from '../sites/site-book.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { OperatorRoute } from './operator-calls.ts';

const nothingSchema = z.object({});

export interface SiteCallsDeps {
  book: SiteBook;
  scripts: { loader: { path: string; pinnedPath: string; integrity: string } | undefined };
  trail: AuditTrail;
  /** Where our pages are; known when the listener is. */
  publicBase(): string;
}

/** Declares them. */
export function siteCalls({ book, scripts, trail, publicBase }: SiteCallsDeps): readonly OperatorRoute[] {
  const routes: OperatorRoute[] = [];
  const add = <B extends z.ZodType, A extends z.ZodType>(route: OperatorRoute<B, A>) =>
    void routes.push(route as unknown as OperatorRoute);

  add({
    method: 'GET',
    path: '/sites',
    summary: 'Sites with their keys and terms, how many sessions began today, and how many live.',
    answer: sitesSchema,
    run: async () => book.list(),
  });
  add({
    method: 'GET',
    path: '/embed',
    summary: 'Where the script for pages of other sites is, and the one whose bytes never change, with their hash.',
    answer: embedScriptSchema,
    async run() {
      const { loader } = scripts;
      if (loader === undefined) return { script: null, pinned: null, integrity: null };
      const { path, pinnedPath, integrity } = loader;
      return { script: `${publicBase()}${path}`, pinned: `${publicBase()}${pinnedPath}`, integrity };
    },
  });
  add({
    method: 'POST',
    path: '/sites',
    summary: 'A key for a site; its pages show terminals of this place on these terms.',
    body: addSiteRequestSchema,
    answer: siteSchema,
    async run({ by, body }) {
      const site = await book.add(body, by);
      await trail.note(by, 'add-site', site.name, site.origins.join(' '));
      return site;
    },
  });
  add({
    method: 'POST',
    path: '/sites/:key/rotate',
    summary: 'Another key for a site; the one before is good for some hours more.',
    body: rotateSiteRequestSchema,
    answer: siteSchema,
    async run({ by, body, params }) {
      const site = await book.rotate(params.key ?? '', body.keepHours, by);
      await trail.note(by, 'rotate-site', site.name, `${body.keepHours} h`);
      return site;
    },
  });
  add({
    method: 'DELETE',
    path: '/sites/:key',
    summary: 'Remove a site: none of its keys lets anything begin any more.',
    answer: nothingSchema,
    async run({ by, params }) {
      const { name } = await book.remove(params.key ?? '');
      await trail.note(by, 'remove-site', name);
      return {};
    },
  });
  return routes;
}
