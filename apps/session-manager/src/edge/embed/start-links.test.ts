import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ManagerSettings } from '../../settings.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

let test: TestManager;
let folder: string;
afterEach(async () => {
  await test.stop();
  rmSync(folder, { recursive: true });
});

async function start(settings: Partial<ManagerSettings> = {}): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'dd-labs-'));
  mkdirSync(join(folder, 'first'));
  writeFileSync(join(folder, 'first', 'lab.md'), '---\ntitle: First & "best"\n---\nHi.\n\n## Look\n\nDone.\n');
  writeFileSync(join(folder, 'embed.js'), 'script();\n');
  const labs = { builtInDir: undefined, operatorDir: folder, forges: new Map() };
  test = await startTestManager({ settings: { labs, embedScriptsDir: folder, ...settings } });
}

const base = () => test.manager.origin;
const get = (path: string, init: RequestInit = {}) => fetch(`${test.origin}${path}`, { redirect: 'manual', ...init });
const about = (url: string, more = '') => get(`/oembed?url=${encodeURIComponent(url)}${more}`);

describe('/start', () => {
  it.each([
    ['?lab=first', '/labs/first'],
    ['?lab=gh:acme/docs/a%20b@v1', '/labs/gh%3Aacme/docs/a%20b%40v1'],
    ['?lab=//evil.example', '/labs///evil.example'],
    ['?stack=https%3A%2F%2Fx.example%2Fc.yml&stack_name=web', '/?stack=https%3A%2F%2Fx.example%2Fc.yml&stack_name=web'],
    ['?template=swarm-3', '/?template=swarm-3'],
    ['', '/'],
    [`?lab=${'a'.repeat(5000)}`, '/'],
  ])('%s leads to our page that says what would start, and starts nothing', async (query, path) => {
    await start();
    const answer = await get(`/start${query}`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(`${base()}${path}`);
    expect((await test.call('GET', '/status')).body).toMatchObject({ sessions: 0 });
  });
});

describe('/oembed', () => {
  it('has the element of a lab for any page, where any page may show it', async () => {
    await start({ embed: 'open' });
    const answer = await about(`${base()}/labs/first`, '&maxwidth=500&maxheight=9000');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toEqual({
      version: '1.0',
      type: 'rich',
      title: 'First & "best"',
      width: 500,
      height: 600,
      cache_age: 3600,
      provider_name: 'Drydock',
      provider_url: base(),
      html: `<drydock-lab lab="first" height="600px"></drydock-lab><script src="${base()}/embed.js" async></script>`,
    });
    expect(await (await about(`${base()}/start?lab=first`)).json()).toMatchObject({ type: 'rich', width: 800 });
  });

  it('has a link where pages need a key', async () => {
    await start({ embed: 'keys' });
    const body = await (await about(`${base()}/labs/first`)).json();
    expect(body).toMatchObject({ type: 'link', title: 'First & "best"' });
    expect(body).not.toHaveProperty('html');
  });

  it('knows labs that are listed here, in JSON, and nothing else', async () => {
    await start({ embed: 'open' });
    for (const url of [
      '',
      'nonsense',
      'https://evil.example/labs/first',
      `${base()}/labs/other`,
      `${base()}/s/aaaaaaaa`,
    ])
      expect((await about(url)).status, url).toBe(404);
    expect((await about(`${base()}/start?lab=gh:acme/docs`)).status).toBe(404);
    expect((await about(`${base()}/labs/first`, '&format=xml')).status).toBe(501);
    expect((await get('/oembed', { method: 'POST' })).status).toBe(405);
  });

  it('lies below the path of a shared origin', async () => {
    await start({ embed: 'open', publicUrl: 'https://example.org/tools/lab' });
    expect(await (await about('https://example.org/tools/lab/labs/first')).json()).toMatchObject({ type: 'rich' });
    expect((await about('https://example.org/labs/first')).status).toBe(404);
    expect((await get('/start?lab=first')).headers.get('location')).toBe('https://example.org/tools/lab/labs/first');
  });
});
