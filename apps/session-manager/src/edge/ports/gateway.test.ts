import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { type SessionId, sessionIdSchema } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from '../../testing/fixture-agent.ts';
import { openRequest, type RawOptions, rawRequest, rawUpgrade } from '../../testing/raw-request.ts';
import { makeCertificate } from '../../testing/test-certificate.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

let test: TestManager;
let agent: FixtureAgent;
let id: SessionId;
let token: string;
let viewer: string;
const closing: (() => void)[] = [];
const BROWSER = { accept: 'text/html,application/xhtml+xml' };

beforeEach(async () => {
  test = await startTestManager();
  agent = await test.host();
  const created = await test.createSession();
  id = created.session.id;
  token = created.token;
  viewer = created.links.viewer.split('#')[1] ?? '';
  await test.call('POST', `/sessions/${id}/nodes`, { token });
});
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await test.stop();
});

/** A real server on a port of the node. */
async function serve(port: number, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close().closeAllConnections());
  agent.expose(id, 'node1', port, (server.address() as AddressInfo).port);
  return server;
}

const urlOf = (port: number, path = '/', session = id, node = 'node1') =>
  `http://${port}-${node}-${session}.localhost${path}`;
const bearer = () => ({ authorization: `Bearer ${viewer}` });
const get = (url: string, options: RawOptions = {}) => rawRequest(test.origin, url, options);
const visit = (port: number, path = '/', options: RawOptions = {}) =>
  get(urlOf(port, path), { ...options, headers: { ...bearer(), ...options.headers } });

