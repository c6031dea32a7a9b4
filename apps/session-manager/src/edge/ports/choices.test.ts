import { createServer as createTcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';
import { openRequest } from '../../testing/raw-request.ts';

let ports: PublishedPorts;
afterEach(async () => {
  await ports?.stop();
});
const BROWSER = { accept: 'text/html' };

describe('a port’s settings', () => {
  it('let its program see localhost as Host where the owner wants it, and tell the public name beside it', async () => {
    ports = await publishPorts();
    await ports.serve(8080, (request, response) => {
      response.end(`${request.headers.host} ${request.headers['x-forwarded-host']}`);
    });
    const name = `8080-node1-${ports.id}.localhost`;
    expect((await ports.visit(8080)).body).toBe(`${name} ${name}`);
    await ports.choose(8080, { host: 'rewrite' });
    expect((await ports.visit(8080)).body).toBe(`localhost:8080 ${name}`);
    // The other setting stays as it is, in both directions.
    await ports.choose(8080, { visibility: 'public' });
    expect((await ports.get(ports.urlOf(8080))).body).toBe(`localhost:8080 ${name}`);
    await ports.choose(8080, { host: 'keep' });
    expect((await ports.get(ports.urlOf(8080))).body).toBe(`${name} ${name}`);
    const { status } = await ports.test.call('PATCH', `/sessions/${ports.id}/nodes/node1/ports/8080`, {
      token: ports.token,
      body: {},
    });
    expect(status).toBe(400);
  });
});

describe('a failing port', () => {
  it('says since when, and whether it ever answered', async () => {
    ports = await publishPorts();
    const json = async () =>
      JSON.parse((await ports.visit(8080, '/', { headers: { accept: 'application/json' } })).body).error.details;
    const first = await json();
    expect(first).toMatchObject({ port: 8080, node: 'node1', cause: 'refused' });
    expect(first.lastAnswered).toBeUndefined();
    expect((await json()).since).toBe(first.since);
    const page = (await ports.visit(8080, '/', { headers: BROWSER })).body;
    expect(page).toContain('Nothing listens on port 8080 yet');
    expect(page).toContain(`since ${new Date(first.since).toISOString().slice(11, 19)} UTC`);

    const server = await ports.serve(8080, (_request, response) => void response.end('up'));
    expect((await ports.visit(8080)).body).toBe('up');
    server.close().closeAllConnections();
    const later = await json();
    expect(later.since).toBeGreaterThan(first.since);
    expect(later.lastAnswered).toBeGreaterThanOrEqual(first.since);
    expect((await ports.visit(8080, '/', { headers: BROWSER })).body).toContain('has stopped');
  });

  it('that closes without an answer says so in its own way', async () => {
    ports = await publishPorts();
    await ports.expose(
      7000,
      createTcp((socket) => void socket.on('error', () => {}).end()),
    );
    const { body } = await ports.visit(7000, '/', { headers: { accept: 'application/json' } });
    expect(JSON.parse(body).error.details).toMatchObject({ cause: 'closed' });
  });
});

describe('what one session may take', () => {
  it('is a number of connections: one more is refused, and others are not', async () => {
    ports = await publishPorts({ settings: { portLimits: { connections: 2, bytesPerSecond: undefined } } });
    await ports.serve(8080, (request, response) => {
      response.writeHead(200).flushHeaders();
      if (request.url === '/quick') response.end();
    });
    // Without the promise to say no more, its end means at once that it is gone.
    const headers = { authorization: `Bearer ${ports.viewer}`, connection: 'keep-alive' };
    const open = () => openRequest(ports.test.origin, ports.urlOf(8080), { headers });
    const [one, two] = [await open(), await open()];
    expect((await ports.visit(8080, '/quick')).status).toBe(429);
    one.destroy();
    await expect.poll(async () => (await ports.visit(8080, '/quick')).status).toBe(200);
    two.destroy();
  });

  it('is a rate, for what it sends and what it is sent', async () => {
    const RATE = 4 * 1024 * 1024;
    ports = await publishPorts({ settings: { portLimits: { connections: 100, bytesPerSecond: RATE } } });
    const chunk = Buffer.alloc(2 * 1024 * 1024);
    await ports.serve(8080, (request, response) => {
      request.resume().once('end', () => {
        if (request.method === 'PUT') response.end('ok');
        else for (let part = 0; part < 4; part += 1) response.write(chunk);
        response.end();
      });
    });
    for (const options of [{}, { method: 'PUT', body: Buffer.alloc(4 * chunk.length) }]) {
      const began = performance.now();
      expect((await ports.visit(8080, '/', options)).status).toBe(200);
      // Twice the allowance of a second: the second half must wait. Without the bound it is there in some 20 ms.
      expect(performance.now() - began).toBeGreaterThan(700);
    }
  }, 30_000);
});

describe('the warning for strangers', () => {
  it('stands before a public port until it was read there, and before nobody who holds a link', async () => {
    ports = await publishPorts({ settings: { warnStrangers: true } });
    await ports.serve(8080, (_request, response) => void response.end('secret soup'));
    await ports.choose(8080, { visibility: 'public' });
    const url = ports.urlOf(8080, '/a?b=c');
    const warned = await ports.get(url, { headers: BROWSER });
    expect(warned.body).not.toContain('secret soup');
    expect(warned.body).toContain(`8080-node1-${ports.id}.localhost`);
    expect(warned.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    const action = /action="([^"]+)"/.exec(warned.body)?.[1] ?? '';
    const answer = (headers: Record<string, string>) =>
      ports.get(ports.urlOf(8080, action), { method: 'POST', headers: { 'content-length': '0', ...headers } });
    expect((await answer({ 'sec-fetch-site': 'cross-site' })).status).toBe(404);
    expect((await answer({ origin: 'http://evil.example' })).status).toBe(404);
    const read = await answer({ 'sec-fetch-site': 'same-origin' });
    expect(read).toMatchObject({ status: 303, headers: { location: '/a?b=c' } });
    const cookie = read.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await ports.get(url, { headers: { ...BROWSER, cookie } })).body).toBe('secret soup');
    expect((await ports.visit(8080, '/', { headers: BROWSER })).body).toBe('secret soup');
    expect((await ports.get(url, { headers: { accept: '*/*' } })).body).toBe('secret soup');
    const path = await ports.get(`${ports.test.manager.origin}/p/${ports.id}/node1/8080/a`, { headers: BROWSER });
    expect(path.headers.location).toBe(`http://8080-node1-${ports.id}.localhost:${ports.test.manager.port}/a`);
  });

  it('is not there unless the operator wants it', async () => {
    ports = await publishPorts();
    await ports.serve(8080, (_request, response) => void response.end('the page'));
    await ports.choose(8080, { visibility: 'public' });
    expect((await ports.get(ports.urlOf(8080), { headers: BROWSER })).body).toBe('the page');
  });
});

