import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, type ManualClock } from '@drydock/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import type { ManagerSettings } from '../../settings.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { addSite, askStart, codeOf, operate, SITE_ORIGIN, startInFrame } from '../../testing/test-site.ts';

const METRICS = { host: '127.0.0.1', port: 0 };
const NOON = Date.parse('2026-11-29T12:00:00Z');

let test: TestManager;
let clock: ManualClock;
const folders: string[] = [];
afterEach(async () => {
  await test.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(settings: Partial<ManagerSettings> = {}): Promise<void> {
  clock = createManualClock(NOON);
  test = await startTestManager({ clock, settings: { metrics: METRICS, ...settings } });
  await test.host({ maxNodes: 50 });
}

const nodesOf = async (id: string, token: string) => {
  const { body } = await test.call('GET', `/sessions/${id}`, { token });
  return (body as { nodes: { name: string }[] }).nodes.map(({ name }) => name);
};

describe('a frame of a site that has a key', () => {
  it('gets a session with its nodes and a token, on the terms of the key, and no cookie', async () => {
    await start();
    const { key } = await addSite(test, { nodes: 2, minutes: 30 });
    const answer = await askStart(test, { site: key, nodes: 2 });
    expect(answer.headers.get('set-cookie')).toBeNull();
    const { session, token, readTerminal } = answer.body as Awaited<ReturnType<typeof startInFrame>>;
    expect(readTerminal).toBe(false);
    expect(session.expiresAt - session.createdAt).toBe(30 * 60_000);
    expect(session).toMatchObject({ limits: { nodes: 2 }, latestExpiresAt: session.expiresAt });
    await expect.poll(() => nodesOf(session.id, token)).toEqual(['node1', 'node2']);
    const page = await test.openPage(session.id, token);
    expect(page.snapshot).toMatchObject({ right: 'collaborator' });
    expect(codeOf(await test.call('POST', `/sessions/${session.id}/nodes`, { token }))).toBe('NODE_LIMIT');
  });

  it.each([
    ['no key', { site: undefined }, 'SITE_KEY_REFUSED'],
    ['a key of no form', { site: 'pk_nonsense' }, 'SITE_KEY_REFUSED'],
    ['a key that nobody was given', { site: `pk_${'a'.repeat(20)}` }, 'SITE_KEY_REFUSED'],
    ['another site', { origin: 'https://evil.example' }, 'SITE_ORIGIN_REFUSED'],
    ['the same name by http', { origin: 'http://docs.example.org' }, 'SITE_ORIGIN_REFUSED'],
    ['no origin', { origin: 'null' }, 'SITE_ORIGIN_REFUSED'],
    ['more nodes than the key allows', { nodes: 3 }, 'SITE_CHOICE_REFUSED'],
    ['a template that the key does not name', { template: 'registry' }, 'SITE_CHOICE_REFUSED'],
    ['a template whose nodes are too many', { template: 'workshop' }, 'SITE_CHOICE_REFUSED'],
    ['a lab that the key does not name', { lab: 'other' }, 'SITE_CHOICE_REFUSED'],
    ['a lab that is gone', { lab: 'acme-gone' }, 'UNKNOWN_LAB'],
  ])('with %s gets nothing, and none of the day', async (_what, wish, code) => {
    await start();
    const { key } = await addSite(test, { nodes: 2, daily: 1, labs: ['acme-*'], templates: ['workshop'] });
    expect(codeOf(await askStart(test, { site: key, ...wish }))).toBe(code);
    expect(codeOf(await askStart(test, { site: key, nodes: 2 }))).toBe('done');
  });

  it('begins a lab that the key allows, and no other afterwards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dd-labs-'));
    folders.push(folder);
    mkdirSync(join(folder, 'acme-first'));
    writeFileSync(join(folder, 'acme-first', 'lab.md'), '---\ntitle: First\n---\nHi.\n\n## Look\n\nDone.\n');
    await start({ labs: { builtInDir: undefined, operatorDir: folder, forges: new Map() } });
    const { key } = await addSite(test, { labs: ['acme-*'] });
    const { session, token } = await startInFrame(test, { site: key, lab: 'acme-first' });
    expect(session.lab).toBe('acme-first');
    const again = await test.call('POST', `/sessions/${session.id}/lab`, { token, body: { lab: 'acme-first' } });
    expect(codeOf(again)).toBe('FORBIDDEN');
    const template = await test.call('POST', `/sessions/${session.id}/templates`, {
      token,
      body: { template: 'one-node' },
    });
    expect(codeOf(template)).toBe('FORBIDDEN');
  });

  it('is nobody’s owner: it ends its session, and can neither share nor lengthen it', async () => {
    await start({ retentionMinutes: 60 });
    const { key } = await addSite(test);
    const { session, token } = await startInFrame(test, { site: key });
    const path = `/sessions/${session.id}`;
    for (const [method, below, body] of [
      ['POST', '/links', { right: 'viewer' }],
      ['POST', '/extend', { hours: 1 }],
      ['DELETE', '', undefined],
    ] as const)
      expect(codeOf(await test.call(method, `${path}${below}`, { token, body }))).toBe('FORBIDDEN');
    expect((await test.call('DELETE', `/embed${path}`, { token })).status).toBe(204);
    expect(codeOf(await test.call('GET', path, { token }))).toBe('SESSION_NOT_FOUND');
    const own = await test.createSession();
    expect(codeOf(await test.call('DELETE', `/embed/sessions/${own.session.id}`, { token: own.token }))).toBe(
      'FORBIDDEN',
    );
  });

  it('keeps no files after its end: nobody could fetch them', async () => {
    await start({ retentionMinutes: 60 });
    const { key } = await addSite(test, { minutes: 60 });
    const { session, token } = await startInFrame(test, { site: key });
    await expect.poll(() => nodesOf(session.id, token)).toEqual(['node1']);
    await clock.advance(61 * 60_000);
    await expect
      .poll(async () => codeOf(await operate(test, 'GET', `/sessions/${session.id}`)))
      .toBe('SESSION_NOT_FOUND');
  });

  it('begins as many sessions a day as the key says, over all pages, and the next day again', async () => {
    await start();
    const { key } = await addSite(test, { daily: 2 });
    for (const code of ['done', 'done', 'SITE_QUOTA_USED'])
      expect(codeOf(await askStart(test, { site: key }))).toBe(code);
    const refused = await askStart(test, { site: key });
    expect(refused).toMatchObject({ status: 429, body: { error: { details: { daily: 2 } } } });
    expect(refused.headers.get('retry-after')).toBe(String(12 * 3600));
    await clock.advance(12 * 3_600_000);
    expect(codeOf(await askStart(test, { site: key }))).toBe('done');
  });

  it('waits while as many of the site live as the key says; one that ends makes room', async () => {
    await start();
    const { key } = await addSite(test, { sessions: 2, daily: 10 });
    const [first] = [await startInFrame(test, { site: key }), await startInFrame(test, { site: key })];
    expect(codeOf(await askStart(test, { site: key }))).toBe('SITE_LIMIT');
    await test.call('DELETE', `/embed/sessions/${first.session.id}`, { token: first.token });
    expect(codeOf(await askStart(test, { site: key }))).toBe('done');
    expect((await operate(test, 'GET', '/sites')).body).toMatchObject([{ name: 'docs', running: 2, today: 3 }]);
  });

  it('is let in by its key where others must sign in, and does the work that a start costs', async () => {
    await start({ workBits: 4 });
    const { key } = await addSite(test);
    expect(codeOf(await askStart(test, { site: key }))).toBe('WORK_REQUIRED');
    await test.stop();
    const signIn = { issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: undefined, allow: [], required: true };
    await start({ embed: 'open', signIn: { ...signIn, operatorClaim: undefined } });
    const site = await addSite(test);
    expect(codeOf(await askStart(test, { site: site.key }))).toBe('done');
    expect(codeOf(await askStart(test, {}))).toBe('SIGN_IN_REQUIRED');
  });
});

