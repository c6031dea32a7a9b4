import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slowRuns } from '@drydock/testkit';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { guessPort, titleOf } from './port-guess.ts';

const servers: Server[] = [];
let tls: { key: Buffer; cert: Buffer };

beforeAll(() => {
  const directory = mkdtempSync(join(tmpdir(), 'dd-guess-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-nodes', '-days', '1', '-subj', '/CN=node1', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...subject], {
    stdio: 'ignore',
  });
  tls = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(directory, { recursive: true });
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What is guessed of a real server, and how many connections that took. */
async function guess(server: Server, as = 8080) {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let connections = 0;
  const open = () =>
    new Promise<Socket>((resolve, reject) => {
      connections += 1;
      const socket = connect(port, '127.0.0.1', () => resolve(socket)).once('error', reject);
    });
  return { result: await guessPort(open, as), connections };
}
const page =
  (body: string, status = 200, headers = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);
const talker = (talk: (socket: Socket) => void) =>
  createTcp((socket) => {
    socket.on('error', () => {});
    talk(socket);
  });

test('a web server is http, and its page has a title', async () => {
  const { result, connections } = await guess(createHttp(page('<html><head><TITLE lang=en>\n My &amp;\tapp </title>')));
  expect(result).toEqual({ scheme: 'http', title: 'My & app' });
  expect(connections).toBe(1);
});

test('an error page and an API have no title, and are http all the same', async () => {
  expect((await guess(createHttp(page('<title>404 Not Found</title>', 404)))).result).toEqual({ scheme: 'http' });
  expect((await guess(createHttp(page('{}')))).result).toEqual({ scheme: 'http' });
});

test('the page behind a redirect within the program gives the title; redirects elsewhere are not followed', async () => {
  const app: RequestListener = (request, response) =>
    request.url === '/'
      ? page('', 302, { location: '/login' })(request, response)
      : page('<title>Log in')(request, response);
  expect((await guess(createHttp(app))).result).toEqual({ scheme: 'http' });
  const whole: RequestListener = (request, response) =>
    request.url === '/'
      ? page('', 302, { location: '/login' })(request, response)
      : page('<title>Log in</title>')(request, response);
  expect((await guess(createHttp(whole))).result).toEqual({ scheme: 'http', title: 'Log in' });
  const away = await guess(createHttp(page('', 302, { location: '//elsewhere.example/' })));
  expect(away).toEqual({ result: { scheme: 'http' }, connections: 1 });
});

test('TLS is found behind each way of refusing plain HTTP, and first where it is usual', async () => {
  const secure = () => createHttps(tls, page('<title>Safe</title>'));
  expect((await guess(secure())).result).toEqual({ scheme: 'https', title: 'Safe' });
  const usual = await guess(secure(), 443);
  expect(usual).toEqual({ result: { scheme: 'https', title: 'Safe' }, connections: 1 });
  const go = talker((socket) =>
    socket.once('data', () =>
      socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.'),
    ),
  );
  expect((await guess(go)).connections).toBe(2);
  expect((await guess(createHttp(page('<title>Plain</title>')), 443)).result).toEqual({
    scheme: 'http',
    title: 'Plain',
  });
});

test('a program with a protocol of its own is other, and is asked once', async () => {
  const ssh = await guess(talker((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')));
  expect(ssh).toEqual({ result: { scheme: 'other' }, connections: 1 });
});

test('a program that closes or says nothing is not judged', async () => {
  expect((await guess(talker((socket) => socket.end()))).result).toBeUndefined();
}, 15_000);

test('an endless page costs a bounded part of it', async () => {
  let sent = 0;
  const flood: RequestListener = (_request, response) => {
    const chunk = Buffer.alloc(16 * 1024, 'x');
    const pour = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    };
    response.on('drain', pour).on('error', () => {});
    pour();
  };
  expect((await guess(createHttp(flood))).result).toEqual({ scheme: 'http' });
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

test('a title is one bounded line of plain text', () => {
  expect(titleOf('<title>a\u0000\u202eb &#60;script&#62; &#x1F433; &bogus;</title>')).toBe('ab <script> 🐳 &bogus;');
  expect(titleOf(`<title>${'x'.repeat(500)}</title>`)).toHaveLength(128);
  expect(titleOf('<title></title>')).toBeUndefined();
  expect(titleOf('no title')).toBeUndefined();
});

test('a title is looked for once, whatever the page repeats', () => {
  const around = [
    ['', ''],
    ['<title', ''],
    ['<title>', ''],
    ['<title>', '</title>'],
    ['', '<title>x</title>'],
  ] as const;
  expect(slowRuns(titleOf, { around })).toEqual([]);
});

test('a tag that only begins like a title is none, and a long title is cut before it is read', () => {
  expect(titleOf('<titles>a</titles><TITLE\n>b</TITLE>')).toBe('b');
  expect(titleOf('<title>a')).toBeUndefined();
  expect(titleOf('<title a="<title>">b</title>')).toBe('">b');
  expect(titleOf(`<title>${' '.repeat(4095)}xyz</title>`)).toBe('x');
});