describe('a published port', () => {
  it('is opened once by an address that a token gave, in a browser without a cookie', async () => {
    await serve(8080, (_request, response) => response.end('hello'));
    const path = `/sessions/${id}/nodes/node1/ports/8080/open`;
    const { status, body } = await test.call('POST', path, { token: viewer, body: { path: '/a?b=c' } });
    expect(status).toBe(201);
    const { pathname, search } = new URL((body as { url: string }).url);
    const entered = await get(urlOf(8080, `${pathname}${search}`), { headers: BROWSER });
    expect(entered).toMatchObject({ status: 302, headers: { location: '/a?b=c' } });
    const cookie = String(entered.headers['set-cookie']).split(';', 1)[0] ?? '';
    expect(await get(urlOf(8080, '/a'), { headers: { ...BROWSER, cookie } })).toMatchObject({
      status: 200,
      body: 'hello',
    });
    expect(await get(urlOf(8080, `${pathname}${search}`), { headers: BROWSER })).toMatchObject({ status: 404 });
    for (const [port, code] of [
      [22, 'PORT_CLOSED'],
      [99999, 'BAD_PORT'],
    ] as const) {
      const refused = await test.call('POST', `/sessions/${id}/nodes/node1/ports/${port}/open`, { token: viewer });
      expect(refused.body).toMatchObject({ error: { code } });
    }
  });

  it('passes method, path, body and status both ways, with Host kept and X-Forwarded headers', async () => {
    let seen:
      | { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }
      | undefined;
    await serve(8080, async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen = { method: request.method, url: request.url, headers: request.headers, body };
      response.writeHead(201, { 'x-own': 'yes' }).end('made');
    });
    const answer = await visit(8080, '/a/b?c=d', {
      method: 'POST',
      body: 'hello',
      headers: { 'content-type': 'text/plain', cookie: `dd_${id}=${token}; theirs=1; ddp=x`, 'x-drydock-agent': 'x' },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: 'made',
      headers: { 'x-own': 'yes', 'x-robots-tag': 'noindex, nofollow' },
    });
    expect(seen).toMatchObject({ method: 'POST', url: '/a/b?c=d', body: 'hello' });
    expect(seen?.headers).toMatchObject({
      host: `8080-node1-${id}.localhost`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      cookie: 'theirs=1',
    });
    expect(seen?.headers.authorization).toBeUndefined();
    expect(seen?.headers['x-drydock-agent']).toBeUndefined();
  });

  it('keeps an Authorization header that is the node’s own', async () => {
    await serve(8080, (request, response) => void response.end(request.headers.authorization));
    await test.call('PATCH', `/sessions/${id}/nodes/node1/ports/8080`, { token, body: { visibility: 'public' } });
    const answer = await get(urlOf(8080), { headers: { authorization: 'Bearer something-of-the-app' } });
    expect(answer.body).toBe('Bearer something-of-the-app');
  });

  it('drops cookies in our names and domains wider than the port’s own', async () => {
    await serve(8080, (_request, response) => {
      response.setHeader('set-cookie', [
        `dd_${id}=stolen`,
        '__Host-ddp=x; Secure',
        '=ddp=nameless',
        'theirs=1; Domain=.localhost; Path=/',
      ]);
      response.setHeader('clear-site-data', '"cookies"');
      response.end();
    });
    const { headers } = await visit(8080);
    expect(headers['set-cookie']).toEqual(['theirs=1; Path=/']);
    expect(headers['clear-site-data']).toBeUndefined();
  });

  it('upgrades to WebSocket and passes bytes both ways', async () => {
    const server = await serve(8080, (_request, response) => void response.end());
    server.on('upgrade', (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Path: ${request.url}\r\n\r\n`,
      );
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
      socket.on('error', () => undefined);
    });
    const socket = await rawUpgrade(test.origin, urlOf(8080, '/ws'), bearer());
    socket.write('hello');
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.toString()).toBe('HELLO');
    socket.destroy();
    await expect(rawUpgrade(test.origin, urlOf(8080, '/ws'))).rejects.toThrow('404');
  });

  it('passes server-sent events as they come', async () => {
    let send: (text: string) => void = () => undefined;
    await serve(8080, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      send = (text) => void response.write(`data: ${text}\n\n`);
    });
    const answer = await openRequest(test.origin, urlOf(8080), { headers: bearer() });
    const next = () =>
      new Promise<string>((resolve) => answer.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    for (const text of ['one', 'two']) {
      const event = next();
      send(text);
      expect(await event).toBe(`data: ${text}\n\n`);
    }
    answer.destroy();
  });

  it('moves large bodies both ways without keeping them', async () => {
    const SIZE = 100 * 1024 * 1024;
    const chunk = Buffer.alloc(1024 * 1024, 7);
    await serve(8080, async (request, response) => {
      if (request.method === 'PUT') {
        let received = 0;
        for await (const part of request) received += (part as Buffer).length;
        response.end(String(received));
        return;
      }
      response.writeHead(200, { 'content-length': SIZE });
      for (let sent = 0; sent < SIZE; sent += chunk.length) {
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    const before = process.memoryUsage().rss;
    const download = await openRequest(test.origin, urlOf(8080), { headers: bearer() });
    let received = 0;
    for await (const part of download) received += (part as Buffer).length;
    expect(received).toBe(SIZE);
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024);
    const upload = await visit(8080, '/', { method: 'PUT', body: Buffer.alloc(20 * 1024 * 1024) });
    expect(upload.body).toBe(String(20 * 1024 * 1024));
  }, 60_000);

  it('reuses connections to the node, and survives that the program closes one in the same moment', async () => {
    let connections = 0;
    const server = await serve(8080, (_request, response) => void response.end('ok'));
    server.keepAliveTimeout = 30;
    server.on('connection', () => {
      connections += 1;
    });
    for (let count = 0; count < 10; count += 1) expect((await visit(8080)).body).toBe('ok');
    expect(connections).toBeLessThan(10);
    for (let count = 0; count < 20; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, 28 + (count % 5)));
      expect((await visit(8080)).status).toBe(200);
    }
  });

  it('speaks TLS to programs that want it, whoever signed their certificate', async () => {
    const { key, cert, remove } = makeCertificate('node1');
    remove();
    const server = createTlsServer({ key, cert }, (request, response) => {
      response.end(`secure ${request.url}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close().closeAllConnections());
    for (const port of [8443, 4433]) {
      agent.expose(id, 'node1', port, (server.address() as AddressInfo).port);
      expect((await visit(port, '/a')).body).toBe('secure /a');
      expect((await visit(port, '/b')).body).toBe('secure /b');
    }
    await serve(443, (_request, response) => void response.end('plain'));
    expect((await visit(443)).body).toBe('plain');
  });

  it('cuts an answer short where the program does, instead of ending it as if it were whole', async () => {
    await serve(8080, (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('part');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(visit(8080)).rejects.toThrow();
  });
});

describe('a port where nobody answers', () => {
  it('says which port it is and looks again', async () => {
    const answer = await visit(9999, '/', { headers: BROWSER });
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('port 9999 of node1');
    expect(answer.body).toContain('http-equiv="refresh"');
    expect(answer.headers['x-robots-tag']).toBe('noindex');
    const json = await visit(9999, '/', { headers: { accept: 'application/json' } });
    expect(JSON.parse(json.body)).toMatchObject({ error: { code: 'PORT_REFUSED', details: { port: 9999 } } });
  });

  it('says so when the program is there and closes, or does not speak HTTP', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-not-http\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    agent.expose(id, 'node1', 7000, (server.address() as AddressInfo).port);
    const answer = await visit(7000, '/', { headers: BROWSER });
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('port 7000');
  });

  it('says so when the host is away', async () => {
    agent.disconnect();
    await expect.poll(async () => (await visit(8080)).status).toBe(503);
    expect((await visit(8080)).body).toContain('node1');
  });
});

describe('who may see a port', () => {
  it('is whoever holds a link, a share in its time, or everybody once it is public; to others it does not exist', async () => {
    await serve(8080, (_request, response) => void response.end('secret'));
    const stranger = await test.createSession();
    const nothing = await get(urlOf(8080));
    expect(nothing.status).toBe(404);
    for (const answer of await Promise.all([
      get(urlOf(8080, '/', sessionIdSchema.parse('aaaaaaaa'))),
      get(urlOf(8080, '/', id, 'node2')),
      get(urlOf(22)),
      get(urlOf(2375), { headers: bearer() }),
      get(urlOf(2377), { headers: bearer() }),
      get(urlOf(7946), { headers: bearer() }),
      get(`http://192-168-0-11-8080.localhost/`, { headers: bearer() }),
      get(`http://99999-node1-${id}.localhost/`, { headers: bearer() }),
      get(`http://8080-node1-${id}.x.localhost/`, { headers: bearer() }),
      get(`http://whatever.localhost/`, { headers: BROWSER }),
      get(urlOf(8080), { headers: { authorization: `Bearer ${stranger.token}` } }),
      get(urlOf(8080), { headers: { cookie: `dd_${id}=${token}` } }),
    ])) {
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 404, body: nothing.body });
    }
    expect((await get(urlOf(8080), { headers: bearer() })).body).toBe('secret');
    const patch = (visibility: string, by = token) =>
      test.call('PATCH', `/sessions/${id}/nodes/node1/ports/8080`, { token: by, body: { visibility } });
    expect((await patch('public', viewer)).status).toBe(403);
    expect((await patch('public')).body).toMatchObject({ visibility: 'public' });
    expect((await get(urlOf(8080))).body).toBe('secret');
    await patch('private');
    expect((await get(urlOf(8080))).status).toBe(404);
  });

  it('leads a browser through our origin to a cookie on that exact name, by a ticket that works once', async () => {
    await serve(8080, (request, response) => void response.end(`${request.url} ${request.headers.cookie ?? 'none'}`));
    const first = await get(urlOf(8080, '/x?y=1'), { headers: BROWSER });
    expect(first.status).toBe(302);
    const toMain = new URL(first.headers.location ?? '');
    expect(toMain.origin).toBe(test.manager.origin);
    const without = await get(toMain.href, { headers: BROWSER });
    expect(without.status).toBe(404);
    const second = await get(toMain.href, { headers: { ...BROWSER, cookie: `dd_${id}=${viewer}` } });
    const enter = second.headers.location ?? '';
    expect(enter).toContain(`//8080-node1-${id}.localhost:`);
    const third = await get(enter, { headers: BROWSER });
    expect(third).toMatchObject({ status: 302, headers: { location: '/x?y=1' } });
    const cookie = third.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^ddp=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    const pair = cookie.split(';')[0] ?? '';
    expect((await get(urlOf(8080, '/x'), { headers: { ...BROWSER, cookie: pair } })).body).toBe('/x none');
    expect((await get(enter, { headers: BROWSER })).status).toBe(404);
    // The cookie opens this port alone, and nothing after its link is revoked.
    await serve(8081, (_request, response) => void response.end('other'));
    expect((await get(urlOf(8081), { headers: { cookie: pair } })).status).toBe(404);
    const links = (await test.call('GET', `/sessions/${id}/links`, { token })).body as {
      id: SessionId;
      right: string;
    }[];
    await test.call('DELETE', `/sessions/${id}/links/${links.find(({ right }) => right === 'viewer')?.id}`, { token });
    expect((await get(urlOf(8080), { headers: { cookie: pair } })).status).toBe(404);
  });

  it('lets a share in until its time is up, to that port alone', async () => {
    await serve(8080, (_request, response) => void response.end('shared'));
    const share = async (minutes: number) =>
      (await test.call('POST', `/sessions/${id}/nodes/node1/ports/8080/share`, { token, body: { minutes } })).body as {
        url: string;
        expiresAt: number;
      };
    const { url } = await share(5);
    const entered = await get(url);
    const pair = entered.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await get(urlOf(8080), { headers: { cookie: pair } })).body).toBe('shared');
    expect((await get(url.replace('8080-', '8081-'))).status).toBe(404);
    const short = await share(0.005);
    const late = (await get(short.url)).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect((await get(urlOf(8080), { headers: { cookie: late } })).status).toBe(404);
    expect((await get(short.url)).status).toBe(404);
  });

  it('never leads a browser to another site', async () => {
    await serve(8080, (_request, response) => void response.end());
    for (const to of ['//evil.example', '/\\evil.example', 'http://evil.example', '/%0d%0aset-cookie:x']) {
      const open = `${test.manager.origin}/open-port?label=8080-node1-${id}&to=${to}`;
      const enter = (await get(open, { headers: { ...BROWSER, cookie: `dd_${id}=${viewer}` } })).headers.location ?? '';
      expect((await get(enter)).headers.location).toBe('/');
    }
  });
});

