/** The scripts that pages of other sites load from here: read and packed once, the same bytes for as long as this manager runs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Logger } from '@drydock/service-kit';

/** Address -> file of packages/embed's build. */
const SCRIPTS: Readonly<Record<string, string>> = {
  '/embed.js': 'embed.js',
  '/katacoda/embed.js': 'katacoda-embed.js',
  '/pwd-sdk/dist/pwd.js': 'pwd.js',
  '/pwd-sdk/dist/pwd.min.js': 'pwd.js',
  '/pwd-sdk/dist/styles.css': 'styles.css',
};
/** The address whose bytes never change. The script looks for all else beside itself, so it lies beside the moving one. */
const PINNED = /^\/embed-([0-9a-f]{16})\.js$/;
/** A moving script is asked for anew after so long (s): an upgrade reaches pages within minutes, and a visit costs one request. */
const MOVING_SECONDS = 300;
/** An old one may be shown meanwhile (s). */
const STALE_SECONDS = 86_400;
const PINNED_SECONDS = 31_536_000;

/** Any page may load them, isolated ones and those with a hash of them too. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  vary: 'accept-encoding',
};

interface Script {
  contentType: string;
  version: string;
  integrity: string;
  bytes: Record<'br' | 'gzip' | 'identity', Buffer>;
}

export interface EmbedScripts {
  /** Where the loader is, and where the one is whose hash this is; undefined while it is not built. */
  readonly loader: { path: string; pinnedPath: string; integrity: string } | undefined;
  /** False when the path is none of theirs. */
  request(path: string, request: IncomingMessage, response: ServerResponse): boolean;
}

const typeOf = (file: string) => `text/${file.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`;

function pack(file: string, plain: Buffer): Script {
  const hash = (algorithm: string) => createHash(algorithm).update(plain);
  return {
    contentType: typeOf(file),
    version: hash('sha256').digest('hex').slice(0, 16),
    integrity: `sha384-${hash('sha384').digest('base64')}`,
    bytes: { br: brotliCompressSync(plain), gzip: gzipSync(plain, { level: 9 }), identity: plain },
  };
}

/** The best form that a client takes; `q=0` is a refusal. */
function encodingFor({ headers }: IncomingMessage): 'br' | 'gzip' | 'identity' {
  const taken = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';', 1)[0]);
  return (['br', 'gzip'] as const).find((encoding) => taken.includes(encoding)) ?? 'identity';
}

/** Reads the build in `directory`; what is not built is told in the log, and is not there. */
export function createEmbedScripts({ directory, logger }: { directory: string; logger: Logger }): EmbedScripts {
  const scripts = new Map<string, Script>();
  for (const [path, file] of Object.entries(SCRIPTS)) {
    try {
      scripts.set(path, pack(file, readFileSync(join(directory, file))));
    } catch (error) {
      logger.warn({ err: error, path }, 'a script for pages of other sites is not built (npm run build)');
    }
  }
  const loader = scripts.get('/embed.js');

  function answer(script: Script, cacheControl: string, request: IncomingMessage, response: ServerResponse): void {
    const encoding = encodingFor(request);
    const etag = `"${script.version}-${encoding}"`;
    const headers = { ...HEADERS, 'content-type': script.contentType, etag, 'cache-control': cacheControl };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    const bytes = script.bytes[encoding];
    response.writeHead(200, {
      ...headers,
      'content-length': bytes.byteLength,
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  function refuse(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, {
      ...HEADERS,
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(`${text}\n`);
  }

  return {
    loader:
      loader === undefined
        ? undefined
        : { path: '/embed.js', pinnedPath: `/embed-${loader.version}.js`, integrity: loader.integrity },
    request(path, request, response) {
      const version = PINNED.exec(path)?.[1];
      if (SCRIPTS[path] === undefined && version === undefined) return false;
      const script = version === undefined ? scripts.get(path) : loader;
      if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'GET it.');
      else if (script === undefined) refuse(response, 404, 'This script is not built here.');
      else if (version !== undefined && version !== script.version)
        refuse(response, 404, `That version is not here. This release has /embed-${script.version}.js.`);
      else {
        const moving = `public, max-age=${MOVING_SECONDS}, stale-while-revalidate=${STALE_SECONDS}`;
        answer(
          script,
          version === undefined ? moving : `public, max-age=${PINNED_SECONDS}, immutable`,
          request,
          response,
        );
      }
      return true;
    },
  };
}
