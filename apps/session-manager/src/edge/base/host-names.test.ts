import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRequest, type RawOptions, rawRequest, rawUpgrade } from '../../testing/raw-request.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { operatorKey } from '../operator/operator-listener.ts';

let test: TestManager;
beforeEach(async () => {
  const metrics = { host: '127.0.0.1', port: 0 };
  test = await startTestManager({ settings: { hostNames: ['lab.internal'], portsDomain: 'ports.example', metrics } });
  await test.host();
});
afterEach(() => test.stop());

const json = { 'content-type': 'application/json' };
const say = (host: string, path: string, options?: RawOptions) =>
  rawRequest(test.origin, `http://${host}${path}`, options);
/** As a page does that led its own name to our address. */
const rebound = (path: string, options: RawOptions = {}) =>
  say('evil.example:3000', path, { ...options, headers: { origin: 'http://evil.example:3000', ...options.headers } });

describe('a page that leads its own name to our address', () => {
  it('starts no session and reads nothing', async () => {
    for (const answer of [
      await rebound('/api/v1/sessions', { method: 'POST', headers: json, body: '{}' }),
      await rebound('/api/v1/me'),
      await rebound('/'),
      await rebound('/healthz', { method: 'POST' }),
      await rebound('/socket.io/?EIO=4&transport=polling'),
    ]) {
      expect(answer.status).toBe(421);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'UNKNOWN_HOST', retry: 'never' } });
    }
  });

  it('opens no socket', async () => {
    const headers = { origin: 'http://evil.example:3000' };
    for (const path of ['/terminal-socket', '/socket.io/?EIO=4&transport=websocket', '/api/v1/sessions/aaaaaaaa/x']) {
      await expect(rawUpgrade(test.origin, `http://evil.example:3000${path}`, headers)).rejects.toThrow('status 421');
    }
  });

  it('reads no figures at the operator’s listener; a Prometheus beside us does, by its own name for us', async () => {
    const at = `http://127.0.0.1:${test.manager.metricsPort}`;
    const key = { authorization: `Bearer ${operatorKey('test')}` };
    const ask = (host: string, headers = {}) => rawRequest(at, 'http://x/metrics', { headers: { host, ...headers } });
    const refused = await ask('evil.example:9464');
    expect(refused.status).toBe(421);
    expect(refused.body).not.toContain('drydock_sessions');
    for (const name of ['127.0.0.1:9464', 'localhost:9464', '[::1]:9464', 'manager:9464', 'lab.internal:9464'])
      expect([name, (await ask(name)).status]).toEqual([name, 200]);
    expect((await ask('metrics.example', key)).status).toBe(200);
  });

  it('is told, when it is a person whose place has no name yet, which setting names it', async () => {
    const { status, body, headers } = await say('lab.example:3000', '/', { headers: { accept: 'text/html' } });
    expect([status, headers['content-type']]).toEqual([421, 'text/html; charset=utf-8']);
    for (const setting of ['DRYDOCK_DOMAIN', 'DRYDOCK_PUBLIC_URL', 'DRYDOCK_HOST_NAMES'])
      expect(body).toContain(setting);
  });
});

describe('names that we answer to', () => {
  it('are this machine’s, the configured ones, and every address, by which nobody can be misled', async () => {
    const names = [
      'localhost',
      'LOCALHOST:9',
      '127.0.0.1:3000',
      '[::1]:3000',
      '203.0.113.7',
      '[2001:db8::1]:80',
      'lab.internal',
    ];
    for (const name of names) {
      const answer = await rawRequest(test.origin, 'http://x/api/v1/me', { headers: { host: name } });
      expect([name, answer.status]).toEqual([name, 200]);
    }
    for (const name of ['localhost.evil.example', 'evil-localhost', '127.0.0.1.evil.example', 'ports.example', '[::1'])
      expect([name, (await rawRequest(test.origin, 'http://x/api/v1/me', { headers: { host: name } })).status]).toEqual(
        [name, 421],
      );
    // A label of the ports' domain is the gateway's, which knows none of that name.
    expect((await say('x.ports.example', '/')).status).toBe(404);
  });

  it('matter to no balancer that asks whether we are well', async () => {
    for (const path of ['/healthz', '/readyz']) expect((await say('manager.internal:3000', path)).status).toBe(200);
  });

  it('matter to no host of the operator’s network, which comes with a key', async () => {
    const agent = openRequest(test.origin, 'http://manager.internal:3000/agent-socket/?EIO=4&transport=polling');
    expect((await agent).statusCode).not.toBe(421);
    const join = await say('manager.internal', '/api/v1/hosts/join', { method: 'POST', headers: json, body: '{}' });
    expect(join.status).toBe(400);
  });
});

describe('a page of another site', () => {
  const create = (headers: Record<string, string>, body?: string) =>
    say('localhost:3000', '/api/v1/sessions', { method: 'POST', headers, ...(body === undefined ? {} : { body }) });

  it('starts no session blindly', async () => {
    for (const [status, headers, body] of [
      [403, { ...json, origin: 'http://evil.example' }, '{}'],
      [403, { ...json, origin: 'null' }, '{}'],
      [403, { ...json, 'sec-fetch-site': 'cross-site' }, '{}'],
      [403, { 'sec-fetch-site': 'same-site' }, undefined],
      [400, {}, undefined],
      [400, { 'content-type': 'text/plain' }, '{}'],
      [400, { 'content-type': 'application/x-www-form-urlencoded' }, undefined],
    ] as const) {
      expect([headers, (await create(headers, body)).status]).toEqual([headers, status]);
    }
  });

  it('is no program, which says nothing of where it comes from', async () => {
    expect((await create(json, '{}')).status).toBe(201);
    expect((await create({ 'content-type': 'application/json; charset=utf-8' }, '{}')).status).toBe(201);
    expect(
      (await create({ ...json, origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, '{}')).status,
    ).toBe(201);
  });
});