describe('a domain of its own for ports', () => {
  it('is where ports are, and the only place', async () => {
    ports = await publishPorts({ settings: { portsDomain: 'ports.example' } });
    await ports.serve(8080, (_request, response) => void response.end('here'));
    await ports.choose(8080, { visibility: 'public' });
    const label = `8080-node1-${ports.id}`;
    const { origin, port } = ports.test.manager;
    const { body } = await ports.test.call('GET', `/sessions/${ports.id}`, { token: ports.token });
    expect(body).toMatchObject({ portUrl: `http://{port}-{node}-${ports.id}.ports.example:${port}/` });
    expect((await ports.get(`http://${label}.ports.example/`)).body).toBe('here');
    expect((await ports.get(`http://${label}.localhost/`)).body).not.toBe('here');
    await ports.choose(8080, { visibility: 'private' });
    const first = await ports.get(`http://${label}.ports.example/x`, { headers: BROWSER });
    const enter = await ports.get(first.headers.location ?? '', {
      headers: { ...BROWSER, cookie: `dd_${ports.id}=${ports.viewer}` },
    });
    expect(first.headers.location).toContain(`${origin}/open-port`);
    expect(enter.headers.location).toContain(`http://${label}.ports.example:${port}/_drydock/enter`);
    const { headers } = await ports.get(enter.headers.location ?? '', { headers: BROWSER });
    const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await ports.get(`http://${label}.ports.example/`, { headers: { cookie } })).body).toBe('here');
  });
});

describe('an answer against being framed', () => {
  it('holds against everybody but the workbench', async () => {
    ports = await publishPorts();
    const { origin } = ports.test.manager;
    let sent: Record<string, string> = {};
    await ports.serve(8080, (_request, response) => void response.writeHead(200, sent).end());
    const policyFor = async (headers: Record<string, string>) => {
      sent = headers;
      const answer = await ports.visit(8080);
      expect(answer.headers['x-frame-options']).toBeUndefined();
      return answer.headers['content-security-policy'];
    };
    expect(await policyFor({ 'x-frame-options': 'DENY' })).toBe(`frame-ancestors ${origin}`);
    expect(await policyFor({ 'x-frame-options': 'sameorigin' })).toBe(`frame-ancestors 'self' ${origin}`);
    expect(
      await policyFor({ 'content-security-policy': "default-src 'self'; frame-ancestors 'none'; img-src *" }),
    ).toBe(`default-src 'self'; frame-ancestors ${origin}; img-src *`);
    const both = { 'x-frame-options': 'DENY', 'content-security-policy': "default-src 'self'" };
    expect(await policyFor(both)).toBe(`default-src 'self', frame-ancestors ${origin}`);
    expect(await policyFor({})).toBeUndefined();
  });
});
