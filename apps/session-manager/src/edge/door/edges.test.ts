import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, BlockList, connect } from 'node:net';
import { sessionIdSchema } from '@drydock/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { rawRequest } from '../../testing/raw-request.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { foreignSetCookies, parseCookies, withoutOurCookies } from '../base/cookies.ts';
import { createOrigins } from '../base/origins.ts';
import { parsePortLabel, parsePortPath } from '../ports/labels.ts';

let test: TestManager | undefined;
afterEach(async () => {
  await test?.stop();
  test = undefined;
});

describe('rate limits', () => {
  const few = { burst: 3, perSecond: 0.5 };
  const many = { burst: 10_000, perSecond: 10_000 };

  it('refuse bursts of creations with the time to wait', async () => {
    test = await startTestManager({ settings: { rates: { creates: few, calls: many, wrongTokens: many } } });
    await test.host({ maxNodes: 50 });
    const { call } = test;
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('POST', '/sessions', { body: {} })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 429, 429, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused?.body).toMatchObject({ error: { code: 'RATE_LIMITED', retry: 'later' } });
  });

  it('refuse those who guess tokens, and never those who hold one', async () => {
    test = await startTestManager({ settings: { rates: { creates: many, calls: many, wrongTokens: few } } });
    await test.host();
    const { session, token } = await test.createSession();
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push((await test.call('GET', `/sessions/${session.id}`, { token: `${count}`.repeat(43) })).status);
    }
    expect(statuses).toEqual([404, 404, 404, 429, 429, 429]);
    expect((await test.call('GET', `/sessions/${session.id}`, { token })).status).toBe(200);
  });
});