describe('/p/ on the main origin', () => {
  const pathOf = (path = '/') => `${test.manager.origin}/p/${id}/node1/8080${path}`;

  it('strips its prefix, sandboxes what it shows, and keeps cookies apart', async () => {
    await serve(8080, (request, response) => {
      response.setHeader('set-cookie', 'a=1');
      if (request.url === '/go') response.writeHead(302, { location: '/there' }).end();
      else response.end(`${request.url} ${request.headers.cookie ?? 'none'} ${request.headers['x-forwarded-prefix']}`);
    });
    const answer = await get(pathOf('/x?y=1'), { headers: { ...bearer(), cookie: `dd_${id}=${viewer}; other=1` } });
    expect(answer.body).toBe(`/x?y=1 none /p/${id}/node1/8080`);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    expect(answer.headers['content-security-policy']).not.toContain('allow-same-origin');
    expect((await get(pathOf('/go'), { headers: bearer() })).headers.location).toBe(`/p/${id}/node1/8080/there`);
    expect((await get(pathOf('/x'))).status).toBe(404);
  });

  it('carries the right in the path for browsers, since a sandboxed page has no cookies', async () => {
    await serve(8080, (request, response) => void response.end(request.url));
    const first = await get(pathOf('/x'), { headers: { ...BROWSER, cookie: `dd_${id}=${viewer}` } });
    expect(first.status).toBe(302);
    const granted = new URL(first.headers.location ?? '', test.manager.origin).href;
    expect((await get(granted)).body).toBe('/x');
    expect((await get(new URL('style.css', granted).href)).body).toBe('/style.css');
    expect((await get(granted.replace('/8080/', '/8081/'))).status).toBe(404);
    expect((await get(granted.replace(/~\w/, '~x'))).status).toBe(404);
  });
});
