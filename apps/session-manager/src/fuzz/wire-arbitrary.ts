/** Bytes as hostile clients, programs and hosts send them: near the form that is expected, and beside it. */
import fc from 'fast-check';
import { header, hosts, target, value } from './http-words.ts';

/** Changes of bytes on their way: some are cut, doubled, or others. */
const harm = fc.oneof(
  { arbitrary: fc.constant((bytes: Buffer) => bytes), weight: 4 },
  {
    arbitrary: fc.tuple(fc.nat(2000), fc.nat(255)).map(([at, byte]) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = byte;
      return copy;
    }),
    weight: 2,
  },
  { arbitrary: fc.nat(2000).map((at) => (bytes: Buffer) => bytes.subarray(0, at % (bytes.length + 1))), weight: 1 },
  {
    arbitrary: fc
      .nat(2000)
      .map((at) => (bytes: Buffer) => Buffer.concat([bytes, bytes.subarray(at % (bytes.length + 1))])),
    weight: 1,
  },
);

const harmed = (bytes: fc.Arbitrary<Buffer>) => fc.tuple(bytes, harm).map(([whole, change]) => change(whole));

/** Requests of HTTP/1.1, one to three on a connection. */
export function http1Requests(portName: string): fc.Arbitrary<Buffer> {
  const one = fc
    .record({
      method: fc.constantFrom(
        'GET',
        'GET',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'HEAD',
        'OPTIONS',
        'CONNECT',
        'TRACE',
        'PRI',
        'PROPFIND',
        'get',
        '',
      ),
      target,
      version: fc.oneof(
        { arbitrary: fc.constant('HTTP/1.1'), weight: 12 },
        { arbitrary: fc.constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/9.9', ''), weight: 1 },
      ),
      host: hosts(portName),
      headers: fc.array(header, { maxLength: 8 }),
      body: fc.oneof(
        fc.constant(''),
        fc.constantFrom('{}', '[]', '5\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '{"a":'),
        fc.string({ maxLength: 60 }),
      ),
    })
    .map(({ method, target: path, version, host, headers, body }) => {
      const lines = [
        `${method} ${path} ${version}`,
        `Host: ${host}`,
        ...headers.map(([name, text]) => `${name}: ${text}`),
      ];
      return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
    });
  return harmed(fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => Buffer.concat(all)));
}

/** An upgrade to one of our sockets, and what follows it. */
export function webSocketBytes(portName: string): fc.Arbitrary<Buffer> {
  const frame = fc
    .record({
      first: fc.nat(255),
      length: fc.constantFrom(0, 1, 5, 125, 126, 127),
      isMasked: fc.boolean(),
      long: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      data: fc.uint8Array({ maxLength: 200 }),
    })
    .map(({ first, length, isMasked, long, data }) => {
      const head = [first, length | (isMasked ? 0x80 : 0)];
      const more = Buffer.alloc(length === 126 ? 2 : length === 127 ? 8 : 0);
      if (length === 126) more.writeUInt16BE(Number(long & 0xffffn));
      if (length === 127) more.writeBigUInt64BE(long);
      return Buffer.concat([Buffer.from(head), more, Buffer.from(data)]);
    });
  const path = fc.constantFrom(
    ...[
      '/socket.io/?EIO=4&transport=websocket',
      '/socket.io/?EIO=3&transport=websocket',
      '/socket.io/?EIO=4&transport=websocket&sid=x',
      '/socket.io/',
    ],
    ...[
      '/agent-socket/?EIO=4&transport=websocket',
      '/agent-stream/x',
      `/agent-stream/${'a'.repeat(32)}`,
      '/terminal-socket',
      '/terminal-socket?x',
      '/tcp/x',
    ],
    ...['/', '/p/aaaaaaaa/node1/80/'],
  );
  return harmed(
    fc
      .record({
        path,
        host: hosts(portName),
        key: fc.constantFrom('dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ==', 'x', ''),
        version: fc.constantFrom('13', '13', '13', '8', '0', 'x'),
        upgrade: fc.constantFrom('websocket', 'websocket', 'websocket', 'drydock-stream', 'h2c', ''),
        headers: fc.array(header, { maxLength: 4 }),
        frames: fc.array(frame, { maxLength: 6 }),
      })
      .map(({ path: at, host, key, version, upgrade, headers, frames }) => {
        const lines = [
          `GET ${at} HTTP/1.1`,
          `Host: ${host}`,
          'Connection: Upgrade',
          `Upgrade: ${upgrade}`,
          `Sec-WebSocket-Key: ${key}`,
          `Sec-WebSocket-Version: ${version}`,
          ...headers.map(([name, text]) => `${name}: ${text}`),
        ];
        return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), ...frames]);
      }),
  );
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A header field as HPACK writes one that is in no table and not compressed (RFC 7541, 6.2.2). */
function field(name: string, text: string): Buffer {
  const part = (words: string) => {
    const bytes = Buffer.from(words, 'latin1').subarray(0, 126);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  };
  return Buffer.concat([Buffer.from([0]), part(name), part(text)]);
}

