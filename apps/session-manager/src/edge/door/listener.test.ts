import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2, constants, type IncomingHttpHeaders } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';
import { makeCertificate, type TestCertificate } from '../../testing/test-certificate.ts';

let certificate: TestCertificate;
let ports: PublishedPorts;
const sessions: ClientHttp2Session[] = [];
beforeAll(() => {
  certificate = makeCertificate('localhost');
});
afterAll(() => certificate.remove());
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await ports?.stop();
});

interface Http2Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** How the stream ended; 0 for well. */
  code: number;
}

function open(scheme: 'http' | 'https'): ClientHttp2Session {
  const session = connectHttp2(`${scheme}://localhost:${ports.test.manager.port}`, { rejectUnauthorized: false });
  session.on('error', () => undefined);
  sessions.push(session);
  return session;
}

/** One request on an HTTP/2 connection. */
function ask(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: Buffer | string,
  endStream = body === undefined,
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream });
  const chunks: Buffer[] = [];
  let answered: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
  stream.on('response', (given) => {
    answered = given;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => undefined);
  if (!endStream) stream.end(body);
  return new Promise((resolve) =>
    stream.once('close', () =>
      resolve({
        status: answered[':status'] ?? 0,
        headers: answered,
        body: Buffer.concat(chunks),
        code: stream.rstCode ?? 0,
      }),
    ),
  );
}

const portHeaders = (port: number, path = '/', extra: Record<string, string> = {}) => ({
  ':path': path,
  ':authority': `${port}-node1-${ports.id}.localhost:${ports.test.manager.port}`,
  authorization: `Bearer ${ports.viewer}`,
  ...extra,
});
const withTls = () =>
  publishPorts({ settings: { tls: { certFile: certificate.certFile, keyFile: certificate.keyFile } } });