it('a page of another site cannot ask by itself, whatever origin it names', async () => {
  await start();
  const { key } = await addSite(test);
  const foreign = { origin: SITE_ORIGIN, 'sec-fetch-site': 'cross-site' };
  expect(codeOf(await askStart(test, { site: key }, foreign))).toBe('FORBIDDEN');
  expect(codeOf(await askStart(test, { site: key }, { 'content-type': 'text/plain' }))).toBe('BAD_REQUEST');
  const { handle } = await startInFrame(test, { site: key });
  const body = { site: key, origin: SITE_ORIGIN, handle };
  expect(codeOf(await test.call('POST', '/embed/resume', { body, headers: foreign }))).toBe('FORBIDDEN');
});

describe('a handle', () => {
  const resume = (body: object, headers = {}) => test.call('POST', '/embed/resume', { body, headers });
  const proxies = async () => {
    const { BlockList } = await import('node:net');
    const trustedProxies = new BlockList();
    trustedProxies.addAddress('127.0.0.1');
    return { trustedProxies };
  };

  it('goes on with its session, costs none of the day, and shows no token', async () => {
    await start();
    const { key } = await addSite(test, { daily: 1 });
    const { session, token, handle } = await startInFrame(test, { site: key });
    expect(Buffer.from(handle, 'base64url').toString('latin1')).not.toContain(token.slice(0, 8));
    const again = await resume({ site: key, origin: SITE_ORIGIN, handle });
    expect(again).toMatchObject({ status: 200, body: { token, session: { id: session.id } } });
    await test.call('DELETE', `/embed/sessions/${session.id}`, { token });
    expect(codeOf(await resume({ site: key, origin: SITE_ORIGIN, handle }))).toBe('SESSION_NOT_FOUND');
  });

  it('is of no use to another site, another address, or with a letter changed', async () => {
    await start(await proxies());
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const one = await addSite(test, { origins: [SITE_ORIGIN, 'https://blog.example.org'] });
    const other = await addSite(test, { name: 'other' });
    const begun = await askStart(test, { site: one.key }, from('2001:db8:1:2::1'));
    const { handle } = begun.body as { handle: string };
    const right = { site: one.key, origin: SITE_ORIGIN, handle };
    expect((await resume(right, from('2001:db8:1:2::9'))).status).toBe(200);
    for (const [wrong, address] of [
      [right, '2001:db8:1:3::1'],
      [{ ...right, site: other.key }, '2001:db8:1:2::1'],
      [{ ...right, origin: 'https://blog.example.org' }, '2001:db8:1:2::1'],
      [{ ...right, handle: `${handle.slice(0, -2)}${handle.endsWith('AA') ? 'BB' : 'AA'}` }, '2001:db8:1:2::1'],
      [{ ...right, handle: 'x' }, '2001:db8:1:2::1'],
    ] as const)
      expect(codeOf(await resume(wrong, from(address)))).toBe('SESSION_NOT_FOUND');
  });

  it('goes on after its site has another key, by either as long as both are good, and not after the site is gone', async () => {
    await start();
    const { key } = await addSite(test);
    const { handle } = await startInFrame(test, { site: key });
    const rotated = await operate(test, 'POST', `/sites/${key}/rotate`, { keepHours: 1 });
    const next = (rotated.body as { key: string }).key;
    for (const site of [key, next]) expect((await resume({ site, origin: SITE_ORIGIN, handle })).status).toBe(200);
    await clock.advance(3_600_000);
    expect(codeOf(await resume({ site: key, origin: SITE_ORIGIN, handle }))).toBe('SITE_KEY_REFUSED');
    expect(codeOf(await askStart(test, { site: next }))).toBe('done');
    await operate(test, 'DELETE', `/sites/${next}`);
    for (const site of [key, next]) expect(codeOf(await askStart(test, { site }))).toBe('SITE_KEY_REFUSED');
  });
});

