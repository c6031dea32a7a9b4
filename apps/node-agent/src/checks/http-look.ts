/** Asks a page of a node for a lab's check, by a connection that the agent opens into the node. */
import http from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { DrydockError, type NodeProbe, type ProbedFacts } from '@drydock/protocol';
import { cutText, cutWords } from './bounded.ts';

type HttpProbe = Extract<NodeProbe, { kind: 'http' }>;
type HttpFact = NonNullable<ProbedFacts['http']>[string];

/** What is read of a page (bytes). */
const MAX_BODY = 64 * 1024;

/** The answer, or why there is none. Redirects are answers. Certificates are the learner's own and not checked. */
export async function askPage(probe: HttpProbe, connect: () => Promise<Socket>): Promise<HttpFact> {
  const deadline = AbortSignal.timeout(probe.withinMs);
  let socket: Duplex | undefined;
  try {
    const plain = await within(connect(), deadline);
    socket = probe.scheme === 'https' ? await secured(plain, deadline) : plain;
    return await ask(probe, socket, deadline);
  } catch (error) {
    return { error: deadline.aborted ? 'timeout' : errorOf(error) };
  } finally {
    socket?.destroy();
  }
}

function errorOf(error: unknown): NonNullable<HttpFact['error']> {
  if (error instanceof DrydockError) {
    if (error.code === 'PORT_REFUSED') return 'refused';
    return error.code === 'PORT_TIMEOUT' ? 'timeout' : 'other';
  }
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset';
  return code.startsWith('ERR_SSL') || code === 'EPROTO' || code === 'ERR_TLS' ? 'tls' : 'other';
}

/** A connection that comes too late is closed. */
function within(opening: Promise<Socket>, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DrydockError('PORT_TIMEOUT')), { once: true });
    opening.then((socket) => {
      if (signal.aborted) socket.destroy();
      else resolve(socket);
    }, reject);
  });
}

function secured(plain: Socket, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secure = connectTls({ socket: plain, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const fail = () => {
      secure.destroy();
      plain.destroy();
      reject(Object.assign(new Error('no TLS'), { code: 'ERR_TLS' }));
    };
    secure.once('secureConnect', () => resolve(secure));
    secure.on('error', fail);
    secure.once('close', fail);
    signal.addEventListener('abort', fail, { once: true });
  });
}

function ask({ method, path, port }: HttpProbe, socket: Duplex, signal: AbortSignal): Promise<HttpFact> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      createConnection: () => socket,
      method,
      path,
      headers: { host: `localhost:${port}`, 'user-agent': 'drydock-check', accept: '*/*', connection: 'close' },
      maxHeaderSize: 16 * 1024,
      signal,
    });
    request.once('error', reject);
    // Nobody asked for another protocol: without this Node.js closes the connection and says nothing, for ever.
    request.once('upgrade', (response) => resolve(factOf(response, Buffer.alloc(0))));
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const done = () => resolve(factOf(response, Buffer.concat(chunks).subarray(0, MAX_BODY)));
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length < MAX_BODY) return;
        done();
        response.destroy();
      });
      response.once('end', done);
      response.once('error', reject);
    });
    request.end();
  });
}

function factOf({ statusCode, headers }: http.IncomingMessage, bytes: Buffer): HttpFact {
  const body = bytes.toString('utf8');
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return { status: statusCode ?? 0, headers: cutWords(flat), body: cutText(body, MAX_BODY), ...parsed(body) };
}

/** What it says as JSON, where it is some. */
function parsed(body: string): { json?: unknown } {
  if (!/^\s*[[{"\d]/.test(body)) return {};
  try {
    return { json: JSON.parse(body) };
  } catch {
    return {};
  }
}