describe.each(['https', 'http'] as const)('HTTP/2 over %s', (scheme) => {
  const start = async () => {
    ports = scheme === 'https' ? await withTls() : await publishPorts();
    return open(scheme);
  };

  it('reaches a port with method, path, body and headers, many requests at a time', async () => {
    const session = await start();
    await ports.serve(8080, async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.setHeader('set-cookie', ['theirs=1', '__Host-ddp=x; Secure']);
      response
        .writeHead(201)
        .end(
          `${request.method} ${request.url} ${body} ${request.headers.host} ${request.headers['x-forwarded-proto']}`,
        );
    });
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, count) =>
        ask(session, portHeaders(8080, `/${count}`, { ':method': 'POST' }), `body ${count}`),
      ),
    );
    const name = `8080-node1-${ports.id}.localhost:${ports.test.manager.port}`;
    for (const [count, { status, body, headers }] of answers.entries()) {
      expect(status).toBe(201);
      expect(body.toString()).toBe(`POST /${count} body ${count} ${name} ${scheme}`);
      expect(headers['set-cookie']).toEqual(['theirs=1']);
    }
  });

  it('streams both ways while both are under way', async () => {
    const session = await start();
    await ports.serve(8080, (request, response) => {
      response.writeHead(200).flushHeaders();
      request.on('data', (chunk: Buffer) => response.write(chunk.toString().toUpperCase()));
      request.once('end', () => response.end());
    });
    const stream = session.request(portHeaders(8080, '/', { ':method': 'POST' }));
    const next = () => new Promise<string>((resolve) => stream.once('data', (chunk: Buffer) => resolve(String(chunk))));
    for (const word of ['one', 'two', 'three']) {
      const answer = next();
      stream.write(word);
      expect(await answer).toBe(word.toUpperCase());
    }
    stream.end();
    await new Promise((resolve) => stream.resume().once('end', resolve));
  });

  it('moves large bodies whole in both directions', async () => {
    const session = await start();
    const block = randomBytes(20 * 1024 * 1024);
    const sum = createHash('sha256').update(block).digest('hex');
    await ports.serve(8080, async (request, response) => {
      if (request.method === 'GET') return void response.end(block);
      const hash = createHash('sha256');
      for await (const chunk of request) hash.update(chunk as Buffer);
      response.end(hash.digest('hex'));
    });
    const down = await ask(session, portHeaders(8080));
    expect(createHash('sha256').update(down.body).digest('hex')).toBe(sum);
    const up = await ask(session, portHeaders(8080, '/', { ':method': 'PUT' }), block);
    expect(up.body.toString()).toBe(sum);
  });

  it('cuts an answer short where the program does', async () => {
    const session = await start();
    await ports.serve(8080, (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('part');
      setTimeout(() => response.destroy(), 20);
    });
    const { body, code } = await ask(session, portHeaders(8080));
    expect(body.toString()).toBe('part');
    expect(code).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  it('frames the body of every method, so that it never becomes a request of its own', async () => {
    const session = await start();
    const seen: string[] = [];
    await ports.serve(8080, async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push(`${request.method} ${request.url} ${body.length}`);
      response.end('ok');
    });
    const smuggled = `GET /admin HTTP/1.1\r\nHost: x\r\n\r\n`;
    for (const method of ['GET', 'DELETE', 'OPTIONS']) {
      const { body } = await ask(session, portHeaders(8080, '/', { ':method': method }), smuggled);
      expect(body.toString()).toBe('ok');
    }
    await ask(session, portHeaders(8080));
    expect(seen).toEqual([
      `GET / ${smuggled.length}`,
      `DELETE / ${smuggled.length}`,
      `OPTIONS / ${smuggled.length}`,
      'GET / 0',
    ]);
  });

  it('refuses two different names, and headers beyond their bound', async () => {
    const session = await start();
    await ports.serve(8080, (_request, response) => void response.end('ok'));
    const two = await ask(session, portHeaders(8080, '/', { host: 'other.localhost' }));
    expect(two.status).toBe(400);
    const long = await ask(session, portHeaders(8080, '/', { 'x-long': 'x'.repeat(40_000) }));
    expect(long.status).not.toBe(200);
    expect((await ask(open(scheme), portHeaders(8080))).body.toString()).toBe('ok');
  });

  it('serves the API, and a refused token as everywhere', async () => {
    const session = await start();
    const api = (token: string) =>
      ask(session, { ':path': `/api/v1/sessions/${ports.id}`, authorization: `Bearer ${token}` });
    expect(JSON.parse((await api(ports.viewer)).body.toString())).toMatchObject({ id: ports.id });
    expect((await api('x'.repeat(43))).status).toBe(404);
    const made = await ask(
      session,
      {
        ':path': `/api/v1/sessions/${ports.id}/links`,
        ':method': 'POST',
        authorization: `Bearer ${ports.token}`,
        'content-type': 'application/json',
      },
      JSON.stringify({ right: 'viewer' }),
    );
    expect(made.status).toBe(201);
  });
});

describe('pages over HTTP/2', () => {
  it('come whatever the web server says of its own connection', async () => {
    const web = createServer((_request, response) => {
      response.writeHead(200, {
        'keep-alive': 'timeout=5',
        connection: 'keep-alive',
        'proxy-connection': 'x',
        te: 'x',
      });
      response.write('<h1>');
      response.end('page</h1>');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    ports = await publishPorts({ settings: { webUrl: `http://127.0.0.1:${(web.address() as AddressInfo).port}` } });
    const { status, body } = await ask(open('http'), {
      ':path': '/',
      ':authority': `localhost:${ports.test.manager.port}`,
    });
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: '<h1>page</h1>' });
    web.close().closeAllConnections();
  });
});

