import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@drydock/service-kit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MANIFEST_TYPE, openRegistry, type TestRegistry } from '../testing/registry.ts';
import type { SearchAnswer } from './library-search.ts';
import { createMirrorFront, type MirrorFrontDeps } from './mirror-front.ts';

const layer = Buffer.alloc(3_000_000, 'drydock');
const cleanup: (() => unknown)[] = [];
let library: TestRegistry;
let outside: TestRegistry;
let cache: TestRegistry;

beforeAll(async () => {
  [library, outside] = await Promise.all([openRegistry(), openRegistry()]);
  cache = await openRegistry(outside.url);
  await library.push('library/nginx', '1.26', layer);
  await library.push('drydock/web', '1', Buffer.from('web'));
  await outside.push('library/alpine', 'latest', Buffer.from('alpine'));
  await outside.push('library/nginx', '1.26', Buffer.from('another nginx'));
});
afterAll(() => Promise.all([library, outside, cache].map((registry) => registry?.close())));
afterEach(async () => {
  for (const release of cleanup.splice(0)) await release();
});

async function openFront(deps: Partial<MirrorFrontDeps> = {}): Promise<string> {
  const logger = createLogger('test', 'silent');
  const front = createMirrorFront({ libraryUrl: library.url, hasInternet: async () => false, logger, ...deps });
  const server = http.createServer(front.handle);
  cleanup.push(
    () => front.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const accept = { headers: { accept: MANIFEST_TYPE } };

test('an image of the library is served by tag and by digest, byte for byte', async () => {
  const front = await openFront();
  expect((await fetch(`${front}/v2/`)).status).toBe(200);
  const byTag = await fetch(`${front}/v2/library/nginx/manifests/1.26`, accept);
  expect(byTag.headers.get('content-type')).toBe(MANIFEST_TYPE);
  const manifest = (await byTag.json()) as { layers: { digest: string }[] };
  const digest = byTag.headers.get('docker-content-digest');
  expect((await fetch(`${front}/v2/library/nginx/manifests/${digest}`, { ...accept, method: 'HEAD' })).status).toBe(
    200,
  );
  const blob = `${front}/v2/library/nginx/blobs/${manifest.layers[0]?.digest}`;
  expect(Buffer.from(await (await fetch(blob)).arrayBuffer()).equals(layer)).toBe(true);
  const part = await fetch(blob, { headers: { range: 'bytes=10-19' } });
  expect([part.status, await part.text()]).toEqual([206, layer.subarray(10, 20).toString()]);
});

test('without internet a missing image is refused with a sentence that Docker shows and stops at', async () => {
  const front = await openFront();
  for (const method of ['HEAD', 'GET']) {
    const answer = await fetch(`${front}/v2/library/nosuch/manifests/latest`, { ...accept, method });
    expect(answer.status).toBe(502);
    expect(answer.statusText).toMatch(
      /^This Drydock is offline and does not include "nosuch:latest"\. Included: .*drydock\/web, nginx \(no such process\)$/,
    );
  }
  const misspelt = await fetch(`${front}/v2/library/ngnix/manifests/latest`, accept);
  expect(misspelt.statusText).toContain('does not include "ngnix:latest". Nearest: nginx. Included: ');
});

test('a missing tag is not found, in the words that docker’s users know, and the tags there are come after them', async () => {
  const front = await openFront();
  const answer = await fetch(`${front}/v2/library/nginx/manifests/3`, accept);
  expect([answer.status, answer.statusText]).toEqual([
    502,
    'manifest for nginx:3 not found: manifest unknown. This Drydock is offline. Included tags of nginx: 1.26 (no such process)',
  ]);
});

test('a refusal stops Docker also when more is included than a status line holds', async () => {
  const many = await openRegistry();
  cleanup.push(() => many.close());
  for (let k = 0; k < 60; k += 1) await many.push(`library/an-image-of-the-library-${k}`, '1', Buffer.from('x'));
  const front = await openFront({ libraryUrl: many.url });
  const { statusText } = await fetch(`${front}/v2/library/nosuch/manifests/latest`, accept);
  expect(statusText.length).toBeLessThanOrEqual(600);
  expect(statusText).toMatch(/, \.\.\. \(no such process\)$/);
});

test('docker search is answered from the library’s list, names before descriptions, and by nobody with internet', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-list-'));
  cleanup.push(() => rm(folder, { recursive: true }));
  const libraryFile = join(folder, 'library.json');
  const images = [
    { repository: 'adminer', description: 'For redis no, for databases yes' },
    { repository: 'redis', description: 'The key-value store' },
    { repository: 'nginx', description: 'A web server' },
  ];
  await writeFile(libraryFile, JSON.stringify({ images }));
  const front = await openFront({ libraryFile });
  expect((await fetch(`${front}/v1/_ping`)).status).toBe(200);
  const search = async (query: string) => (await fetch(`${front}/v1/search?${query}`)).json() as Promise<SearchAnswer>;
  const found = await search('q=Redis&n=25');
  expect(found.results.map(({ name }) => name)).toEqual(['redis', 'adminer']);
  expect(found).toMatchObject({ query: 'Redis', num_results: 2 });
  expect((await search('q=redis&n=1')).num_results).toBe(1);
  expect((await search('q=nosuch')).results).toEqual([]);
  const connected = await openFront({ libraryFile, hasInternet: async () => true });
  expect((await fetch(`${connected}/v1/search?q=redis`)).status).toBe(404);
});

test('with internet and no cache a missing image is left for Docker to fetch by itself', async () => {
  const front = await openFront({ hasInternet: async () => true });
  const answer = await fetch(`${front}/v2/library/nosuch/manifests/latest`, accept);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ errors: [{ code: 'MANIFEST_UNKNOWN' }] });
});

