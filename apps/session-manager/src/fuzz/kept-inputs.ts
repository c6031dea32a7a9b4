/** Inputs that once ended or held a process, or nearly; each run begins with them. What a fuzzer finds is added here with its mend. */

const get = (target: string, more = '') =>
  Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`, 'latin1');
const answer = (text: string) => Buffer.from(text, 'latin1');

/** To the public port. */
export const KEPT_REQUESTS: readonly Buffer[] = [
  // N1: a target that no parser of URLs takes.
  get('//'),
  get('//[', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'),
  get('http://[', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n'),
  Buffer.from('GET / HTTP/1.1\r\nHost: [\r\n\r\n', 'latin1'),
];

/** Of a page that has a session's link. */
export const KEPT_PACKETS: readonly string[] = [
  // An event whose name is a number: found by this fuzzer.
  '42/session,[7]',
  '42/session,[7,{}]',
];

/** Of a program in a node. */
export const KEPT_ANSWERS: readonly Buffer[] = [
  // N2: statuses and reasons that Node.js does not write.
  answer('HTTP/1.1 999 x\r\ncontent-length: 0\r\n\r\n'),
  answer('HTTP/1.1 099 x\r\ncontent-length: 0\r\n\r\n'),
  answer('HTTP/1.1 200 \x01\x7f\r\ncontent-length: 0\r\n\r\n'),
  // N3, N4: titles and policies.
  answer(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n${'<title>'.repeat(4000)}`),
  answer(`HTTP/1.1 200 OK\r\ncontent-security-policy: ${' '.repeat(8000)}x\r\ncontent-length: 0\r\n\r\n`),
];
