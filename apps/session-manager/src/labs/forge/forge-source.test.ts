/** Labs by address, against a forge that is played on the loopback, honest and otherwise. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock } from '@drydock/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../../testing/test-certificate.ts';
import { filesOfArchive } from './archive.ts';
import { parseForgeAddress, parseForges } from './forge-address.ts';
import { createForgeSource } from './forge-source.ts';
import { isPublicAddress } from './public-address.ts';

const HOST = 'forge.test';
let certificate: TestCertificate;
let server: Server;
let port: number;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  certificate = makeCertificate(HOST);
  server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    asked.push(String(request.url));
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  certificate.remove();
});
beforeEach(() => {
  asked = [];
  answer = (_request, response) => response.end(tar({ 'labs/a/lab.md': '## Step\n' }));
});

/** What `tar` and `gzip` make of these files, below a folder of the archive's own. */
function tar(files: Record<string, string>, also: (root: string) => void = () => {}): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'dd-forge-'));
  const root = join(directory, 'repo-main');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  also(root);
  execFileSync('tar', ['-C', directory, '-czf', join(directory, 'a.tgz'), 'repo-main']);
  const bytes = readFileSync(join(directory, 'a.tgz'));
  rmSync(directory, { recursive: true });
  return bytes;
}

/** One entry as nobody's `tar` would write it. */
function forged(name: string, flag: string, content = ''): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(flag, 156);
  header.write('ustar\0', 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content.padEnd(Math.ceil(content.length / 512) * 512, '\0'))]);
}

function source(addresses: string[] = ['127.0.0.1'], isAllowed: (address: string) => boolean = () => true) {
  const forges = new Map([['gh', `https://${HOST}:${port}/{owner}/{repo}/archive/{ref}.tar.gz`]]);
  return createForgeSource({
    forges,
    clock: systemClock,
    download: {
      ca: certificate.cert,
      lookup: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      isAllowed,
    },
  });
}

const ID = 'gh:acme/docs/labs/a@v1';

describe('a lab by address', () => {
  it('is fetched from its forge, once for all who ask within a minute', async () => {
    const forge = source();
    const [first, second] = await Promise.all([forge.fetch(ID), forge.fetch(ID)]);
    expect(first).toBe(second);
    expect(first).toMatchObject({ id: ID, entry: 'lab.md' });
    expect([...first.files.keys()]).toEqual(['lab.md']);
    expect(asked).toEqual(['/acme/docs/archive/v1.tar.gz']);
  });

  it('may be a Markdown file of a repository, with what lies beside it', async () => {
    answer = (_request, response) => response.end(tar({ 'docs/first.md': '## S\n', 'docs/pic.png': 'x', other: 'y' }));
    const bundle = await source().fetch('gh:acme/docs/docs/first.md@main');
    expect(bundle.entry).toBe('first.md');
    expect([...bundle.files.keys()].sort()).toEqual(['first.md', 'pic.png']);
  });

  it.each([
    'gh:a/../x@v1',
    'gh:a/b/../c@v1',
    'gh:a/b@../x',
    'gh:a/b@v1/..',
    'gh:a b/c@v',
    'gh:/b@v',
    'a/b@v',
    'gh:a/b',
    'gh:a/b/-x@v',
    'gh:a/b@-x',
  ])('%s is no address', (text) => expect(parseForgeAddress(text)).toBeUndefined());

  it('is refused from a forge that the operator has not named', async () => {
    await expect(source().fetch('other:a/b@v1')).rejects.toMatchObject({ code: 'LAB_SOURCE_REFUSED' });
    expect(asked).toEqual([]);
    expect(() => parseForges('gh=http://forge.test/{owner}/{repo}/{ref}')).toThrow(/https/);
    expect(() => parseForges('gh=https://{owner}.test/{repo}/{ref}')).toThrow(/written out/);
    expect(parseForges('gh=https://forge.test/{owner}/{repo}/{ref}').size).toBe(1);
  });
});

