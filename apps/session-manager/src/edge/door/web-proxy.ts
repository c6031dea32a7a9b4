/** Passes page requests on to the web server on the loopback, so that there is one public origin. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { MANAGER_HEADER } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { createProxyServer } from 'httpxy';
import type { Origins } from '../base/origins.ts';
import { APART, pageResponse } from '../base/pages.ts';
import { FRAME_HEADERS } from '../embed/refusal-page.ts';
import { refuseUpgrade } from '../ports/pages.ts';

/** A page that takes longer than this (ms) will not come. */
const PAGE_TIMEOUT_MS = 30_000;
/** Connections to the web server that are kept open. */
const MAX_SOCKETS = 256;

/** Who may show a page in a frame: origins (with one label left open or not), or anybody. */
export interface PageFrame {
  ancestors: readonly string[] | 'any';
}

/** Tells the web server who may; what others send under this name is taken away. */
const ANCESTORS_HEADER = 'x-drydock-ancestors';

export interface WebProxy {
  /** `frame` is for the one page that others may show; no other may be. */
  request(request: IncomingMessage, response: ServerResponse, frame?: PageFrame): void;
  /** Pages have no sockets of their own in production; the development server's reload has. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Builds the proxy; without `webUrl` every page says that there is none. */
export function createWebProxy(deps: { webUrl: string | undefined; origins: Origins; logger: Logger }): WebProxy {
  const { webUrl, origins, logger } = deps;
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: 32 });
  const proxy = createProxyServer({ agent, proxyTimeout: PAGE_TIMEOUT_MS });

  proxy.on('error', (error, _request, response) => {
    logger.warn({ err: error }, 'web server is out of reach');
    if (response === undefined) return;
    if ('writeHead' in response) {
      if (response.headersSent) response.destroy();
      else pageResponse(response, 503, 'One moment', 'The pages are starting. This one reloads by itself.', 2);
    } else response.destroy();
  });

  function describe(request: IncomingMessage, frame?: PageFrame): void {
    // The pages were built for their path, which the front door took off.
    const { url: path = '/' } = request;
    if (origins.basePath !== '') request.url = origins.basePath + (/^\/(\?|$)/.test(path) ? path.slice(1) : path);
    const url = new URL(origins.publicOrigin);
    request.headers['x-forwarded-host'] = request.headers.host ?? url.host;
    request.headers['x-forwarded-proto'] = url.protocol.slice(0, -1);
    request.headers['x-drydock-frames'] = origins.frameSources(request.headers.host).join(' ');
    delete request.headers[ANCESTORS_HEADER];
    delete request.headers[MANAGER_HEADER];
    if (frame !== undefined) request.headers[ANCESTORS_HEADER] = [frame.ancestors].flat().join(' ');
    request.headers['x-forwarded-for'] = origins.clientAddress(request);
  }

  return {
    request(request, response, frame) {
      response.setHeader('x-content-type-options', 'nosniff');
      response.setHeader('referrer-policy', 'no-referrer');
      if (frame === undefined) response.setHeader('x-frame-options', 'DENY');
      const apart = frame === undefined ? APART : { ...APART, ...FRAME_HEADERS };
      for (const [name, value] of Object.entries(apart)) response.setHeader(name, value);
      if (origins.secure) response.setHeader('strict-transport-security', 'max-age=31536000');
      if (webUrl === undefined)
        return pageResponse(response, 404, 'No pages here', 'This manager serves the API only.');
      describe(request, frame);
      proxy.web(request, response, { target: webUrl }).catch(() => response.destroy());
    },
    upgrade(request, socket, head) {
      if (webUrl === undefined) return refuseUpgrade(socket, '404 Not Found');
      describe(request);
      proxy.ws(request, socket as never, { target: webUrl }, head).catch(() => socket.destroy());
    },
    close: () => agent.destroy(),
  };
}
