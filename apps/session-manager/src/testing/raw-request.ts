/** HTTP requests with a Host header of the test's choice, as a browser would send them to a name that leads here. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface RawOptions {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** Sends a request to `origin` for the host and path of `url` and returns the answer as it comes. */
export function openRequest(
  origin: string,
  url: string,
  { method = 'GET', headers = {}, body }: RawOptions = {},
): Promise<IncomingMessage> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(origin, {
      method,
      path: pathname + search,
      agent: false,
      headers: { host, ...headers },
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

/** The same, with the whole body. */
export async function rawRequest(origin: string, url: string, options?: RawOptions): Promise<RawAnswer> {
  const answer = await openRequest(origin, url, options);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() };
}

/** Upgrades a connection; rejects with the status when it is refused. */
export function rawUpgrade(origin: string, url: string, headers: Record<string, string> = {}): Promise<Duplex> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(origin, {
      path: pathname + search,
      agent: false,
      headers: {
        host,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
        ...headers,
      },
    });
    request.once('upgrade', (_answer, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.once('response', (answer) => reject(new Error(`status ${answer.statusCode}`)));
    request.once('error', reject);
    request.end();
  });
}
