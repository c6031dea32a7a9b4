import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Duplex, Readable } from 'node:stream';
import { DrydockError } from '@drydock/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { deliverFile } from './deliver-file.ts';
import {
  listNodeFiles,
  makeNodeDirectory,
  type OpenCommand,
  readNodeFile,
  statNodeFile,
  writeNodeFile,
} from './node-files.ts';

const SEED = 20_261_207;

/** A node whose root has put another program in the place of ours: it says this, whatever it is asked. */
function node(answer: string | Buffer): OpenCommand {
  return async () => {
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    stream.push(answer);
    stream.push(null);
    return stream;
  };
}

const FILE = { kind: 'file', sizeBytes: 3, modifiedAt: 1000, etag: '1-2-3', unchanged: false };
const ENTRY = { name: 'a', kind: 'file', sizeBytes: 1, modifiedAt: 1, mode: 420, uid: 0, gid: 0 };
const ANSWERS: readonly object[] = [
  FILE,
  { kind: 'directory' },
  { entries: [ENTRY], truncated: false },
  { complete: true, etag: '1-2-3', sizeBytes: 3, created: true },
  { complete: false, receivedBytes: 3 },
  { error: 'BAD_REQUEST', reason: 'no' },
  { error: 'CONFLICT', reason: '1-2-3' },
];
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    0,
    -1,
    0.5,
    1e300,
    2 ** 60,
    '',
    'a\r\nset-cookie: b=c',
    '\u0000',
    '\u20ac',
    '"',
    'x'.repeat(100_000),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const line = fc.oneof(
  fc.constantFrom(...ANSWERS).map((answer) => JSON.stringify(answer)),
  fc
    .constantFrom(...ANSWERS)
    .chain((answer) =>
      fc
        .tuple(fc.constantFrom(...Object.keys(answer)), hostile)
        .map(([key, value]) => JSON.stringify(Object.fromEntries([...Object.entries(answer), [key, value]]))),
    ),
  hostile.map((value) => JSON.stringify(value)),
  fc.constantFrom('', '{', 'perl: not found', '['.repeat(100_000), '\ufeff{}', '{"kind":"file","kind":"directory"}'),
);

/** What goes into a header as it is. */
const HEADER = /^[\x20-\x7e]{1,64}$/;

test('whatever a node says about its files becomes an answer that fits, or an error that is not ours', async () => {
  let good = 0;
  await fc.assert(
    fc.asyncProperty(line, fc.constantFrom('\n', '\nrest', ''), async (said, end) => {
      const open = node(said + end);
      const write = { match: '', noneMatch: '' };
      for (const attempt of [
        () => readNodeFile(open, '/a'),
        () => statNodeFile(open, '/a'),
        () => listNodeFiles(open, '/'),
        () => makeNodeDirectory(open, '/b'),
        () => writeNodeFile(open, '/a', Readable.from([Buffer.from('abc')]), write),
      ]) {
        const found: unknown = await attempt().catch((error: unknown) => {
          if (!(error instanceof DrydockError)) throw error;
          expect(error.code).not.toBe('INTERNAL');
          expect(error.message).toMatch(/^[^\p{Cc}]{1,400}$/u);
          expect(JSON.stringify(error.toBody()).length).toBeLessThan(8000);
          return undefined;
        });
        if (typeof found !== 'object' || found === null) continue;
        good += 1;
        if ('etag' in found) expect(found.etag).toMatch(HEADER);
        if ('modifiedAt' in found) expect(new Date(Number(found.modifiedAt)).toUTCString()).not.toBe('Invalid Date');
        for (const key of ['sizeBytes', 'receivedBytes'])
          if (key in found) expect(Number.isSafeInteger((found as Record<string, unknown>)[key])).toBe(true);
      }
    }),
    { numRuns: 400, seed: SEED },
  );
  expect(good).toBeGreaterThan(50);
});

test('a node that takes no bytes and says nothing holds an upload no longer than its time', async () => {
  vi.useFakeTimers();
  try {
    const stream = new Duplex({ read: () => undefined, write: () => undefined });
    const source = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(64 * 1024)));
    const written = writeNodeFile(async () => stream, '/a', source, { match: '', noneMatch: '' }).catch(
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect(await written).toMatchObject({ code: 'NODE_NOT_READY' });
    expect(stream.destroyed).toBe(true);
  } finally {
    vi.useRealTimers();
  }
}, 5000);

let server: Server;
let body: Buffer[];
let length: number | undefined;

beforeEach(async () => {
  server = createServer(async (request, response) => {
    if (request.url === '/next') return response.end('the next answer');
    response.writeHead(200, length === undefined ? {} : { 'content-length': length });
    await deliverFile(response, Readable.from(body), length).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** Everything that two requests on one connection bring. */
async function two(): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /file HTTP/1.1\r\nhost: a\r\n\r\nGET /next HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'close').catch(() => undefined);
  return text;
}

const FORGED = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\nforged';

test('a file that is longer than it said is no answer to the next question', async () => {
  body = [Buffer.from('abc'), Buffer.from(FORGED)];
  length = 3;
  const text = await two();
  expect(text).not.toContain('forged');
  expect(text.split('HTTP/1.1 200 OK')).toHaveLength(3);
  expect(text).toMatch(/\r\n\r\nabcHTTP\/1\.1 200 OK[\s\S]*the next answer$/);
});

test('a file that is shorter than it said breaks the connection: the next answer is not its end', async () => {
  body = [Buffer.from('abc')];
  length = 30;
  expect(await two()).toMatch(/\r\n\r\nabc$/);
});

test('a body of any pieces and any length is sent so far as it was told, or broken', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      fc.nat(120),
      async (pieces, told) => {
        body = pieces.map((piece) => Buffer.from(piece.map((byte) => 97 + (byte % 26))));
        length = told;
        const whole = Buffer.concat(body).toString();
        const text = await two();
        if (whole.length < told) expect(text).not.toContain('the next answer');
        else expect(text).toContain(`\r\n\r\n${whole.slice(0, told)}HTTP/1.1 200 OK\r\n`);
      },
    ),
    { numRuns: 60, seed: SEED },
  );
});
