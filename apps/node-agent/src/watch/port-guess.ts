/** Asks one port once what it speaks: http, https or something else, and what its page is called. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

export interface PortGuess {
  scheme: 'http' | 'https' | 'other';
  title?: string;
}

/** From the question to the end of what is read of the answer (ms). */
const ANSWER_MS = 2000;
/** How much of an answer is read (bytes): a title stands near its beginning. */
const MAX_ANSWER = 64 * 1024;
/** Longest title (characters), as the contract has it. */
const MAX_TITLE = 128;
/** How a title begins, in lower case. */
const TITLE_TAG = '<title';
/** How much of a title is looked at (characters): blanks and entities (`&#x1f433;`) may make 128 characters of it thirty times as long. */
const MAX_RAW_TITLE = 4096;
/** Ports where TLS is so usual that it is tried first. */
const USUALLY_TLS = [443, 8443, 9443];
/** How servers refuse plain HTTP on a TLS port (nginx, Apache, Go), in a 400. */
const WANTS_TLS = /HTTPS (port|server)|speaking plain HTTP to an SSL/i;
/** First byte of a TLS alert: the other way to refuse it. */
const TLS_ALERT = 0x15;

interface Answer {
  status: number;
  location: string | undefined;
  text: string;
}

/** Says hello in TLS; certificates are the learner's own and not checked. */
function secured(stream: Socket): Promise<Duplex | undefined> {
  return new Promise((resolve) => {
    const secure = connectTls({ socket: stream, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const timer = setTimeout(() => secure.destroy(), ANSWER_MS);
    secure.on('error', () => secure.destroy());
    secure.once('close', () => {
      clearTimeout(timer);
      stream.destroy();
      resolve(undefined);
    });
    secure.once('secureConnect', () => {
      clearTimeout(timer);
      resolve(secure);
    });
  });
}

/** Asks for a page and reads the beginning of what comes, until the title, the bound or the deadline. */
function ask(stream: Duplex, port: number, path: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const done = () => {
      clearTimeout(timer);
      stream.destroy();
      resolve(Buffer.concat(chunks).subarray(0, MAX_ANSWER));
    };
    const timer = setTimeout(done, ANSWER_MS);
    stream.on('error', done).once('close', done).once('end', done);
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      const isHttp = chunk !== chunks[0] || 'HTTP/'.startsWith(chunk.toString('latin1', 0, 5));
      const end = Buffer.concat(chunks.slice(-2)).toString('latin1');
      if (!isHttp || length >= MAX_ANSWER || /<\/title/i.test(end)) done();
    });
    const headers = `Host: localhost:${port}\r\nUser-Agent: drydock-port-check\r\nAccept: text/html,*/*\r\n`;
    stream.write(`GET ${path} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
  });
}

/** Reads an answer as HTTP; undefined when it is none. */
function parse(bytes: Buffer): Answer | undefined {
  const text = bytes.toString('utf8');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  if (status === undefined) return undefined;
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  return { status: Number(status), location: /^location:[ \t]*(\S+)/im.exec(head)?.[1], text: text.slice(head.length) };
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decodeEntity(whole: string, name: string): string {
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** What stands between `<title ...>` and the next tag, by one pass over the page; empty when there is no such place. */
function titleText(html: string): string {
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at + 1)) {
    const after = at + TITLE_TAG.length;
    if (html.slice(at, after).toLowerCase() !== TITLE_TAG || /\w/.test(html.charAt(after))) continue;
    // The first tag decides: where it does not end, or no tag follows it, no later one is complete either.
    const open = html.indexOf('>', after);
    const close = open === -1 ? -1 : html.indexOf('<', open);
    return close === -1 ? '' : html.slice(open + 1, Math.min(close, open + 1 + MAX_RAW_TITLE));
  }
  return '';
}

/** The title of a page, in one line of plain text of 128 characters at most; undefined when it has none. Linear in what it is given. */
export function titleOf(html: string): string | undefined {
  const text = titleText(html).replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,6});/gi, decodeEntity);
  const line = text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim();
  return line === '' ? undefined : [...line].slice(0, MAX_TITLE).join('').slice(0, MAX_TITLE);
}

/**
 * What listens behind `connect`. One or two connections, three where a page redirects within itself. Undefined: it said nothing at all,
 * as a program that is still starting does.
 */
export async function guessPort(connect: () => Promise<Socket>, port: number): Promise<PortGuess | undefined> {
  const order = USUALLY_TLS.includes(port) ? (['https', 'http'] as const) : (['http', 'https'] as const);
  let plain: PortGuess | undefined;
  for (const scheme of order) {
    const open = async () => {
      const stream = await connect();
      return scheme === 'https' ? secured(stream) : stream;
    };
    const stream = await open();
    if (stream === undefined) continue;
    const bytes = await ask(stream, port, '/');
    const answer = parse(bytes);
    if (answer === undefined) {
      // TLS that carries no HTTP, or a program that spoke in its own way: nothing more to learn.
      if (scheme === 'https' || (bytes.length > 0 && bytes[0] !== TLS_ALERT)) return { scheme: 'other' };
      continue;
    }
    if (scheme === 'http' && answer.status === 400 && WANTS_TLS.test(answer.text)) {
      plain = { scheme: 'http' };
      continue;
    }
    const title = titleOf((await landed(answer, open, port)).text);
    return title === undefined ? { scheme } : { scheme, title };
  }
  return plain;
}

/** The page itself, where `/` only leads to another path of the same program; nothing for pages that say what is wrong. */
async function landed(answer: Answer, open: () => Promise<Duplex | undefined>, port: number): Promise<Answer> {
  const nothing = { ...answer, text: '' };
  if (answer.status < 300) return answer;
  const { location } = answer;
  if (answer.status >= 400 || !location?.startsWith('/') || location.startsWith('//')) return nothing;
  const stream = await open().catch(() => undefined);
  if (stream === undefined) return nothing;
  const next = parse(await ask(stream, port, location.slice(0, 1024)));
  return next !== undefined && next.status < 300 ? next : nothing;
}
