/** For pages that run no script: an address that a badge leads to (`/start`), and what a site that knows oEmbed is told of a lab (`/oembed`). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LabBook } from '../../labs/lab-book.ts';
import type { EmbedMode } from '../../sites/sites.ts';
import type { Origins } from '../base/origins.ts';
import { escapeHtml } from '../base/pages.ts';
import type { EmbedScripts } from './embed-scripts.ts';

/** Longest lab, stack or template that an address may name (characters). */
const MAX_WANTED = 4096;
/** What a lab is called changes rarely: who asked needs not ask again for so long (s). */
const CACHE_SECONDS = 3600;
/** Of an embedded lab (CSS pixels), unless the asker has less room. */
const SIZE = { width: 800, height: 600 };

export interface StartLinks {
  /** False when the path is neither. */
  request(path: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse): boolean;
}

export interface StartLinksDeps {
  book: Pick<LabBook, 'all'>;
  origins: Pick<Origins, 'publicBase'>;
  mode: EmbedMode;
  scripts: Pick<EmbedScripts, 'loader'>;
}

/** Where the page of a lab is, below our pages; its id may have slashes. */
const labPath = (id: string) => `/labs/${id.split('/').map(encodeURIComponent).join('/')}`;

/** A number of pixels that an asker gives, as the most that `usual` may be. */
function within(given: string | null, usual: number): number {
  return given !== null && /^[1-9]\d{0,4}$/.test(given) ? Math.min(Number(given), usual) : usual;
}

/** Builds it. */
export function createStartLinks({ book, origins, mode, scripts }: StartLinksDeps): StartLinks {
  /** Our page for what is wanted, the first of lab, stack and template that is named; the landing page for anything else. */
  function pageOf(wanted: URLSearchParams): string {
    const [lab, stack, template] = ['lab', 'stack', 'template'].map((name) => wanted.get(name) ?? '') as [
      string,
      string,
      string,
    ];
    if (lab.length + stack.length + template.length > MAX_WANTED) return '/';
    if (lab !== '') return labPath(lab);
    if (stack !== '') return `/?${new URLSearchParams({ stack, stack_name: wanted.get('stack_name') ?? '' })}`;
    return template === '' ? '/' : `/?${new URLSearchParams({ template })}`;
  }

  /** Nothing starts by an address: it leads to the page that says what would, and has the button. */
  function start(query: URLSearchParams, response: ServerResponse): void {
    const location = `${origins.publicBase}${pageOf(query)}`;
    response.writeHead(302, { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).end();
  }

  /** The id of the lab whose page, or whose start, an address of ours is. */
  function labOf(address: string | null): string | undefined {
    if (address === null || address.length > MAX_WANTED || !URL.canParse(address)) return undefined;
    const { origin, pathname, searchParams } = new URL(address);
    const base = new URL(origins.publicBase);
    const below = base.pathname.replace(/\/$/, '');
    if (origin !== base.origin || !pathname.startsWith(`${below}/`)) return undefined;
    const path = pathname.slice(below.length);
    if (path === '/start') return searchParams.get('lab') ?? undefined;
    // Compared as it is written: nothing has to be decoded that could not be.
    return book.all().find(({ id }) => labPath(id) === path)?.id;
  }

  /** What is known of what `url` names; `error` for what is not told of. */
  function describe(query: URLSearchParams): { status: number; body: object } {
    if ((query.get('format') ?? 'json') !== 'json') return { status: 501, body: { error: 'format=json' } };
    const wanted = labOf(query.get('url'));
    // Labs that are listed, and no others: an address of a forge would be fetched for whoever asks.
    const found = book.all().find(({ id }) => id === wanted);
    if (found === undefined) return { status: 404, body: { error: 'url: a lab that is listed here' } };
    const about = {
      version: '1.0',
      title: found.lab.title,
      provider_name: 'Drydock',
      provider_url: origins.publicBase,
      cache_age: CACHE_SECONDS,
    };
    const { loader } = scripts;
    // Where pages need a key the asker has none that we know: a link is what anybody may show.
    if (mode !== 'open' || loader === undefined) return { status: 200, body: { ...about, type: 'link' } };
    const width = within(query.get('maxwidth'), SIZE.width);
    const height = within(query.get('maxheight'), SIZE.height);
    const script = `<script src="${escapeHtml(origins.publicBase + loader.path)}" async></script>`;
    const html = `<drydock-lab lab="${escapeHtml(found.id)}" height="${height}px"></drydock-lab>${script}`;
    return { status: 200, body: { ...about, type: 'rich', width, height, html } };
  }

  function tell({ status, body }: { status: number; body: object }, response: ServerResponse): void {
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': status === 200 ? `public, max-age=${CACHE_SECONDS}` : 'no-store',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    response.end(text);
  }

  return {
    request(path, query, request, response) {
      if (path !== '/start' && path !== '/oembed') return false;
      if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { 'content-length': 0 }).end();
      else if (path === '/start') start(query, response);
      else tell(describe(query), response);
      return true;
    },
  };
}
