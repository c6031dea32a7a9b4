/** Headers by which a visitor or a node's program would speak in somebody else's name; by raw bytes, where a client library would refuse. */
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';

let ports: PublishedPorts;
/** What the program in the node was asked last, and what it answers. */
let asked = '';
let answer = '';
/** A busy machine answers late; silence is no answer (ms). */
const PATIENCE_MS = 3000;
const GOOD = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood';

beforeAll(async () => {
  ports = await publishPorts();
  await ports.expose(
    8080,
    createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        asked += chunk.toString('latin1');
        if (asked.includes('\r\n\r\n')) socket.write(answer, 'latin1');
      });
    }),
  );
  await ports.choose(8080, { visibility: 'public' });
});
afterAll(() => ports.stop());

const name = () => `8080-node1-${ports.id}.localhost`;

/** Sends a request head to the port; gives what came back and what the program was asked. */
async function send(head: string, program = GOOD): Promise<{ back: string; asked: string }> {
  asked = '';
  answer = program;
  const back = await ports.raw(`${head}\r\n\r\n`, PATIENCE_MS, (text) => /^HTTP\/1\.1 ([45]|[23]04)|good$/.test(text));
  return { back, asked };
}
const get = (headers: string) => send(`GET / HTTP/1.1\r\nHost: ${name()}\r\n${headers}`);
/** Headers of a name, as the program was given them. */
const given = (text: string, header: string) =>
  [...text.matchAll(new RegExp(`^${header}: *([^\r\n]*)`, 'gim'))].map(([, value]) => value);