describe('a forge that plays tricks', () => {
  it.each([
    ['another host', () => 'https://elsewhere.test/x'],
    ['another port', () => `https://${HOST}:1/x`],
    ['plain http', () => `http://${HOST}:${port}/x`],
    ['an address in place of a name', () => `https://127.0.0.1:${port}/x`],
    ['a password', () => `https://user:word@${HOST}:${port}/x`],
  ])('is not followed to %s', async (_what, location) => {
    answer = (_request, response) => response.writeHead(302, { location: location() }).end();
    await expect(source().fetch(ID)).rejects.toMatchObject({ code: 'LAB_SOURCE_REFUSED' });
    expect(asked).toHaveLength(1);
  });

  it('is followed within itself, three times', async () => {
    answer = (request, response) =>
      request.url === '/three'
        ? response.end(tar({ 'labs/a/lab.md': 'x' }))
        : response.writeHead(302, { location: request.url === '/two' ? '/three' : '/two' }).end();
    expect((await source().fetch(ID)).entry).toBe('lab.md');
    answer = (_request, response) => response.writeHead(302, { location: '/again' }).end();
    await expect(source().fetch(ID)).rejects.toMatchObject({ code: 'LAB_SOURCE_FAILED' });
    expect(asked.filter((path) => path === '/again')).toHaveLength(3);
  });

  it('reaches no private network by its name, nor by one address among good ones', async () => {
    await expect(source(['127.0.0.1'], isPublicAddress).fetch(ID)).rejects.toMatchObject({
      code: 'LAB_SOURCE_REFUSED',
    });
    await expect(source(['1.1.1.1', '10.0.0.1'], isPublicAddress).fetch(ID)).rejects.toMatchObject({
      code: 'LAB_SOURCE_REFUSED',
    });
    expect(asked).toEqual([]);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'ff02::1',
    'name',
  ])('%s is no public address', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700::1111'])('%s is one', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  it('is told from one that is not there', async () => {
    answer = (_request, response) => response.writeHead(404).end();
    await expect(source().fetch(ID)).rejects.toMatchObject({ code: 'UNKNOWN_LAB' });
    answer = (_request, response) => response.writeHead(500).end();
    await expect(source().fetch(ID)).rejects.toMatchObject({ code: 'LAB_SOURCE_FAILED' });
  });

  it('is given up where its forge answers with another protocol, and holds no place for another one', async () => {
    answer = (_request, response) =>
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    const forge = source();
    for (const at of ['a', 'b', 'c'])
      await expect(forge.fetch(`gh:acme/docs/labs/${at}@v1`)).rejects.toMatchObject({ code: 'LAB_SOURCE_FAILED' });
  });

  it('cannot fill the memory: too many bytes end the answer', async () => {
    let isClosed = false;
    answer = (_request, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      const piece = randomBytes(1024 * 1024);
      const send = () => {
        if (!isClosed) response.write(piece, send);
      };
      send();
    };
    await expect(source().fetch(ID)).rejects.toMatchObject({ code: 'LAB_INVALID' });
    await expect.poll(() => isClosed).toBe(true);
  });
});

describe('an archive that plays tricks', () => {
  it.each([
    ['a bomb', gzipSync(Buffer.alloc(150 * 1024 * 1024))],
    ['no archive', randomBytes(2000)],
    ['a damaged one', gzipSync(Buffer.alloc(2048, 7))],
    ['a way out', gzipSync(forged('repo/labs/a/../../../etc/passwd', '0', 'x'))],
    ['an absolute name', gzipSync(forged('/etc/passwd', '0', 'x'))],
    ['a backslash', gzipSync(forged('repo/labs/a/..\\x', '0', 'x'))],
    ['a symbolic link', gzipSync(forged('repo/labs/a/link', '2'))],
    ['a hard link', gzipSync(forged('repo/labs/a/link', '1'))],
    ['a device', gzipSync(forged('repo/labs/a/null', '3'))],
    ['a pipe', gzipSync(forged('repo/labs/a/pipe', '6'))],
    [
      'two names of one file',
      gzipSync(Buffer.concat([forged('r/labs/a/X', '0', 'x'), forged('r/labs/a/x', '0', 'x')])),
    ],
    ['a size beyond its end', gzipSync(forged('repo/labs/a/x', '0', 'x').fill('7', 124, 135))],
    ['too many files', gzipSync(Buffer.concat(Array.from({ length: 2001 }, (_, at) => forged(`r/labs/a/${at}`, '0'))))],
    ['a huge file', gzipSync(forged('repo/labs/a/x', '0', 'x'.repeat(6 * 1024 * 1024)))],
  ])('%s is refused', async (_what, archive) => {
    await expect(filesOfArchive(archive, 'labs/a')).rejects.toMatchObject({ code: 'LAB_INVALID' });
  });

  it('may hold links elsewhere: they are not looked at', async () => {
    const archive = tar({ 'labs/a/lab.md': 'x', 'other/x': 'y' }, (root) =>
      symlinkSync('/etc', join(root, 'other/etc')),
    );
    expect([...(await filesOfArchive(archive, 'labs/a')).keys()]).toEqual(['lab.md']);
  });

  it('may have long names', async () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}.txt`;
    expect([...(await filesOfArchive(tar({ [`labs/a/${long}`]: 'x' }), 'labs/a')).keys()]).toEqual([long]);
  });
});
