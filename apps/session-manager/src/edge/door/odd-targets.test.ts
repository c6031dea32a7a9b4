import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AGENT_SOCKET_PATH, AGENT_STREAM_PATH } from '@drydock/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';
import { makeCertificate, type TestCertificate } from '../../testing/test-certificate.ts';
import type { TestManagerOptions } from '../../testing/test-manager.ts';

/** Some thousand requests, one after the other, take so long on a busy machine (ms). */
const MANY_MS = 90_000;
/** Longer than all headers of a request may be. */
const TOO_LONG = `/${'a'.repeat(20_000)}`;
const TARGETS = [
  ...[
    '//',
    '///',
    '//[',
    '//[::1',
    '//:99999/',
    '//:',
    '//@',
    '//a@',
    '//%',
    '//embed',
    '//embed?site=[',
    '//\\',
    '//?',
  ],
  ...['/\\', '/\\\\', '/\\[', '\\', '\\\\', '/\\embed', '*', '?', '?embed', '#', '/#', '/embed#', 'embed', 'a'],
  ...['http://', 'http:// ', 'http:///', 'http://[', 'http://:99999/', 'http://localhost/', 'http:/', 'http:', ':'],
  ...['https://evil.example/embed', 'ws://localhost/', 'data:,', 'javascript:0', 'localhost:80', '[::1]:80', '[', '@'],
  ...[
    '/%',
    '/%0',
    '/%zz',
    '/%00',
    '/%0d%0a',
    '/%E0%A4%A',
    '/%ff',
    '/..',
    '/../..',
    '/./',
    '/%2e%2e/',
    '/;',
    '/ ',
    '/\t',
  ],
  ...[
    '/\u0000',
    '/\u0001',
    '/\u001f',
    '/\u007f',
    '/\u0080',
    '/\u00ff',
    '/\u00c3\u00a9',
    '/a b',
    '/\u000b',
    '/{}',
    '/"<>',
  ],
  ...[
    '/embed?%',
    '/embed?site=%',
    '/embed?site=%00',
    '/embed?site=%ff',
    '/embed?=&&==',
    '/start?lab=%',
    '/start?lab=%E2%82%AC',
  ],
  ...[
    '/start?stack=//[',
    '/oembed?url=//[',
    '/oembed?url=http://[',
    '/oembed?url=%',
    '/open-port?label=%',
    '/open-port?to=%',
  ],
  ...[
    '/embed.js?%',
    '/embed-%.js',
    '/katacoda/embed.js#',
    '/api',
    '/api/',
    '/api//',
    '/api/v1/%',
    '/api/v1//[',
    '/api/v1/\\',
  ],
  ...[
    '/api/v1/sessions/%',
    '/api/v1/labs/%E0%A4%A',
    '/api/v1/sign-in/callback?%',
    '/healthz/%',
    '/readyz?%',
    '/healthz//[',
  ],
  ...[
    '/socket.io',
    '/socket.io/',
    '/socket.io//[',
    '/socket.io/?EIO=%',
    '/socket.io/?EIO=4&transport=%00',
    AGENT_SOCKET_PATH,
    `${AGENT_SOCKET_PATH}/?%`,
  ],
  ...[
    `${AGENT_STREAM_PATH}/`,
    `${AGENT_STREAM_PATH}/%`,
    `${AGENT_STREAM_PATH}//[`,
    '/terminal-socket?%',
    '/terminal-socket/',
    '/p',
    '/p/',
    '/p//[',
  ],
  ...[
    '/_drydock/enter?ticket=%',
    '/_drydock/enter?share=x&to=%E2%82%AC',
    '/_drydock/continue?to=%E2%82%AC',
    '/_drydock/%',
  ],
  ...[`/embed?site=${'%'.repeat(8000)}`, `/${'/'.repeat(8000)}`, TOO_LONG],
];
/** Who has not answered after this long (ms) has no answer. */
const SILENCE_MS = 5000;
const PLAIN = 'Accept: text/html\r\nConnection: close';
const METHODS = ['GET', 'POST', 'OPTIONS', 'HEAD'];