describe('a visitor', () => {
  it('cannot say who it is, or by which way it came', async () => {
    const spoofed = [
      'X-Forwarded-For: 6.6.6.6',
      'X_Forwarded_For: 6.6.6.6',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil',
      'X-Forwarded-Port: 1',
      'X-Forwarded-Prefix: /evil',
      'X-Forwarded-User: root',
      'X_Forwarded-User: root',
      'X-Real-IP: 6.6.6.6',
      'Forwarded: for=6.6.6.6',
      'X-Drydock-Agent: h1',
      'X_Drydock_Agent: h1',
    ];
    const { asked } = await get(spoofed.join('\r\n'));
    expect(asked).not.toMatch(/6\.6\.6\.6|evil|root|h1/);
    expect(given(asked, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(given(asked, 'x-forwarded-proto')).toEqual(['http']);
    expect(given(asked, 'x-forwarded-host')).toEqual([name()]);
  });

  it('cannot use an underscore where a dash decides', async () => {
    const { asked } = await get('Content_Length: 7\r\nTransfer_Encoding: chunked\r\nAuthorization_: x\r\nMy_Own: kept');
    expect(given(asked, 'content[_-]length')).toEqual([]);
    expect(given(asked, 'transfer[_-]encoding')).toEqual([]);
    expect(given(asked, 'my_own')).toEqual(['kept']);
  });

  it('cannot have our headers taken away as hop-by-hop, nor keep those that are', async () => {
    const { asked } = await get(
      'Connection: close, X-Forwarded-For, X-Forwarded-Proto, Cookie, Host, X-Own\r\nX-Own: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Authorization: x',
    );
    expect(given(asked, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(given(asked, 'x-forwarded-proto')).toEqual(['http']);
    expect(given(asked, 'host')).toEqual([name()]);
    for (const header of ['x-own', 'keep-alive', 'te', 'proxy-authorization']) expect(given(asked, header)).toEqual([]);
  });

  it('cannot change to another protocol on the way (h2c)', async () => {
    const { back, asked } = await get(
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    );
    expect(back).not.toContain(' 101 ');
    expect(asked).not.toMatch(/h2c|http2-settings/i);
  });

  it('cannot name a place other than by Host, once', async () => {
    for (const head of [
      `GET http://${name()}/ HTTP/1.1\r\nHost: ${name()}`,
      `GET http://evil/ HTTP/1.1\r\nHost: ${name()}`,
      `GET //evil/ HTTP/1.0\r\nHost: evil`,
      `OPTIONS * HTTP/1.1\r\nHost: ${name()}`,
      `CONNECT ${name()}:80 HTTP/1.1\r\nHost: ${name()}`,
      `GET / HTTP/1.1\r\nHost: ${name()}\r\nHost: x`,
      `GET / HTTP/1.1\r\nHost: x\r\nHost: ${name()}`,
      `GET / HTTP/1.1\r\nHost: x@${name()}`,
      `GET / HTTP/1.1\r\nHost: ${name()}/`,
      `GET / HTTP/1.1\r\nHost: ${name()}, x`,
      `GET / HTTP/1.1\r\nHost : ${name()}`,
      `GET / HTTP/1.1\r\nHost:`,
      `GET / HTTP/1.1`,
    ]) {
      const { back, asked } = await send(head);
      expect(asked, head).toBe('');
      expect(back, head).not.toContain('good');
    }
  });

  it('cannot put a line into the head, by any byte', async () => {
    for (const odd of ['\n', '\r', '\0', '\x0b', '\x7f\n', '\r\n ']) {
      for (const head of [
        `GET /a${odd}X-Injected:1 HTTP/1.1\r\nHost: ${name()}`,
        `GET / HTTP/1.1\r\nHost: ${name()}\r\nX: a${odd}X-Injected: 1`,
        `GET / HTTP/1.1\r\nHost: ${name()}\r\nX${odd}X-Injected: 1`,
      ]) {
        const { asked } = await send(head);
        expect(asked, JSON.stringify(head)).not.toMatch(/[\r\n]x-injected/i);
        expect(
          asked.split('\r\n').some((line) => /[\r\n\0]/.test(line)),
          JSON.stringify(head),
        ).toBe(false);
      }
    }
  });

  it('gets its answers in the order of its questions, each by its own right', async () => {
    const secret = `8081-node1-${ports.id}.localhost`;
    await ports.serve(8081, (_request, response) => void response.end('secret soup'));
    asked = '';
    answer = GOOD;
    const two = [name(), secret, name()].map((host) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join('');
    const back = await ports.raw(two, PATIENCE_MS, (text) => (text.match(/good/g)?.length ?? 0) === 2);
    expect(back.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
    expect(back).not.toContain('soup');
  });
});

describe('a program in a node', () => {
  it('cannot split its answer, or answer what nobody asked', async () => {
    for (const program of [
      'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: dd_abcdefgh=1\r\nContent-Length: 4\r\n\r\ngood',
      'HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: __Host-ddp=1\nContent-Length: 4\n\ngood',
      'HTTP/1.1 200 OK\r\nX: a\r\n Set-Cookie: dd_user=1\r\nContent-Length: 4\r\n\r\ngood',
      'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 4\r\n\r\ngood',
      'HTTP/1.1 200 OK\rX-Injected: 1\r\nContent-Length: 4\r\n\r\ngood',
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 8\r\n\r\ngoodevil',
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nevil',
    ]) {
      const { back } = await send(`GET / HTTP/1.1\r\nHost: ${name()}`, program);
      expect(back, JSON.stringify(program)).not.toMatch(/^(set-cookie|x-injected)/im);
      expect(back, JSON.stringify(program)).not.toMatch(/[^\r]\n|\r[^\n]|\0/);
      expect(back.match(/^content-length/gim)?.length ?? 0, JSON.stringify(program)).toBeLessThanOrEqual(1);
    }
  });

  it('cannot leave an answer for who comes next', async () => {
    for (const program of [
      `${GOOD}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
      `HTTP/1.1 304 Not Modified\r\nContent-Length: 60\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
      `HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
    ]) {
      for (let visit = 0; visit < 3; visit += 1) {
        const { back } = await send(`GET / HTTP/1.1\r\nHost: ${name()}`, program);
        expect(back, JSON.stringify(program)).not.toContain('evil');
      }
      const { back } = await send(`GET / HTTP/1.1\r\nHost: ${name()}`);
      expect(back.endsWith('good'), back).toBe(true);
    }
  });

  it('cannot do anything by answers that go before the answer', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nSet-Cookie: dd_abcdefgh=1\r\nLink: </x>\r\n\r\n';
    const { back } = await send(
      `GET / HTTP/1.1\r\nHost: ${name()}`,
      `HTTP/1.1 100 Continue\r\n\r\n${early.repeat(50)}${GOOD}`,
    );
    expect(back).toMatch(/^HTTP\/1\.1 200/);
    expect(back).not.toMatch(/set-cookie/i);
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nraw bytes';
    const unasked = await send(`GET / HTTP/1.1\r\nHost: ${name()}`, upgrade);
    expect(unasked.back).toMatch(/^HTTP\/1\.1 502/);
    expect(unasked.back).not.toMatch(/ 101 |raw bytes/);
  });

  it('cannot speak for our origin', async () => {
    const program = `HTTP/1.1 200 OK\r\n${[
      'Set-Cookie: dd_abcdefgh=1',
      'Set-Cookie: __Host-ddp=1; Secure; Path=/',
      'SET-COOKIE:   ddp  =1',
      'Set-Cookie: =ddp=1',
      'Set-Cookie: theirs=1; Domain=localhost; Path=/',
      'Clear-Site-Data: "*"',
      'Strict-Transport-Security: max-age=1',
      'Alt-Svc: h2="evil:1"',
      'X-Robots-Tag: all',
      'Connection: X-Own',
      'X-Own: 1',
      'Content-Length: 4',
    ].join('\r\n')}\r\n\r\ngood`;
    const { back } = await send(`GET / HTTP/1.1\r\nHost: ${name()}`, program);
    expect(given(back, 'set-cookie')).toEqual(['theirs=1; Path=/']);
    expect(given(back, 'x-robots-tag')).toEqual(['noindex, nofollow']);
    expect(back).not.toMatch(/^(clear-site-data|strict-transport|alt-svc|x-own)/im);
  });

  it('that answers before the question is whole confuses nobody', async () => {
    const seen: string[] = [];
    await ports.expose(
      8082,
      createServer((socket) => {
        let text = '';
        socket
          .on('error', () => undefined)
          .on('data', (chunk: Buffer) => {
            text += chunk.toString('latin1');
            // Answers at the head of each request that it takes for one, as soon as it has a line of it.
            for (const [line] of text.matchAll(/^[A-Z]+ \/\S* HTTP\/1\.1\r\n/gm)) {
              seen.push(line.trim());
              socket.write(GOOD);
            }
            text = '';
          });
      }),
    );
    await ports.choose(8082, { visibility: 'public' });
    const host = `8082-node1-${ports.id}.localhost`;
    for (let round = 0; round < 3; round += 1) {
      seen.length = 0;
      const body = `GET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      const head = `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n`;
      const asks = `${head}${body}GET /next HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      const back = await ports.raw(asks, PATIENCE_MS, (text) => (text.match(/good/g)?.length ?? 0) === 2);
      expect(back.match(/^HTTP\/1\.1 |goodHTTP\/1\.1 /g)?.length, back).toBe(2);
      expect(seen).toContain('GET /next HTTP/1.1');
      expect((await ports.get(`http://${host}/own`)).body).toBe('good');
    }
  });
});
