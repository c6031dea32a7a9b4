/** Asks one node's Docker Engine over its unix socket. All that it answers may be a learner's invention: bounded, and parsed by the caller. */
import http from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { readLines } from '../system/lines.ts';

/** The engine answered that it will not; the message is its own, cut to a sentence's length. */
export class EngineError extends Error {}

export interface DockerApi {
  /** GET as JSON. @throws EngineError on any status but 200, and any error beyond the bounds or when the engine is away. */
  get(path: string, timeoutMs?: number, signal?: AbortSignal): Promise<unknown>;
  /** GET as bytes, at most MAX_BYTES of them. @throws as `get` does. */
  getBytes(path: string): Promise<Buffer>;
  /** GET as lines, for as long as the engine sends; resolves or rejects at the end. */
  follow(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
}

/** A list of thousands of containers (bytes). */
const MAX_BODY = 8 * 1024 * 1024;
const MAX_EVENT = 64 * 1024;
/** The end of a container's log, lines of any length (bytes): the rest is not read. */
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 10_000;
/** A refusal's words (characters). */
const MAX_REFUSAL = 4096;

/** What the engine says in place of an answer. */
async function refusal(response: http.IncomingMessage): Promise<EngineError> {
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > MAX_REFUSAL) break;
  }
  response.destroy();
  const said = z.object({ message: z.string() }).safeParse(parseOrNothing(text));
  return new EngineError(said.success ? said.data.message.slice(0, MAX_REFUSAL) : `status ${response.statusCode}`);
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Builds the client; `connect` opens a connection to the engine or throws. */
export function createDockerApi(connect: () => Socket): DockerApi {
  function request(path: string, signal?: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = http.request({
        path,
        headers: { host: 'docker' },
        createConnection: connect,
        ...(signal === undefined ? {} : { signal }),
      });
      outgoing.once('error', reject);
      // Without this Node.js closes the connection and says nothing, and whoever asked would wait for ever.
      outgoing.once('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new EngineError('status 101'));
      });
      outgoing.once('response', (response) => {
        if (response.statusCode === 200) return resolve(response);
        refusal(response).then(reject, reject);
      });
      outgoing.end();
    });
  }

  return {
    async get(path, timeoutMs = TIMEOUT_MS, signal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const response = await request(path, signal ? AbortSignal.any([signal, timeout]) : timeout);
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > MAX_BODY) throw new Error(`${path}: the answer is too long`);
        chunks.push(chunk);
      }
      const text = Buffer.concat(chunks).toString('utf8');
      return response.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text;
    },
    async getBytes(path) {
      const response = await request(path, AbortSignal.timeout(TIMEOUT_MS));
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_BYTES) break;
      }
      response.destroy();
      return Buffer.concat(chunks).subarray(0, MAX_BYTES);
    },
    async follow(path, onLine, signal) {
      const response = await request(path, signal);
      readLines(response, MAX_EVENT, onLine);
      await new Promise<void>((resolve, reject) => {
        response.once('error', reject);
        response.once('close', resolve);
      });
    },
  };
}