describe('TLS of our own', () => {
  it('serves HTTP/1.1 and WebSockets to those who ask for it, with cookies that are secure', async () => {
    ports = await withTls();
    const { manager } = ports.test;
    expect(manager.origin).toBe(`https://localhost:${manager.port}`);
    const server = await ports.serve(
      8080,
      (request, response) => void response.end(request.headers['x-forwarded-proto']),
    );
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase())).on('error', () => undefined);
    });
    const host = `8080-node1-${ports.id}.localhost:${manager.port}`;
    const get = (headers: Record<string, string>, path = '/') =>
      new Promise<{ body: string; headers: IncomingHttpHeaders }>((resolve, reject) => {
        const options = { host: '127.0.0.1', port: manager.port, path, rejectUnauthorized: false, agent: false };
        httpsRequest({ ...options, headers: { host, ...headers } }, async (answer) => {
          let body = '';
          for await (const chunk of answer) body += chunk;
          resolve({ body, headers: answer.headers });
        })
          .once('error', reject)
          .end();
      });
    expect((await get({ authorization: `Bearer ${ports.viewer}` })).body).toBe('https');
    const share = await ports.test.call('POST', `/sessions/${ports.id}/nodes/node1/ports/8080/share`, {
      token: ports.token,
      body: { minutes: 5 },
    });
    const { url } = share.body as { url: string };
    expect(url).toMatch(/^https:/);
    const { pathname, search } = new URL(url);
    const entered = await get({}, pathname + search);
    expect(entered.headers['set-cookie']?.[0]).toMatch(/^__Host-ddp=.*; Path=\/; .*SameSite=Lax; Secure$/);

    const socket = await new Promise<TLSSocket>((resolve) => {
      const made = connectTls({ host: '127.0.0.1', port: manager.port, rejectUnauthorized: false }, () =>
        resolve(made),
      );
    });
    expect(socket.alpnProtocol).toBe(false);
    const said = (wanted: RegExp) =>
      new Promise<void>((resolve) => {
        let text = '';
        socket.on('data', (chunk: Buffer) => {
          text += chunk;
          if (wanted.test(text)) resolve();
        });
      });
    const upgraded = said(/^HTTP\/1.1 101/);
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${ports.viewer}\r\nConnection: Upgrade\r\n`);
    socket.write(
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await upgraded;
    const echoed = said(/HELLO/);
    socket.write('hello');
    await echoed;
    socket.destroy();
  });

  it('leads plain requests to itself, and serves nothing else in plain but this machine’s own processes', async () => {
    ports = await withTls();
    const { port } = ports.test.manager;
    await ports.serve(8080, (_request, response) => void response.end('page'));
    const name = `8080-node1-${ports.id}.localhost`;
    const plain = (host: string, path: string) =>
      ports.raw(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${ports.token}\r\nConnection: close\r\n\r\n`,
      );
    expect(await plain(`localhost:${port}`, '/s/x?y')).toMatch(
      new RegExp(`^HTTP/1.1 308 [^]*location: https://localhost:${port}/s/x\\?y\r\n`, 'i'),
    );
    expect(await plain(`${name}:${port}`, '/a')).toMatch(
      new RegExp(`^HTTP/1.1 308 [^]*location: https://${name}:${port}/a\r\n`, 'i'),
    );
    // As the agent and the supervisor do. The fixture's own agent has come this way already.
    expect(await plain(`127.0.0.1:${port}`, '/healthz')).toMatch(/^HTTP\/1.1 200/);
    const upgrade = await ports.raw(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    expect(upgrade).toMatch(/^HTTP\/1.1 426/);
  });

  it('uses a renewed certificate without a restart', async () => {
    const { createTlsFiles } = await import('./tls-files.ts');
    const { createLogger } = await import('@drydock/service-kit');
    const own = makeCertificate('renewed');
    const files = createTlsFiles(own, createLogger('test', 'silent'), 50);
    const before = files.read();
    const renewed = new Promise<Buffer>((resolve) => files.watch(({ cert }) => resolve(cert)));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    own.renew();
    expect((await renewed).equals(before.cert)).toBe(false);
    own.remove();
  });
});
