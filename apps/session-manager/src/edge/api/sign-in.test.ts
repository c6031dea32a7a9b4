import type { SessionId } from '@drydock/protocol';
import { createManualClock, type ManualClock } from '@drydock/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AllowList, parseAllowList } from '../../sign-in/allow-list.ts';
import {
  createTestBrowser,
  passIssuer,
  startTestIssuer,
  type TestBrowser,
  type TestIssuer,
} from '../../testing/test-issuer.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { CALLBACK_PATH } from './sign-in.ts';

const PEOPLE = {
  ann: { email: 'ann@school.example', name: 'Ann', groups: ['teachers', 'operators'] },
  bob: { email: 'bob@elsewhere.example', name: 'Bob', groups: ['operators-of-nothing'] },
  eve: { email: 'eve@school.example', verified: false, name: 'Eve' },
  sub7: { name: 'Nobody’s address' },
};

let issuer: TestIssuer;
let test: TestManager;
let browser: TestBrowser;
let clock: ManualClock;

async function start(
  allow: AllowList = [],
  more: { required?: boolean; publicUrl?: string; opened?: boolean } = {},
): Promise<void> {
  const { required = true, publicUrl, opened = true } = more;
  issuer = await startTestIssuer(PEOPLE);
  clock = createManualClock(Date.now());
  const { url, clientId, clientSecret } = issuer;
  const operatorClaim = { name: 'groups', value: 'operators' };
  const signIn = { issuer: url, clientId, clientSecret, allow, required, operatorClaim };
  test = await startTestManager({ clock, settings: { signIn, sessionsPerUser: 2, publicUrl } });
  await test.host();
  if (opened) openIssuer();
}
const openIssuer = () => issuer.open(`${test.manager.origin}${CALLBACK_PATH}`);
beforeEach(() => {
  browser = createTestBrowser();
});
afterEach(async () => {
  await test.stop();
  await issuer.close();
});

const origin = () => test.manager.origin;
const atIssuer = (who: TestBrowser = browser) => who.visit(`${origin()}/api/v1/sign-in`);
const signIn = async (login: string, who: TestBrowser = browser) => passIssuer(who, await atIssuer(who), login);
const cookie = (who: TestBrowser = browser) =>
  [...who.cookies(origin())].map(([name, value]) => `${name}=${value}`).join('; ');
const create = (headers: Record<string, string> = { cookie: cookie(), origin: origin() }) =>
  test.call('POST', '/sessions', { body: {}, headers });
const me = async () => (await test.call('GET', '/me', { headers: { cookie: cookie() } })).body;

