/** Sites whose pages may show frames of ours: their keys and terms, and how a frame begins and goes on with a session without a cookie. */
import { z } from 'zod';
import { embedHandleSchema } from './embed-frame.ts';
import { tokenSchema } from './ids.ts';
import { labIdSchema } from './lab/lab.ts';
import { MAX_NODES_PER_SESSION } from './limits.ts';
import { sessionViewSchema } from './session/session.ts';
import { workSchema } from './work.ts';

/** Sites of one place; each is a line of an operator's list. */
export const MAX_SITES = 500;
/** Origins of one site: they all stand in one header of its frame's page. */
export const MAX_SITE_ORIGINS = 20;
/** Labs, and templates, that a key names; who means more allows all. */
export const MAX_SITE_CHOICES = 100;
/** Longest life of an embedded session (min): a week, as of any other. */
export const MAX_SITE_MINUTES = 7 * 24 * 60;
/** Sessions at once, and a day, that a key may allow: more is no bound. */
export const MAX_SITE_SESSIONS = 1_000_000;
/** Longest that the key before may be good after a rotation (h): pages are built anew and caches forget within a month. */
export const MAX_SITE_KEEP_HOURS = 31 * 24;
/** Longest origin (characters): a name has 253, and a scheme and a port around it. */
export const MAX_ORIGIN_LENGTH = 270;

/** A site's public key: 100 bits. It stands in pages, and proves nothing by itself. */
export const siteKeySchema = z.string().regex(/^pk_[a-z2-7]{20}$/);
/** What an operator calls a site. */
export const siteNameSchema = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/);
/** All of a kind, or these; one that ends in `*` stands for all that begin so. */
const choiceSchema = z.union([
  z.literal('all'),
  z
    .array(
      z
        .string()
        .min(1)
        .max(256)
        .regex(/^[^*\s]*\*?$/),
    )
    .max(MAX_SITE_CHOICES),
]);
const sessionsSchema = z.number().int().min(1).max(MAX_SITE_SESSIONS);

/** What sessions of a site's pages may be. */
export const siteTermsSchema = z.object({
  /** Each as browsers write it, `https://docs.example.org`, or with one label left open, `https://*.example.org`. */
  origins: z.array(z.string().max(MAX_ORIGIN_LENGTH)).min(1).max(MAX_SITE_ORIGINS),
  nodes: z.number().int().min(1).max(MAX_NODES_PER_SESSION),
  minutes: z.number().int().min(1).max(MAX_SITE_MINUTES),
  /** At once. */
  sessions: sessionsSchema,
  /** Sessions that begin on one day (UTC). */
  daily: sessionsSchema,
  labs: choiceSchema,
  templates: choiceSchema,
  /** Whether the site's own scripts may read what terminals show. Kept and told; no frame of this release makes use of it. */
  readTerminal: z.boolean(),
});
export type SiteTerms = z.infer<typeof siteTermsSchema>;

/** A key and its terms as they are stored. After a rotation a site has two for a time; `id` is what both have. */
export const siteSchema = siteTermsSchema.extend({
  id: z.string().regex(/^[a-z2-7]{12}$/),
  key: siteKeySchema,
  name: siteNameSchema,
  createdAt: z.number().int(),
  by: z.string(),
  /** When a key that was rotated away ends (ms since the epoch). */
  goodUntil: z.number().int().optional(),
});
export type Site = z.infer<typeof siteSchema>;

/** `POST /operator/sites`; what is left out has the defaults of docs/operations.md. */
export const addSiteRequestSchema = z.strictObject({
  name: siteNameSchema,
  ...siteTermsSchema.partial().required({ origins: true }).shape,
});
/** `POST /operator/sites/:key/rotate`: how long the old key is still good (h). */
export const rotateSiteRequestSchema = z.strictObject({
  keepHours: z.number().min(0).max(MAX_SITE_KEEP_HOURS).default(24),
});
/** A site as operators see it. */
export const siteViewSchema = siteSchema.extend({
  /** Sessions that began today (UTC), by any key of the site. */
  today: z.number().int(),
  /** Sessions that live now. */
  running: z.number().int(),
});
export type SiteView = z.infer<typeof siteViewSchema>;
export const sitesSchema = z.array(siteViewSchema);

/** `GET /operator/embed`: addresses of the loader, and the hash (Subresource Integrity) of the one that is pinned; null where it is not built. */
export const embedScriptSchema = z.object({
  script: z.string().nullable(),
  pinned: z.string().nullable(),
  integrity: z.string().nullable(),
});

/** Where a frame stands: the site's key, if its page has one, and the origin that the browser gave with the page's greeting. */
const standing = {
  site: z.string().max(64).optional(),
  origin: z.string().max(MAX_ORIGIN_LENGTH),
};

/** `POST /embed/sessions`. Without lab and template the session begins with `nodes` plain nodes. */
export const createEmbedSessionRequestSchema = z.strictObject({
  ...standing,
  nodes: z.number().int().min(1).max(MAX_NODES_PER_SESSION).default(1),
  lab: labIdSchema.optional(),
  template: z.string().max(64).optional(),
  /** As in `POST /sessions`. */
  queue: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/)
    .optional(),
  work: workSchema.optional(),
});
export type CreateEmbedSessionRequest = z.input<typeof createEmbedSessionRequestSchema>;

/** `POST /embed/resume`: goes on with a session by what was given for keeping at its start. */
export const resumeEmbedRequestSchema = z.strictObject({ ...standing, handle: embedHandleSchema });
export type ResumeEmbedRequest = z.infer<typeof resumeEmbedRequestSchema>;

/** `token` goes with each call (`Authorization: Bearer`) and handshake, and is a collaborator's: never in a cookie, never to the page. */
export const embedSessionResponseSchema = z.object({
  session: sessionViewSchema,
  token: tokenSchema,
  /** For keeping, by the page too: it opens the session again from the same site and the same network address only. */
  handle: embedHandleSchema,
  readTerminal: z.boolean(),
});
export type EmbedSessionResponse = z.infer<typeof embedSessionResponseSchema>;

/** `POST …/nodes/:node/ports/:port/open`: an address that opens the port once, within a minute. */
export const openPortRequestSchema = z.strictObject({ path: z.string().max(4096).regex(/^\//).optional() });
export const openPortResponseSchema = z.object({ url: z.string() });
