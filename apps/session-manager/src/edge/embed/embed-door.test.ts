import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Site } from '@drydock/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import type { EmbedMode } from '../../sites/sites.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { addSite, SITE_ORIGIN } from '../../testing/test-site.ts';

let test: TestManager;
let web: Server;
let site: Site;
afterEach(async () => {
  await test.stop();
  web.close();
});

/** Starts a manager before a server in the place of the pages, which says what it was told of who may show it. */
async function start(embed: EmbedMode): Promise<void> {
  web = createServer(({ headers }, response) => response.end(`page for ${headers['x-drydock-ancestors'] ?? 'nobody'}`));
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  test = await startTestManager({ settings: { embed, webUrl, metrics: { host: '127.0.0.1', port: 0 } } });
  site = await addSite(test, { origins: [SITE_ORIGIN, 'https://*.example.net:8443'] });
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${test.origin}${path}`, { headers });
const frameOf = (key = site.key, headers = {}) => get(`/embed?site=${key}&nodes=2`, headers);

describe('the page of frames', () => {
  it('may be shown by the origins of its key, and by nobody else', async () => {
    await start('keys');
    const answer = await frameOf();
    expect(await answer.text()).toBe(`page for ${SITE_ORIGIN} https://*.example.net:8443`);
    expect(answer.headers.get('x-frame-options')).toBeNull();
    // For pages that are isolated themselves.
    expect(answer.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  });

  it('is the only one that others may show, whatever a request says', async () => {
    await start('open');
    expect(await (await get('/embed')).text()).toBe('page for any');
    const forged = { 'x-drydock-ancestors': 'https://evil.example' };
    for (const path of [
      '/',
      '/s/aaaaaaaa',
      '/labs',
      '/operator',
      '/embedded',
      '/embed/x',
      '//embed',
      '/EMBED',
      '/s/embed',
    ]) {
      const answer = await get(path, forged);
      expect(await answer.text(), path).toBe('page for nobody');
      expect(answer.headers.get('x-frame-options'), path).toBe('DENY');
      expect(answer.headers.get('cross-origin-resource-policy'), path).toBe('same-origin');
      expect(answer.headers.get('cross-origin-embedder-policy'), path).toBeNull();
    }
    expect(await (await get('/embed', forged)).text()).toBe('page for any');
  });

  it.each([
    ['off', 'EMBED_OFF', () => frameOf()],
    ['keys', 'SITE_KEY_REFUSED', () => get('/embed')],
    ['keys', 'SITE_KEY_REFUSED', () => frameOf(`pk_${'a'.repeat(20)}`)],
    [
      'keys',
      'SITE_ORIGIN_REFUSED',
      () => frameOf(site.key, { referer: 'https://evil.example/', 'sec-fetch-dest': 'iframe' }),
    ],
    ['keys', 'SITE_ORIGIN_REFUSED', () => frameOf(site.key, { referer: 'https://a.b.example.net:8443/' })],
  ] as const)(
    'where embedding is %s says %s in its place, to any page, and can do nothing else',
    async (mode, code, ask) => {
      await start(mode);
      const answer = await ask();
      expect(answer.status).toBe(403);
      const text = await answer.text();
      expect(text).toContain(`data-code="${code}"`);
      expect(text).not.toContain('page for');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[A-Za-z0-9+/=]+'; require-trusted-types-for 'script'; trusted-types 'none'$/,
      );
      expect(answer.headers.get('x-frame-options')).toBeNull();
      expect(answer.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    },
  );

  it('believes a page that does not say where it is, and leaves it to the browser', async () => {
    await start('keys');
    for (const headers of [
      {},
      { referer: `${SITE_ORIGIN}/page` },
      { referer: 'https://evil.example/', 'sec-fetch-dest': 'document' },
      { referer: 'nonsense' },
    ])
      expect((await frameOf(site.key, headers)).status).toBe(200);
  });
});