function frameOf(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A connection of HTTP/2: its preface, settings, requests, and frames of every type in any order. */
export function http2Bytes(portName: string): fc.Arbitrary<Buffer> {
  const request = fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'CONNECT', 'HEAD', 'x y', ''),
      path: target,
      authority: hosts(portName),
      headers: fc.array(
        header.map(([name, text]) => [name.toLowerCase(), text] as const),
        { maxLength: 6 },
      ),
      pseudo: fc.constantFrom('', ':protocol', ':status', ':odd', ':path'),
      flags: fc.constantFrom(0x5, 0x5, 0x4, 0x1, 0x0, 0x2d),
      stream: fc.constantFrom(1, 3, 5, 7, 0, 2),
    })
    .map(({ method, path, authority, headers, pseudo, flags, stream }) => {
      const fields = [
        field(':method', method),
        field(':scheme', 'http'),
        field(':path', path),
        field(':authority', authority),
        ...headers.map(([name, text]) => field(name, text)),
        ...(pseudo === '' ? [] : [field(pseudo, 'x')]),
      ];
      return frameOf(1, flags, stream, Buffer.concat(fields));
    });
  const other = fc
    .tuple(fc.nat(12), fc.nat(255), fc.constantFrom(0, 1, 3, 2 ** 31), fc.uint8Array({ maxLength: 64 }))
    .map(([type, flags, stream, payload]) => frameOf(type, flags, stream, Buffer.from(payload)));
  const frames = fc.array(fc.oneof({ arbitrary: request, weight: 3 }, { arbitrary: other, weight: 2 }), {
    maxLength: 10,
  });
  return harmed(frames.map((all) => Buffer.concat([Buffer.from(PREFACE), frameOf(4, 0, 0, Buffer.alloc(0)), ...all])));
}

/** What a program in a node answers. */
export const nodeAnswer: fc.Arbitrary<Buffer> = harmed(
  fc
    .record({
      version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2', 'ICY', ''),
      status: fc.oneof(
        fc.constantFrom('200', '204', '304', '101', '100', '103', '301', '000', '999', '1000', 'abc', ''),
        fc.nat(999).map(String),
      ),
      reason: fc.oneof(fc.constantFrom('OK', 'OK', 'OK', ''), fc.string({ maxLength: 20, unit: 'binary' })),
      headers: fc.array(
        fc.tuple(
          fc.oneof(
            fc.constantFrom(
              'Content-Length',
              'Transfer-Encoding',
              'Connection',
              'Upgrade',
              'Location',
              'Set-Cookie',
              'Content-Security-Policy',
              'X-Frame-Options',
            ),
            fc.constantFrom(
              'Content-Type',
              'Refresh',
              'Link',
              'Alt-Svc',
              'Report-To',
              'NEL',
              'Clear-Site-Data',
              'Trailer',
              'Content-Encoding',
              'Access-Control-Allow-Origin',
            ),
            fc.string({ maxLength: 10 }),
          ),
          fc.oneof(
            value,
            fc.constantFrom(
              "frame-ancestors 'none'",
              'frame-ancestors ',
              'sandbox',
              '; frame-ancestors *;;',
              'http://[',
              '//x',
              '0;url=//x',
              '<//x>; rel=preload',
            ),
          ),
        ),
        { maxLength: 10 },
      ),
      body: fc.oneof(
        fc.constant(''),
        fc.string({ maxLength: 100 }),
        fc.constantFrom('0\r\n\r\n', 'zz\r\n', '<title>'.repeat(500)),
      ),
    })
    .map(({ version, status, reason, headers, body }) => {
      const lines = [`${version} ${status} ${reason}`, ...headers.map(([name, text]) => `${name}: ${text}`)];
      return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
    }),
);

/** Packets of engine.io and socket.io, as text of a WebSocket or a body of long polling. */
export const socketPackets: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        '2',
        '2probe',
        '3',
        '5',
        '6',
        '40',
        '40/session,{}',
        '40/agent,{"name":"h1"}',
        '41/session,',
        '42/session,["x"]',
        '43/session,1[]',
        '44',
        '9',
      ),
      fc.constantFrom(
        '451-/session,["x",{"_placeholder":true,"num":0}]',
        '4599999999-["x",{"_placeholder":true,"num":99}]',
        '451-["x",{"_placeholder":true,"num":-1}]',
        'b',
        'bAAAA',
        `42${'['.repeat(2000)}`,
      ),
      fc
        .tuple(
          fc.constantFrom('42', '42/session,', '42/agent,', '421', '4299999999999999999999'),
          fc.jsonValue({ maxDepth: 3 }),
        )
        .map(([head, json]) => `${head}${JSON.stringify([json])}`),
      fc.string({ maxLength: 40, unit: 'binary' }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((packets) => packets.join('\x1e'));

export const noise: fc.Arbitrary<Buffer> = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
