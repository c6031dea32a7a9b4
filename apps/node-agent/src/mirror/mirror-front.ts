/**
 * The registry that every node of a session has as its mirror: read-only, the library's images first, then the cache of the
 * registry outside, and a clear sentence when neither has the image and nobody can be asked.
 */
import type http from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '@drydock/service-kit';
import { searchLibrary } from './library-search.ts';
import { LIBRARY_SILENT, REFUSAL_STATUS, refusalSentence } from './refusal.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';
import {
  parseRegistryUrl,
  parseSearchUrl,
  type RegistryRequest,
  registryPath,
  type SearchRequest,
} from './registry-path.ts';

export interface MirrorFrontDeps {
  /** The library's docker-registry, on loopback. */
  libraryUrl: string;
  /** The library's list of images (library.json), for searches. */
  libraryFile?: string | undefined;
  /** A pull-through cache of the registry outside, on loopback; none without internet. */
  hubUrl?: string | undefined;
  /** Whether nodes could fetch an image by themselves; asked only when an image is missing. */
  hasInternet: () => Promise<boolean>;
  logger: Logger;
}

export interface MirrorFront {
  handle: http.RequestListener;
  close(): void;
}

/** What a client may say to the registries behind. */
const REQUEST_HEADERS = ['accept', 'range', 'if-none-match'] as const;
/** What they may say to a client. */
const ANSWER_HEADERS = [
  'accept-ranges',
  'content-length',
  'content-range',
  'content-type',
  'docker-content-digest',
  'etag',
  'last-modified',
  'link',
] as const;
const API_VERSION = { 'docker-distribution-api-version': 'registry/2.0' };

/** Builds the listener for plain HTTP requests of nodes; it never throws and never trusts them. */
export function createMirrorFront({
  libraryUrl,
  libraryFile,
  hubUrl,
  hasInternet,
  logger,
}: MirrorFrontDeps): MirrorFront {
  const library = createRegistryClient(libraryUrl);
  const hub = hubUrl === undefined ? undefined : createRegistryClient(hubUrl);

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      const remedy = 'run a registry of your own: docker run -d -p 5000:5000 registry:2';
      return refuse(response, 405, 'UNSUPPORTED', `This mirror is read-only; to push, ${remedy}`);
    }
    const search = libraryFile === undefined ? undefined : parseSearchUrl(request.url ?? '');
    if (search) return answerSearch(search, libraryFile as string, response);
    const wanted = parseRegistryUrl(request.url ?? '');
    if (!wanted) return refuse(response, 404, 'NAME_INVALID', 'There is nothing here but images to pull.');
    if (wanted.kind === 'ping') return answer(response, 200, '{}');

    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { found, silent } = await firstAnswer(method, request, wanted, gone.signal);
    if (found) return pass(found, response);
    if (wanted.kind !== 'manifest' && wanted.kind !== 'tags')
      return refuse(response, 404, 'BLOB_UNKNOWN', 'unknown blob');
    // Docker then asks the registry outside by itself and shows that one's answer.
    if (await hasInternet()) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'The library has no such image.');
    const sentence = silent ? LIBRARY_SILENT : await refusalSentence(library, wanted);
    response.statusMessage = sentence;
    refuse(response, REFUSAL_STATUS, 'MANIFEST_UNKNOWN', sentence);
  }

  /** With internet nothing is found here: Docker Hub's own search has it all. */
  async function answerSearch(search: SearchRequest, file: string, response: http.ServerResponse): Promise<void> {
    if (await hasInternet()) return refuse(response, 404, 'UNSUPPORTED', 'Search Docker Hub: docker search NAME');
    if (search.kind === 'search-ping') return answer(response, 200, '{"standalone":true}');
    answer(response, 200, JSON.stringify(await searchLibrary(file, search.term, search.limit)));
  }

  /** The answer of the first registry that has it; `silent` when the library could not be asked. */
  async function firstAnswer(
    method: 'GET' | 'HEAD',
    request: http.IncomingMessage,
    wanted: RegistryRequest,
    gone: AbortSignal,
  ): Promise<{ found?: http.IncomingMessage; silent: boolean }> {
    const headers = pick(request.headers, REQUEST_HEADERS);
    let silent = false;
    for (const [name, registry] of registries(wanted)) {
      try {
        const found = await registry.ask(method, registryPath(wanted), headers, gone);
        if ((found.statusCode ?? 500) < 400 || found.statusCode === 416) return { found, silent };
        found.resume();
      } catch (err) {
        if (!gone.aborted) logger.warn({ err, registry: name }, 'registry behind the mirror did not answer');
        silent ||= registry === library;
      }
    }
    return { silent };
  }

  function registries(wanted: RegistryRequest): [string, RegistryClient][] {
    return hub === undefined || wanted.kind === 'catalog'
      ? [['library', library]]
      : [
          ['library', library],
          ['hub', hub],
        ];
  }

  return {
    handle: (request, response) => {
      serve(request, response).catch((err: unknown) => {
        logger.debug({ err }, 'mirror request broke off');
        response.destroy();
      });
    },
    close() {
      library.close();
      hub?.close();
    },
  };
}

/** Streams a registry's answer on, as fast as the node reads. */
async function pass(found: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  response.writeHead(found.statusCode ?? 502, { ...pick(found.headers, ANSWER_HEADERS), ...API_VERSION });
  await pipeline(found, response);
}

function refuse(response: http.ServerResponse, status: number, code: string, message: string): void {
  answer(response, status, `${JSON.stringify({ errors: [{ code, message }] })}\n`);
}

function answer(response: http.ServerResponse, status: number, body: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...API_VERSION };
  response.writeHead(status, headers).end(body);
}

function pick(headers: http.IncomingHttpHeaders, names: readonly string[]): Record<string, string | string[]> {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}
