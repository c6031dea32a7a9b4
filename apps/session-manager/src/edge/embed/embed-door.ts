/** What pages of other sites load from here: the scripts, and the page of frames on the terms of the site's key. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toDrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { Sites } from '../../sites/sites.ts';
import type { Origins } from '../base/origins.ts';
import { pathOf, queryOf } from '../base/target.ts';
import type { EmbedScripts } from './embed-scripts.ts';
import { refusalPage } from './refusal-page.ts';
import type { StartLinks } from './start-links.ts';

const PAGE = '/embed';

export interface EmbedDoor {
  /** False when the path is none of these. */
  request(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface EmbedDoorDeps {
  sites: Pick<Sites, 'ancestors'>;
  scripts: Pick<EmbedScripts, 'request'>;
  links: StartLinks;
  /** Asks the web server for the page that `ancestors` may show in a frame. */
  web: {
    request(request: IncomingMessage, response: ServerResponse, frame: { ancestors: readonly string[] | 'any' }): void;
  };
  origins: Pick<Origins, 'publicOrigin'>;
  logger: Logger;
}

/** Builds it. */
export function createEmbedDoor({ sites, scripts, links, web, origins, logger }: EmbedDoorDeps): EmbedDoor {
  /** The origin of the page around a frame, where the browser says it. Tabs have none. */
  function pageAround({ headers }: IncomingMessage): string | undefined {
    const { referer } = headers;
    if (headers['sec-fetch-dest'] === 'document' || referer === undefined || !URL.canParse(referer)) return undefined;
    const { origin } = new URL(referer);
    return origin === origins.publicOrigin ? undefined : origin;
  }

  async function page(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const ancestors = await sites.ancestors(query.get('site') ?? undefined, pageAround(request));
    web.request(request, response, { ancestors });
  }

  return {
    request(request, response) {
      const path = pathOf(request.url);
      if (scripts.request(path, request, response)) return true;
      const query = queryOf(request.url);
      if (links.request(path, query, request, response)) return true;
      if (path !== PAGE) return false;
      page(request, response, query).catch((thrown: unknown) => {
        const error = toDrydockError(thrown);
        logger.info({ code: error.code, site: query.get('site')?.slice(0, 64) }, 'frame refused');
        if (response.headersSent) response.destroy();
        else refusalPage(response, error);
      });
      return true;
    },
  };
}
