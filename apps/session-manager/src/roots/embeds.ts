/** Frames on pages of other sites: who may show them, and what begins in them. */
import { createEmbedScripts } from '../edge/embed/embed-scripts.ts';
import { createSiteShares } from '../scheduling/site-shares.ts';
import { createEmbedHandles } from '../sites/embed-handles.ts';
import { createEmbedStarts } from '../sites/embed-starts.ts';
import { createSiteBook } from '../sites/site-book.ts';
import { createSites } from '../sites/sites.ts';
import type { Core } from './core.ts';
import type { Labs } from './labs.ts';
import type { Sessions } from './sessions.ts';

export type Embeds = ReturnType<typeof createEmbeds>;

/** Builds it. */
export function createEmbeds({ settings, store, clock, logger }: Core, sessions: Sessions, labs: Labs) {
  const { service, nodes } = sessions;
  const sites = createSites({ store: store.sites, mode: settings.embed, clock });
  const shares = createSiteShares(store.sessions);
  const starts = createEmbedStarts({
    sites,
    shares,
    handles: createEmbedHandles(settings.managerSecret),
    labs: { book: labs.book, starts: labs.starts },
    templates: labs.templates,
    sessions: { service, nodes },
    maxSessionHours: settings.maxSessionHours,
  });
  const { maxNodes, maxSessionHours } = settings;
  const book = createSiteBook({ store: store.sites, shares, limits: { maxNodes, maxSessionHours }, clock });
  const scripts = createEmbedScripts({ directory: settings.embedScriptsDir, logger });
  return { sites, starts, book, scripts };
}