let certificate: TestCertificate;
let web: Server;
let webUrl: string;
let ports: PublishedPorts;
beforeAll(async () => {
  certificate = makeCertificate('localhost');
  web = createServer((_request, response) => response.end('page'));
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(() => {
  certificate.remove();
  web.close();
});
afterEach(() => ports.stop());

/** Sends `bytes` and gives the answer's first line; empty when the connection closed without one. */
function answerTo(bytes: string, tls = false): Promise<string> {
  const { port } = ports.test.manager;
  return new Promise((resolve) => {
    const socket = tls
      ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (part) => {
      text += part;
      if (!text.includes('\r\n')) return;
      resolve(text.split('\r\n', 1)[0] ?? '');
      socket.destroy();
    });
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('error', () => undefined).once('close', () => resolve(''));
    socket.write(bytes, 'latin1');
  });
}

/** A request by HTTP/2: its status, or how its stream was refused. */
function answerOverHttp2(headers: Record<string, string>, scheme: 'http' | 'https'): Promise<number | string> {
  const session = connectHttp2(`${scheme}://127.0.0.1:${ports.test.manager.port}`, { rejectUnauthorized: false });
  return new Promise((resolve) => {
    // A request that HTTP/2 itself refuses ends the stream or the connection, and says so.
    session.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    session.once('close', () => resolve('closed'));
    const stream = session.request(headers, { endStream: true });
    stream.on('response', (answer) => resolve(answer[':status'] ?? 0));
    stream.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    stream.setTimeout(SILENCE_MS, () => resolve('no answer'));
    stream.resume();
  }).finally(() => session.destroy()) as Promise<number | string>;
}

const places: [name: string, settings: () => TestManagerOptions['settings']][] = [
  ['with pages', () => ({ webUrl, embed: 'open' })],
  ['without pages, where strangers are warned', () => ({ warnStrangers: true })],
  [
    'below a path, with a domain of ports',
    () => ({ webUrl, publicUrl: 'http://localhost/below', portsDomain: 'localhost' }),
  ],
  ['with TLS', () => ({ webUrl, tls: { certFile: certificate.certFile, keyFile: certificate.keyFile } })],
];

// A thousand connections each, on a machine that does other things too.
describe.each(places)('a request target of any form, at a place %s', (_name, settings) => {
  /** Names of each kind: ours, a port's (there, and not), somebody else's, and what is none. */
  const start = async (): Promise<(string | undefined)[]> => {
    ports = await publishPorts({ settings: settings() ?? {} });
    await ports.serve(8080, (_request, response) => response.end('program'));
    await ports.choose(8080, { visibility: 'public' });
    const { port } = ports.test.manager;
    const [there, away] = [`8080-node1-${ports.id}.localhost:${port}`, '80-node9-aaaaaaaa.localhost'];
    return [`localhost:${port}`, `127.0.0.1:${port}`, there, away, 'evil.example', '', '[::1', '%', undefined];
  };
  const paths = ['', '/below'];

  it(
    'gets an answer by HTTP/1.1, as a request and as an upgrade, under every name',
    async () => {
      const names = await start();
      const unanswered: string[] = [];
      const ask = async (target: string, name: string | undefined, rest: string, method = 'GET') => {
        const host = name === undefined ? '' : `Host: ${name}\r\n`;
        const head = `${method} ${target} HTTP/1.${name === undefined ? 0 : 1}\r\n${host}`;
        // Handshakes take most of the time: one method is enough over TLS.
        for (const tls of settings()?.tls === undefined || rest !== PLAIN ? [false] : [false, true]) {
          const line = await answerTo(`${head}${rest}\r\n\r\n`, tls);
          // A GET of HTTP/1.1 never fails for a fault of ours.
          if (!/^HTTP\/1\.1 [1-5]\d\d /.test(line) || / 500 /.test(line))
            unanswered.push(`${tls} ${head.slice(0, 200)} ${line}`);
        }
      };
      for (const target of TARGETS) {
        const tries = names.flatMap((name) => [
          ask(
            target,
            name,
            'Accept: text/html\r\nConnection: close',
            METHODS[TARGETS.indexOf(target) % METHODS.length],
          ),
          ask(
            target,
            name,
            'Accept: text/html\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\nContent-Length: 0',
            'POST',
          ),
          ask(target, name, PLAIN),
          ask(
            target,
            name,
            'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          ),
        ]);
        await Promise.all(tries);
      }
      expect(unanswered).toEqual([]);
      const isTls = settings()?.tls !== undefined;
      expect(await answerTo('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', isTls)).toMatch(
        / 200 /,
      );
    },
    MANY_MS,
  );

  it(
    'gets an answer by HTTP/2, under every name',
    async () => {
      const names = await start();
      const scheme = settings()?.tls === undefined ? 'http' : 'https';
      const unanswered: string[] = [];
      for (const target of TARGETS.flatMap((each) => paths.map((path) => path + each))) {
        const tries = names.map(async (name) => {
          const headers = {
            ':path': target,
            accept: 'text/html',
            ...(name === undefined ? {} : { ':authority': name }),
          };
          const answer = await answerOverHttp2(headers, scheme);
          if (answer === 0 || answer === 500 || answer === 'closed' || answer === 'no answer')
            unanswered.push(`${target.slice(0, 200)} ${name} ${answer}`);
        });
        await Promise.all(tries);
      }
      expect(unanswered).toEqual([]);
      expect(await answerOverHttp2({ ':path': '/healthz', ':authority': 'localhost' }, scheme)).toBe(200);
    },
    MANY_MS,
  );
});