test('what the library lacks comes through the cache, what it has never does', async () => {
  const front = await openFront({ hubUrl: cache.url });
  expect((await fetch(`${front}/v2/library/alpine/manifests/latest`, accept)).status).toBe(200);
  const nginx = (await (await fetch(`${front}/v2/library/nginx/manifests/1.26`, accept)).json()) as {
    layers: { size: number }[];
  };
  expect(nginx.layers[0]?.size).toBe(layer.length);
});

test('the cache serves an image that it has when the registry outside is gone', async () => {
  const far = await openRegistry();
  const { layer: digest } = await far.push('library/alpine', 'latest', Buffer.from('alpine'));
  const near = await openRegistry(far.url);
  cleanup.push(() => near.close());
  const front = await openFront({ hubUrl: near.url });
  const manifest = await fetch(`${front}/v2/library/alpine/manifests/latest`, accept);
  const known = manifest.headers.get('docker-content-digest');
  expect(await (await fetch(`${front}/v2/library/alpine/blobs/${digest}`)).text()).toBe('alpine');
  // The cache stores a blob after it has passed it on.
  await expect.poll(() => near.stores('library/alpine', digest), { timeout: 10_000 }).toBe(true);
  await far.close();
  expect((await fetch(`${front}/v2/library/alpine/manifests/${known}`, accept)).status).toBe(200);
  expect(await (await fetch(`${front}/v2/library/alpine/blobs/${digest}`)).text()).toBe('alpine');
});

test('a library that is down is an error of the front, never its end', async () => {
  const gone = await openRegistry();
  await gone.close();
  const front = await openFront({ libraryUrl: gone.url });
  const answer = await fetch(`${front}/v2/library/nginx/manifests/1.26`, accept);
  expect([answer.status, answer.statusText]).toEqual([502, expect.stringContaining('does not answer just now')]);
  expect((await fetch(`${front}/v2/`)).status).toBe(200);
});

test('nobody can write to the library through the mirror', async () => {
  const front = await openFront();
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await fetch(`${front}/v2/library/nginx/blobs/uploads/`, { method });
    expect(answer.status).toBe(405);
  }
  expect((await fetch(`${library.url}/v2/library/nginx/manifests/1.26`, accept)).status).toBe(200);
});

test('a node that reads slowly is waited for, not buffered', async () => {
  const big = Buffer.alloc(64 * 1024 * 1024, 7);
  const { layer: digest } = await library.push('library/big', '1', big);
  const front = await openFront();
  const before = process.memoryUsage().rss;
  const paused: http.IncomingMessage[] = [];
  for (let i = 0; i < 4; i++) {
    const [answer] = (await once(http.get(`${front}/v2/library/big/blobs/${digest}`), 'response')) as [
      http.IncomingMessage,
    ];
    answer.once('error', () => undefined);
    paused.push(answer.pause());
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const grown = process.memoryUsage().rss - before;
  for (const answer of paused) answer.destroy();
  // Four such blobs are 256 MiB; sockets and streams hold a few.
  expect(grown).toBeLessThan(96 * 1024 * 1024);
});
