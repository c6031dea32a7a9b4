/** What a program in a node may answer is up to it: every status and every byte of a reason, by every way to a port, ends with an answer. */
import { connect as connectHttp2, constants } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';

const PORT = 8080;
/** Answers that are asked for at once. */
const AT_ONCE = 32;
/** Who has not answered after this long (ms) has no answer. */
const SILENCE_MS = 5000;
/** Some thousand requests take so long on a busy machine (ms). */
const MANY_MS = 90_000;
const LAST_STATUS = 999;
const LAST_BYTE = 0xff;
const THREE_DIGITS = /^\d{3}$/;

let ports: PublishedPorts;
beforeAll(async () => {
  ports = await publishPorts();
  // Answers the bytes that the path spells in hex, whatever they are.
  const program = createServer((socket: Socket) => {
    socket
      .on('error', () => undefined)
      .once('data', (head: Buffer) => {
        const [, hex = ''] = /\/answer\/([0-9a-f]*)/.exec(head.toString('latin1')) ?? [];
        socket.end(Buffer.from(hex, 'hex'));
      });
  });
  await ports.expose(PORT, program);
  await ports.choose(PORT, { visibility: 'public' });
});
afterAll(() => ports.stop());

const pathOf = (answer: string) => `/answer/${Buffer.from(answer, 'latin1').toString('hex')}`;
const name = () => `${PORT}-node1-${ports.id}.localhost`;
/** The status in a raw answer's first line; what else came where there is none. */
const statusIn = (text: string) => /^HTTP\/1\.1 (\d+)[ \r]/.exec(text)?.[1] ?? `no answer: ${text.slice(0, 80)}`;
const isWhole = (text: string) => text.includes('\r\n\r\n');

async function raw(head: string): Promise<string> {
  return statusIn(await ports.raw(`${head}\r\n\r\n`, SILENCE_MS, isWhole));
}

/** The ways to a port; each gives the answer's status. */
const WAYS: Record<string, (path: string) => Promise<string>> = {
  'by HTTP/1.1': (path) => raw(`GET ${path} HTTP/1.1\r\nHost: ${name()}`),
  'by HTTP/1.1, kept open by its client': (path) =>
    raw(`GET ${path} HTTP/1.1\r\nHost: ${name()}\r\nConnection: keep-alive`),
  'by a POST': (path) => raw(`POST ${path} HTTP/1.1\r\nHost: ${name()}\r\nContent-Length: 0`),
  'below a path of our own origin': (path) =>
    raw(`GET /p/${ports.id}/node1/${PORT}${path} HTTP/1.1\r\nHost: 127.0.0.1:${ports.test.manager.port}`),
  'by a WebSocket': (path) =>
    raw(
      `GET ${path} HTTP/1.1\r\nHost: ${name()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`,
    ),
  'by HTTP/2': (path) => {
    const session = connectHttp2(`http://127.0.0.1:${ports.test.manager.port}`);
    const answer = new Promise<string>((resolve) => {
      session.on('error', (error) => resolve(error.message));
      const stream = session.request({ ':path': path, ':authority': name() });
      stream.on('response', (headers) => resolve(String(headers[constants.HTTP2_HEADER_STATUS])));
      stream.on('error', (error) => resolve(error.message));
      stream.setTimeout(SILENCE_MS, () => resolve('no answer'));
      stream.resume();
    });
    return answer.finally(() => session.destroy());
  },
};

/** Asks for every answer, some at once, and gives those whose status is not the one that is due. */
async function wrongOnes(
  answers: readonly { text: string; due: string }[],
  ask: (path: string) => Promise<string>,
): Promise<string[]> {
  const wrong: string[] = [];
  const waiting = [...answers];
  const worker = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const status = await ask(pathOf(next.text));
      if (status !== next.due) wrong.push(`${JSON.stringify(next.text.slice(0, 40))}: ${status}, due is ${next.due}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return wrong.sort();
}

const range = (last: number) => Array.from({ length: last + 1 }, (_, index) => index);
/** The program closes after each: a POST would not be sent again where a kept connection has ended. */
const END = 'Content-Length: 0\r\nConnection: close\r\n\r\n';

describe.each(Object.entries(WAYS))('a node answers %s', (way, ask) => {
  it(
    'with any status: those of HTTP pass, others are a 502',
    async () => {
      const answers = range(LAST_STATUS).map((number) => {
        const status = String(number).padStart(3, '0');
        const passes = (number >= 200 && number <= 599) || (number === 101 && way === 'by a WebSocket');
        const upgrade = number === 101 ? 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n' : END;
        return { text: `HTTP/1.1 ${status} X\r\n${upgrade}`, due: passes ? status : '502' };
      });
      expect(await wrongOnes(answers, ask)).toEqual([]);
    },
    MANY_MS,
  );

  it(
    'with a reason of any byte: it is never passed on',
    async () => {
      const answers = range(LAST_BYTE).map((byte) => {
        const character = String.fromCharCode(byte);
        // These end the line, and what follows is no header.
        const due = character === '\r' || character === '\n' ? '502' : '200';
        return { text: `HTTP/1.1 200 a${character}b\r\n${END}`, due };
      });
      expect(await wrongOnes(answers, ask)).toEqual([]);
    },
    MANY_MS,
  );

  it(
    'with an answer of another form: it ends with one of ours',
    async () => {
      const forms = [
        '',
        'x',
        'HTTP/1.1 ',
        'HTTP/1.1 1',
        'HTTP/1.1 2000 X',
        'HTTP/9.9 200 OK',
        'HTTP/1.1 -20 X',
        'HTTP/1.1 20x X',
        'PRI * HTTP/2.0',
      ];
      const answers = forms.map((form) => ({ text: form === '' ? '' : `${form}\r\n${END}`, due: '502' }));
      expect(await wrongOnes(answers, ask)).toEqual([]);
    },
    MANY_MS,
  );

  it(
    'with headers of any byte: an answer comes',
    async () => {
      const answers = range(LAST_BYTE).flatMap((byte) => {
        const character = String.fromCharCode(byte);
        return [`A${character}B: c`, `A: b${character}c`, `Set-Cookie: a=b${character}`, `Location: /${character}`].map(
          (line) => ({
            text: `HTTP/1.1 200 OK\r\n${line}\r\n${END}`,
            due: '',
          }),
        );
      });
      const wrong = await wrongOnes(answers, async (path) => {
        const status = await ask(path);
        return THREE_DIGITS.test(status) ? '' : status;
      });
      expect(wrong).toEqual([]);
    },
    MANY_MS,
  );
});

describe('a handshake that a node refuses', () => {
  it('sets no cookie of our own origin', async () => {
    const answer = `HTTP/1.1 200 OK\r\nSet-Cookie: __Host-a=b; Path=/; Secure\r\nSet-Cookie: c=d\r\n${END}`;
    const text = await ports.raw(
      `GET /p/${ports.id}/node1/${PORT}${pathOf(answer)} HTTP/1.1\r\nHost: 127.0.0.1:${ports.test.manager.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      SILENCE_MS,
      isWhole,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.toLowerCase()).not.toContain('set-cookie');
  });
});
