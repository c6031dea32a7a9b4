/** A place that answers each call as no honest one would, and another origin beside it that hears what is not meant for it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** How one call is answered. */
export type Manner =
  | { kind: 'json'; status: number; value: unknown }
  | { kind: 'text'; status: number; type: string; text: string }
  /** A body without an end; zipped, each of its bytes stands for a thousand. */
  | { kind: 'endless'; status: number; type: string; zipped: boolean }
  | { kind: 'endless-headers' }
  /** One byte now and then: never idle for long, never done. */
  | { kind: 'drip'; status: number }
  | { kind: 'silence' }
  /** Less than it says, or no answer at all. */
  | { kind: 'cut'; after: 'nothing' | 'headers' | 'some' }
  | { kind: 'raw'; text: string }
  /** To the other origin, or to itself without end. */
  | { kind: 'redirect'; status: number; to: 'elsewhere' | 'itself' };

export interface HostilePlace {
  origin: string;
  /** How calls are answered from now on. */
  answer(manner: (request: IncomingMessage) => Manner): void;
  /** Requests that came to the other origin since the last call of this. */
  takeElsewhere(): string[];
  stop(): void;
}

const BLOCK = Buffer.alloc(64 * 1024, '[');
const ZIPPED = gzipSync(Buffer.alloc(16 * 1024 * 1024, ' '));
const DRIP_MS = 20;

function pour(response: ServerResponse, block: Buffer): void {
  const more = () => {
    while (!response.destroyed && response.write(block));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function pourHeaders(socket: Socket): void {
  let at = 0;
  const more = () => {
    while (!socket.destroyed && socket.write(`x-${at++}: ${'x'.repeat(1000)}\r\n`));
    if (!socket.destroyed) socket.once('drain', more);
  };
  socket.on('error', () => undefined);
  socket.write('HTTP/1.1 200 OK\r\n');
  more();
}

function cut(response: ServerResponse, after: 'nothing' | 'headers' | 'some'): void {
  const { socket } = response;
  if (after === 'nothing') socket?.destroy();
  else {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.flushHeaders();
    if (after === 'some') response.write('{"id":');
    setTimeout(() => socket?.destroy(), DRIP_MS);
  }
}

function give(request: IncomingMessage, response: ServerResponse, manner: Manner, elsewhere: string): void {
  switch (manner.kind) {
    case 'json':
      response.writeHead(manner.status, { 'content-type': 'application/json' }).end(JSON.stringify(manner.value));
      return;
    case 'text':
      response.writeHead(manner.status, { 'content-type': manner.type }).end(manner.text);
      return;
    case 'endless': {
      const { status, type, zipped } = manner;
      response.writeHead(status, { 'content-type': type, ...(zipped ? { 'content-encoding': 'gzip' } : {}) });
      pour(response, zipped ? ZIPPED : BLOCK);
      return;
    }
    case 'endless-headers':
      if (response.socket !== null) pourHeaders(response.socket);
      return;
    case 'drip': {
      response.writeHead(manner.status, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), DRIP_MS);
      response.once('close', () => clearInterval(timer));
      return;
    }
    case 'silence':
      return;
    case 'cut':
      cut(response, manner.after);
      return;
    case 'raw':
      response.socket?.end(manner.text);
      return;
    case 'redirect': {
      const location = manner.to === 'itself' ? (request.url ?? '/') : `${elsewhere}${request.url ?? '/'}`;
      response.writeHead(manner.status, { location }).end();
      return;
    }
  }
}

/** Starts both origins on ports of their own. */
export async function startHostilePlace(): Promise<HostilePlace> {
  let manner: (request: IncomingMessage) => Manner = () => ({ kind: 'silence' });
  const heard: string[] = [];
  const other = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  // A client that is done with an endless answer hangs up.
  const place = createServer((request, response) => {
    response.on('error', () => undefined);
    request.on('error', () => undefined).resume();
    give(request, response, manner(request), originOf(other));
  });
  place.on('clientError', (_error, socket) => socket.destroy());
  for (const server of [other, place]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }

  return {
    origin: originOf(place),
    answer(next) {
      manner = next;
    },
    takeElsewhere: () => heard.splice(0),
    stop() {
      for (const server of [other, place]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function originOf(server: ReturnType<typeof createServer>): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