describe('sign-in by OpenID Connect', () => {
  it('lets in who signed in at the issuer, and nobody else', async () => {
    await start();
    expect(await create()).toMatchObject({ status: 401, body: { error: { code: 'SIGN_IN_REQUIRED' } } });
    expect(await me()).toEqual({ signIn: 'required', user: null });
    const back = await signIn('ann');
    expect(back.url).toBe(`${origin()}/`);
    expect(await me()).toEqual({ signIn: 'required', user: { name: 'Ann', sessions: 0, maxSessions: 2 } });
    expect((await create()).status).toBe(201);
  });

  it('takes those of the list by verified address, domain or subject', async () => {
    await start(parseAllowList('@school.example, sub:sub7'));
    for (const [login, allowed] of Object.entries({ ann: true, bob: false, eve: false, sub7: true })) {
      browser = createTestBrowser();
      const back = await signIn(login);
      expect([login, back.status === 403]).toEqual([login, !allowed]);
      expect([login, (await create()).status]).toEqual([login, allowed ? 201 : 401]);
    }
  });

  it('opens the operator’s page to whom the issuer calls an operator, and to nobody else', async () => {
    await start();
    const look = async () => (await test.call('GET', '/operator/me', { headers: { cookie: cookie() } })).status;
    const back = await passIssuer(browser, await browser.visit(`${origin()}/api/v1/sign-in?page=operator`), 'ann');
    expect(back.url).toBe(`${origin()}/operator`);
    expect(await look()).toBe(200);
    const led = createTestBrowser();
    const elsewhere = await led.visit(`${origin()}/api/v1/sign-in?page=https://evil.example`);
    expect((await passIssuer(led, elsewhere, 'ann')).url).toBe(`${origin()}/`);
    browser = createTestBrowser();
    await signIn('bob');
    expect(await look()).toBe(401);
  });

  it('refuses a blocked person the sign-in and new sessions', async () => {
    await start();
    await signIn('bob');
    const { body } = await create();
    const { userId = '' } = (await test.store.sessions.get((body as { session: { id: SessionId } }).session.id)) ?? {};
    const block = { id: 'b1', kind: 'person', value: userId, reason: 'r', by: 'ann', createdAt: 0 } as const;
    await test.store.operator.putBlock({ ...block, until: clock.now() + 3_600_000 });
    clock.advance(2500);
    await expect.poll(async () => (await create()).body).toMatchObject({ error: { code: 'BLOCKED' } });
    browser = createTestBrowser();
    expect((await signIn('bob')).status).toBe(403);
    browser = createTestBrowser();
    await signIn('ann');
    expect((await create()).status).toBe(201);
  });

  it('gives each person their own number of sessions, whatever browser they use', async () => {
    await start();
    await signIn('ann');
    const first = await create();
    expect((await create()).status).toBe(201);
    expect(await create()).toMatchObject({ status: 409, body: { error: { code: 'USER_LIMIT' } } });
    const second = createTestBrowser();
    await signIn('ann', second);
    expect((await create({ cookie: cookie(second), origin: origin() })).status).toBe(409);
    const other = createTestBrowser();
    await signIn('bob', other);
    expect((await create({ cookie: cookie(other), origin: origin() })).status).toBe(201);
    const { session, token } = first.body as { session: { id: string }; token: string };
    await test.call('DELETE', `/sessions/${session.id}`, { token });
    expect((await create()).status).toBe(201);
  });

  it('ties the answer of the issuer to the browser that asked, once, and for ten minutes', async () => {
    await start();
    browser = createTestBrowser({ stopBefore: `${origin()}${CALLBACK_PATH}` });
    const { url, status } = await signIn('ann');
    expect(status).toBe(0);
    const other = createTestBrowser();
    expect((await other.visit(url)).status).toBe(403); // No cookie of the way there.
    await other.visit(`${origin()}/api/v1/sign-in`);
    expect((await other.visit(url)).status).toBe(403); // A cookie of its own, but the state of another.
    expect(other.cookies(origin()).has('dd_user')).toBe(false);
    const back = createTestBrowser();
    for (const [name, value] of browser.cookies(origin())) back.cookies(origin()).set(name, value);
    expect((await back.visit(url)).url).toBe(`${origin()}/`);
    expect(back.cookies(origin()).has('dd_user')).toBe(true);
    expect((await browser.visit(url)).status).toBe(403); // The code is used up.
    // The way there ends.
    const slow = createTestBrowser();
    const form = await atIssuer(slow);
    clock.advance(11 * 60_000);
    expect((await passIssuer(slow, form, 'bob')).status).toBe(403);
  });

  it('forgets after twelve hours, at sign-out from our own pages, and believes no changed cookie', async () => {
    await start();
    await signIn('ann');
    const headers = { cookie: cookie() };
    expect(
      (await test.call('POST', '/sign-out', { headers: { ...headers, origin: 'https://evil.example' } })).status,
    ).toBe(403);
    const out = await test.call('POST', '/sign-out', { headers: { ...headers, origin: origin() } });
    expect(out.headers.get('set-cookie')).toMatch(/^dd_user=; .*Max-Age=0/);
    expect((await create({ cookie: cookie().replace(/dd_user=(.)/, 'dd_user=x$1'), origin: origin() })).status).toBe(
      401,
    );
    const [payload, signature] = (browser.cookies(origin()).get('dd_user') ?? '').split('.');
    const forged = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    forged.value.name = 'Mallory';
    const changed = `dd_user=${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
    expect((await create({ cookie: changed, origin: origin() })).status).toBe(401);
    clock.advance(12 * 3_600_000);
    expect((await create()).status).toBe(401);
  });

  it('does not let a page of another site spend somebody’s sessions', async () => {
    await start();
    await signIn('ann');
    expect((await create({ cookie: cookie(), origin: 'https://evil.example' })).status).toBe(403);
  });

  it('sets host-only cookies that no script reads, and only over TLS where there is TLS', async () => {
    await start();
    await signIn('ann');
    for (const line of browser.setCookies(origin())) {
      expect(line).toMatch(/^dd_operator=/.test(line) ? /; HttpOnly; SameSite=Strict$/ : /; HttpOnly; SameSite=Lax$/);
      expect(line).not.toMatch(/domain=/i);
    }
    await test.stop();
    await issuer.close();
    await start([], { publicUrl: 'https://lab.example.org' });
    const way = await fetch(`http://127.0.0.1:${test.manager.port}/api/v1/sign-in`, { redirect: 'manual' });
    expect(way.headers.get('set-cookie')).toMatch(/^__Host-dd_sign_in=.*; Path=\/; .*HttpOnly; SameSite=Lax; Secure$/);
  });

  it('says so while the issuer is away, and works when it is there', async () => {
    await start([], { opened: false });
    const answer = await test.call('GET', '/sign-in');
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'SIGN_IN_UNAVAILABLE', retry: 'later' } } });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    openIssuer();
    await signIn('ann');
    expect((await create()).status).toBe(201);
  });

  it('is a choice where the operator does not require it, and nothing where there is no issuer', async () => {
    await start([], { required: false });
    expect((await create({})).status).toBe(201);
    expect(await me()).toMatchObject({ signIn: 'optional' });
    await test.stop();
    test = await startTestManager();
    expect((await test.call('GET', '/me')).body).toEqual({ signIn: 'off', user: null });
    expect((await test.call('GET', '/sign-in')).status).toBe(404);
  });
});
