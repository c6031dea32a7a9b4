/** Two origins for the tests of embeds: a site of somebody else, and an installation whose frame only records what it is asked. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../packages/embed/', import.meta.url));

/** Plays the frame: greets, answers that it is ready, and keeps every request in `window.recorded`. */
const RECORDING_FRAME = `<!doctype html><title>recorder</title><script>
  window.recorded = [];
  addEventListener('message', ({ data, ports, source, origin }) => {
    if (source !== parent || data.drydock !== 1 || '#' + data.nonce !== location.hash) return;
    window.greetedBy = origin;
    const port = ports[0];
    port.onmessage = ({ data: request, ports: more }) => {
      window.recorded.push({ ...request, ports: more.length });
      if (request.type === 'start') port.postMessage({ type: 'state', state: 'ready', nodes: ['node1', 'node2'] });
      if (request.type === 'run' || request.type === 'write') port.postMessage({ type: 'ran', id: request.id, exit: 3 });
      if (request.type === 'end') port.postMessage({ type: 'state', state: 'ended', code: 'SESSION_ENDED' });
    };
  });
  parent.postMessage('drydock-listens', '*');
</script>`;

/** Scripts of other makers, by the addresses at which old pages load them. */
const OLD_SCRIPTS: Readonly<Record<string, string>> = {
  '/katacoda/embed.js': 'katacoda-embed.js',
  '/pwd-sdk/dist/pwd.js': 'pwd.js',
  '/pwd-sdk/dist/pwd.min.js': 'pwd.js',
};

export interface EmbedSite {
  /** The address of the site's page NAME. */
  page(name: string): string;
  /** As the site's pages are known to frames on them. */
  origin: string;
  /** Adds a page of the site; EMBED_ORIGIN in it stands for the installation. */
  addPage(name: string, html: string, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

export interface EmbedOrigins extends Omit<EmbedSite, 'origin'> {
  /** The installation's origin. */
  installation: string;
  /** Paths that the installation was asked for. */
  asked: string[];
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Starts a site whose pages show frames of `installation`; it is reached by the host name `host`, another than the installation's. */
export async function startEmbedSite(installation: string, host: string): Promise<EmbedSite> {
  const pages = new Map<string, { html: string | undefined; headers: Record<string, string> }>();
  const site = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://x').pathname.slice(1);
    const page = pages.get(name) ?? { html: readFixture(name), headers: {} };
    if (page.html === undefined) return response.writeHead(404).end();
    const filled = (text: string) => text.replaceAll('EMBED_ORIGIN', installation);
    const headers = Object.entries(page.headers).map(([key, value]) => [key, filled(value)]);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...Object.fromEntries(headers) });
    return response.end(filled(page.html));
  });
  const origin = `http://${host}:${await listen(site)}`;
  return {
    origin,
    page: (name) => `${origin}/${name}`,
    addPage: (name, html, headers = {}) => void pages.set(name, { html, headers }),
    close: () => close(site),
  };
}

/** Starts both; the site is reached by another host name than the installation. */
export async function startEmbedOrigins(): Promise<EmbedOrigins> {
  execFileSync(process.execPath, [`${PACKAGE}build.mjs`]);
  const loader = readFileSync(`${PACKAGE}dist/embed.js`);
  const asked: string[] = [];
  const installation = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    asked.push(pathname);
    const old = OLD_SCRIPTS[pathname];
    if (old !== undefined)
      response.setHeader('content-type', 'text/javascript').end(readFileSync(`${PACKAGE}dist/${old}`));
    else if (pathname === '/embed.js') response.setHeader('content-type', 'text/javascript').end(loader);
    else if (pathname === '/embed') response.setHeader('content-type', 'text/html').end(RECORDING_FRAME);
    else response.writeHead(404).end();
  });
  const origin = `http://127.0.0.1:${await listen(installation)}`;
  const site = await startEmbedSite(origin, 'localhost');
  return {
    ...site,
    installation: origin,
    asked,
    async close() {
      for (const each of [site.close(), close(installation)]) await each;
    },
  };
}

function readFixture(name: string): string | undefined {
  try {
    return readFileSync(`${PACKAGE}fixtures/${name}.html`, 'utf8');
  } catch {
    return undefined;
  }
}
