// The operator's page: who is let in, by what, and from where.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawRequest } from '../../testing/raw-request.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { operatorKey } from './operator-listener.ts';

let test: TestManager;
const start = (settings = {}) =>
  startTestManager({ settings: { metrics: { host: '127.0.0.1', port: 0 }, ...settings } });
beforeEach(async () => {
  test = await start();
});
afterEach(() => test.stop());

async function newToken(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${test.manager.metricsPort}/operator/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorKey('test')}` },
  });
  return ((await response.json()) as { url: string }).url.split('#')[1] ?? '';
}
const signIn = (token: string, headers: Record<string, string> = {}) =>
  test.call('POST', '/operator/sign-in', { body: { token }, headers });
async function cookie(): Promise<string> {
  const { headers } = await signIn(await newToken());
  return headers.get('set-cookie') ?? '';
}
const look = (headers: Record<string, string>) => test.call('GET', '/operator/sessions', { headers });

describe('the operator’s page', () => {
  it('opens by a link once, with a cookie that no other site can make a browser send', async () => {
    const token = await newToken();
    const first = await signIn(token);
    expect(first.status).toBe(200);
    expect(first.headers.get('set-cookie')).toMatch(
      /^dd_operator=[^;]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/,
    );
    expect((await signIn(token)).status).toBe(401);
    const [value = ''] = (first.headers.get('set-cookie') ?? '').split(';');
    expect((await look({ cookie: value })).status).toBe(200);
    expect((await look({})).status).toBe(401);
    expect((await look({ cookie: `${value}x` })).status).toBe(401);
  });

  it('takes no order from a page of another site, and none that is not JSON', async () => {
    const [value = ''] = (await cookie()).split(';');
    const order = (headers: Record<string, string>) =>
      fetch(`${test.origin}/api/v1/operator/starts/stop`, {
        method: 'POST',
        headers: { cookie: value, ...headers },
        body: JSON.stringify({ message: 'no' }),
      });
    const json = { 'content-type': 'application/json' };
    expect((await order({ ...json, origin: 'https://evil.example' })).status).toBe(403);
    expect((await order({ ...json, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await order({ 'content-type': 'text/plain' })).status).toBe(400);
    expect((await order({ ...json, origin: test.origin })).status).toBe(200);
  });

  it('is closed to whoever comes from elsewhere over plain http, with a right link too', async () => {
    await test.stop();
    test = await start({ publicUrl: 'http://lab.example.org' });
    const token = await newToken();
    const headers = { 'content-type': 'application/json' };
    const from = async (host: string) => {
      const url = `http://${host}/api/v1/operator/sign-in`;
      const options = { method: 'POST', headers, body: JSON.stringify({ token }) };
      return (await rawRequest(test.origin, url, options)).status;
    };
    expect(await from('lab.example.org')).toBe(403);
    expect(await from(new URL(test.origin).host)).toBe(200);
  });

  it('bounds the tries of links, and never makes keys for other things', async () => {
    await test.stop();
    const one = { burst: 3, perSecond: 0.001 };
    const rates = { creates: { burst: 9, perSecond: 9 }, calls: { burst: 99, perSecond: 99 }, wrongTokens: one };
    test = await start({ rates });
    const [value = ''] = (await cookie()).split(';');
    const tries = [];
    for (let index = 0; index < 3; index += 1) tries.push((await signIn('x'.repeat(43))).status);
    expect(tries).toEqual([401, 401, 429]);
    for (const [method, path] of [
      ['POST', '/operator/links'],
      ['POST', '/operator/host-tokens'],
      ['DELETE', '/operator/hosts/h1'],
    ] as const) {
      expect((await test.call(method, path, { headers: { cookie: value } })).status).toBe(404);
    }
  });
});
