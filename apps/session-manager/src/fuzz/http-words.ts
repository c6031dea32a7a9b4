/** The words of which hostile requests and answers are made: names of hosts, targets, headers. */
import fc from 'fast-check';

/** Names under which requests come: ours, a port's, none, and what no parser of URLs takes. */
export const hosts = (portName: string) =>
  fc.constantFrom(
    ...Array<string>(12).fill('localhost'),
    ...Array<string>(12).fill(portName),

    'localhost',
    '127.0.0.1',
    portName,
    'evil.example',
    '',
    '[',
    '[::1]:x',
    'a'.repeat(300),
    'localhost:99999',
    '%',
  );

const PIECES = [
  ...['/', '//', '/.', '/..', '%', '%00', '%2f', '%E0%A4%A', '?', '#', '&', '=', ';', '@', ':', '[', ']', '\\', '*'],
  ...[
    'api/v1/',
    'api',
    'sessions',
    's/',
    'p/',
    'embed',
    'open-port',
    'socket.io/',
    'agent-socket/',
    'agent-stream/',
    'terminal-socket/',
    'healthz',
  ],
  ...[
    'pwd-sdk/dist/pwd.js',
    'katacoda/embed.js',
    '_next/static/',
    'sign-in',
    'hosts/join',
    'tcp/',
    'process-health',
    'stack=',
    'EIO=4',
    'sid=',
    'http://',
    'a'.repeat(4000),
  ],
];

/** Targets that are answered, and what may follow them. */
const known = fc
  .tuple(
    fc.constantFrom(
      '/healthz',
      '/readyz',
      '/api/v1/status',
      '/api/v1/openapi.json',
      '/api/v1/sessions',
      '/embed',
      '/pwd-sdk/dist/pwd.js',
      '/',
    ),
    fc.constantFrom('', '', '?', '?a=%', '/', '?site=[&lab=//', '#'),
  )
  .map(([path, rest]) => path + rest);

/** Pieces of ours in any order. */
const pieced = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom(...PIECES), weight: 20 },
      { arbitrary: fc.stringMatching(/^[!-~]{1,8}$/), weight: 4 },
      { arbitrary: fc.constantFrom(' ', '\t', '\0', '\xff', 'é'), weight: 1 },
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))
  .chain((rest) => fc.constantFrom(`/${rest}`, `/${rest}`, `/${rest}`, rest));

/** Request targets. */
export const target = fc.oneof({ arbitrary: known, weight: 1 }, { arbitrary: pieced, weight: 3 });

const HEADERS = [
  ...['Connection', 'Upgrade', 'Cookie', 'Authorization', 'Origin', 'Referer', 'Range', 'Accept'],
  ...[
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'X-Drydock-Ancestors',
    'X-Drydock-Manager',
    'X-Drydock-Frames',
    'TE',
    'Trailer',
  ],
  ...[
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Extensions',
    'Sec-Fetch-Site',
    'Sec-Fetch-Dest',
    'Sec-Fetch-Mode',
  ],
  ...[
    'Content-Type',
    'HTTP2-Settings',
    'Keep-Alive',
    'Proxy-Connection',
    'If-None-Match',
    'Idempotency-Key',
    '__proto__',
    'constructor',
  ],
];
const VALUES = [
  ...[
    '',
    ' ',
    ',',
    ';',
    '=',
    '0',
    '-1',
    '1',
    '5',
    '1e3',
    '99999999999999999999',
    'close',
    'keep-alive',
    'Upgrade',
    'websocket',
    'h2c',
    'chunked',
    'identity',
  ],
  ...[
    'chunked, chunked',
    '100-continue',
    'null',
    'https://evil.example',
    'Bearer ',
    `Bearer ${'x'.repeat(43)}`,
    'Basic Og==',
    '13',
    '0, 13',
    'permessage-deflate',
  ],
  ...[
    'permessage-deflate; server_max_window_bits=99; a="',
    'bytes=0-',
    'bytes=9-1,1-',
    'application/json',
    'text/html',
    'a=b; a=c; =; "',
    '127.0.0.1',
    '[::',
    'for="_x";by=[',
  ],
  ...[
    'a'.repeat(2000),
    '; '.repeat(1000),
    'a=b;'.repeat(500),
    '"'.repeat(1000),
    ' '.repeat(3000),
    'dGhlIHNhbXBsZSBub25jZQ==',
  ],
];
/** Values of headers. */
export const value = fc.oneof(
  { arbitrary: fc.constantFrom(...VALUES), weight: 5 },
  { arbitrary: fc.stringMatching(/^[ -~]{0,40}$/), weight: 2 },
);
/** A header of a request. */
export const header = fc.tuple(
  fc.oneof(
    { arbitrary: fc.constantFrom(...HEADERS), weight: 20 },
    { arbitrary: fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/), weight: 2 },
    // A wrong one of these ends most requests before they reach us.
    { arbitrary: fc.constantFrom('Host', 'Content-Length', 'Transfer-Encoding', 'Expect', 'é', ''), weight: 1 },
  ),
  value,
);