describe('cookies', () => {
  it('are set by opening a link, HttpOnly and for this host alone, and open the session', async () => {
    test = await startTestManager();
    await test.host();
    const { session, token } = await test.createSession();
    const opened = await test.call('POST', `/sessions/${session.id}/open`, { body: { token } });
    expect(opened.body).toMatchObject({ right: 'owner', session: { id: session.id } });
    const cookie = opened.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(new RegExp(`^dd_${session.id}=${token}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Lax$`));
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await test.call('GET', `/sessions/${session.id}`, { headers })).status).toBe(200);
    expect((await test.call('POST', `/sessions/${session.id}/open`, { body: { token: 'x'.repeat(43) } })).status).toBe(
      404,
    );
  });

  it('change nothing when a foreign page sends them', async () => {
    test = await startTestManager();
    await test.host();
    const { session, token } = await test.createSession();
    const cookie = `dd_${session.id}=${token}`;
    const add = (headers: Record<string, string>) =>
      test
        ?.call('POST', `/sessions/${session.id}/nodes`, { headers: { cookie, ...headers } })
        .then(({ status }) => status);
    expect(await add({ origin: 'http://evil.example' })).toBe(403);
    expect(await add({ origin: `http://8080-node1-${session.id}.localhost:${test.manager.port}` })).toBe(403);
    expect(await add({ origin: 'null' })).toBe(403);
    expect(await add({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await add({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await add({ origin: test.origin })).toBe(201);
    expect(await add({ origin: test.manager.origin, host: `127.0.0.1:${test.manager.port}` })).toBe(201);
  });

  it('of ours are told from a node’s', () => {
    expect(parseCookies('a=1; b=2=3; a=4; bad')).toEqual(
      new Map([
        ['a', '1'],
        ['b', '2=3'],
      ]),
    );
    expect(withoutOurCookies('dd_abcdefgh=1; __Host-dd_abcdefgh=2; ddp=3; __Host-ddp=4')).toBeUndefined();
    expect(withoutOurCookies('ddplayer=1; dd_x=2; ddp=3')).toBe('ddplayer=1; dd_x=2');
    expect(foreignSetCookies(['a=1; DOMAIN=x; Secure', 'DDP=1', '=ddp=1'])).toEqual(['a=1; Secure']);
  });
});

describe('our addresses', () => {
  const origins = createOrigins({
    domain: 'ports.example',
    publicUrl: 'https://lab.example',
    port: () => 3000,
    trustedProxies: undefined,
  });

  it('follow the public URL, with ports on a domain of their own', () => {
    expect(origins.publicOrigin).toBe('https://lab.example');
    expect(origins.secure).toBe(true);
    expect(origins.portUrl(sessionIdSchema.parse('abcdefgh'), 'node1', 8080)).toBe(
      'https://8080-node1-abcdefgh.ports.example/',
    );
    expect(origins.portLabel('8080-node1-abcdefgh.PORTS.example:443')).toBe('8080-node1-abcdefgh');
    for (const host of ['lab.example', 'ports.example', undefined, '127.0.0.1:3000'])
      expect(origins.portLabel(host)).toBeUndefined();
  });

  it('are shown in frames by name, and below /p/ only where a page is visited by an address', () => {
    const named = ['https://*.ports.example', 'https://lab.example/open-port'];
    for (const host of ['lab.example', 'localhost', undefined]) expect(origins.frameSources(host)).toEqual(named);
    expect(origins.frameSources('192.0.2.7:3000')).toEqual([...named, 'https://192.0.2.7:3000/p/']);
    // No policy can name it.
    expect(origins.frameSources('[2001:db8::7]:3000')).toEqual([...named, "'self'"]);
    const apart = createOrigins({
      domain: 'lab.example',
      portsDomain: 'ports.example',
      publicUrl: 'https://lab.example/x',
      port: () => 3000,
      trustedProxies: undefined,
    });
    expect(apart.frameSources('192.0.2.7')).toEqual(['https://*.ports.example', 'https://lab.example/x/open-port']);
  });

  it('believe X-Forwarded-For of our own proxies only', () => {
    const trustedProxies = new BlockList();
    trustedProxies.addSubnet('10.0.0.0', 8, 'ipv4');
    const behind = createOrigins({ domain: 'localhost', publicUrl: undefined, port: () => 3000, trustedProxies });
    const from = (remoteAddress: string, forwarded: string) =>
      behind.clientAddress({
        socket: { remoteAddress },
        headers: { 'x-forwarded-for': forwarded },
      } as unknown as IncomingMessage);
    expect(from('192.0.2.1', '1.2.3.4')).toBe('192.0.2.1');
    expect(from('10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2')).toBe('1.2.3.4');
    expect(from('::ffff:10.0.0.1', '1.2.3.4')).toBe('1.2.3.4');
    expect(from('10.0.0.1', 'nonsense')).toBe('10.0.0.1');
  });

  it('have labels and paths of one form', () => {
    expect(parsePortLabel('8080-node1-abcdefgh')).toEqual({ port: 8080, node: 'node1', sessionId: 'abcdefgh' });
    expect(parsePortLabel('80-a-b-c-abcdefgh')).toMatchObject({ node: 'a-b-c' });
    for (const label of [
      '0-node1-abcdefgh',
      '65536-node1-abcdefgh',
      '08-node1-abcdefgh',
      '80-1a-abcdefgh',
      '80-node1-abcdefg1',
      '80-node1',
      '',
    ]) {
      expect(parsePortLabel(label), label).toBeUndefined();
    }
    expect(parsePortPath('/p/abcdefgh/node1/80/x?y')).toMatchObject({
      port: 80,
      prefix: '/p/abcdefgh/node1/80',
      rest: '/x?y',
    });
    expect(parsePortPath('/p/abcdefgh/node1/80')).toMatchObject({ rest: '' });
    expect(parsePortPath('/p/abcdefgh/node1/80/~l.1.s/x')).toMatchObject({ grant: 'l.1.s', rest: '/x' });
    expect(parsePortPath('/p/abcdefgh/node1/80x/')).toBeUndefined();
  });
});

describe('the one public listener', () => {
  it('passes pages on to the web server, with where they were asked for', async () => {
    const web = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          url: request.url,
          host: request.headers['x-forwarded-host'],
          proto: request.headers['x-forwarded-proto'],
        }),
      );
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    test = await startTestManager({ settings: { webUrl: `http://127.0.0.1:${(web.address() as AddressInfo).port}` } });
    const { host } = new URL(test.manager.origin);
    const answer = await rawRequest(test.origin, `${test.manager.origin}/s/abcdefgh?x=1`);
    expect(JSON.parse(answer.body)).toEqual({ url: '/s/abcdefgh?x=1', host, proto: 'http' });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    web.close().closeAllConnections();
    const down = await rawRequest(test.origin, `${test.manager.origin}/`);
    expect(down.status).toBe(503);
    expect(down.body).toContain('http-equiv="refresh"');
  });

  it('answers probes, and keeps metrics to itself', async () => {
    test = await startTestManager({ settings: { metrics: { host: '127.0.0.1', port: 0 } } });
    await test.host();
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${test.origin}${path}`)).status).toBe(200);
    expect((await fetch(`${test.origin}/metrics`)).status).toBe(404);
    const metrics = await (await fetch(`http://127.0.0.1:${test.manager.metricsPort}/metrics`)).text();
    expect(metrics).toContain('drydock_sessions 0');
    expect(metrics).toContain('drydock_host_connected{host="h1"} 1');
  });

  it('ends connections that never finish their headers, and refuses smuggled lengths', async () => {
    test = await startTestManager();
    const { port } = test.manager;
    const say = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        socket.on('data', (chunk: Buffer) => {
          answer += chunk;
        });
        socket.on('error', () => undefined);
        socket.once('close', () => resolve(answer));
        socket.write(text);
      });
    const smuggled = await say(
      'POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    expect(smuggled).toMatch(/^HTTP\/1.1 400/);
    expect(await say(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/);
    expect(await say('GET / HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    const began = Date.now();
    expect(await say('GET / HTTP/1.1\r\nHost: x\r\n')).toMatch(/^(HTTP\/1.1 408|HTTP\/1.1 400|$)/);
    expect(Date.now() - began).toBeLessThan(25_000);
  }, 30_000);
});