describe('a page without a key', () => {
  it('begins nothing where embedding is off, with a key neither', async () => {
    await start({ embed: 'off' });
    const { key } = await addSite(test);
    for (const wish of [{}, { site: key }]) expect(codeOf(await askStart(test, wish))).toBe('EMBED_OFF');
  });

  it('begins within the bounds of all such pages where any may', async () => {
    await start({ embed: 'open' });
    for (const origin of ['https://a.example', 'null']) expect(codeOf(await askStart(test, { origin }))).toBe('done');
    expect(codeOf(await askStart(test, { nodes: 4 }))).toBe('SITE_CHOICE_REFUSED');
    expect(codeOf(await askStart(test, { site: `pk_${'a'.repeat(20)}` }))).toBe('SITE_KEY_REFUSED');
    for (let at = 2; at < 20; at += 1) expect(codeOf(await askStart(test, {}))).toBe('done');
    expect(codeOf(await askStart(test, {}))).toBe('SITE_LIMIT');
  });
});

describe('an operator', () => {
  it('keeps sites: each call is on the trail, and what cannot be is refused', async () => {
    await start({ maxNodes: 4 });
    const site = await addSite(test, { origins: ['https://*.Example.org', 'https://*.example.org:443'] });
    expect(site.origins).toEqual(['https://*.example.org']);
    for (const [wish, code] of [
      [{ name: 'docs', origins: ['https://x.example'] }, 'CONFLICT'],
      [{ name: 'a', origins: ['x.example'] }, 'BAD_REQUEST'],
      [{ name: 'a', origins: [] }, 'BAD_REQUEST'],
      [{ name: 'a', origins: ['https://x.example'], nodes: 5 }, 'BAD_REQUEST'],
      [{ name: 'a', origins: ['https://x.example'], minutes: 12 * 60 + 1 }, 'BAD_REQUEST'],
      [{ name: 'a', origins: ['https://x.example'], colour: 'red' }, 'BAD_REQUEST'],
    ] as const)
      expect(codeOf(await operate(test, 'POST', '/sites', wish))).toBe(code);
    expect(codeOf(await operate(test, 'DELETE', '/sites/pk_unknown'))).toBe('NOT_FOUND');
    await operate(test, 'POST', `/sites/${site.key}/rotate`, { keepHours: 0 });
    const { body } = await operate(test, 'GET', '/sites');
    expect(body).toMatchObject([{ id: site.id, name: 'docs', today: 0, running: 0 }]);
    const [{ key }] = body as [{ key: string }];
    expect(key).not.toBe(site.key);
    await operate(test, 'DELETE', `/sites/${key}`);
    const trail = (await operate(test, 'GET', '/audit')).body as { action: string; target: string; by: string }[];
    expect(trail.map(({ by, action, target }) => [by, action, target])).toEqual([
      ['ann', 'remove-site', 'docs'],
      ['ann', 'rotate-site', 'docs'],
      ['ann', 'add-site', 'docs'],
    ]);
  });
});
