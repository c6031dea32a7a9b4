/** Asks one registry on the host's loopback: bounded waiting, flat memory, no more headers than the protocol needs. */
import http from 'node:http';

export interface RegistryClient {
  /** Sends a read and resolves to the answer's head; its body must be piped or resumed. @throws when nobody answers in time. */
  ask(
    method: 'GET' | 'HEAD',
    path: string,
    headers: http.OutgoingHttpHeaders,
    gone: AbortSignal,
  ): Promise<http.IncomingMessage>;
  /** A small JSON document, or undefined when there is none. Never throws. */
  json(path: string): Promise<unknown>;
  close(): void;
}

/** Connections to one registry; more pulls than this wait for one another. */
const MAX_SOCKETS = 64;
/** A registry on loopback answers in milliseconds; a cache that must fetch from far away may take this long (ms). */
const SILENCE_MS = 30_000;
/** Lists of repositories or tags are a few kilobytes. */
const MAX_JSON_BYTES = 256 * 1024;

/** @param url of the registry, without /v2 */
export function createRegistryClient(url: string): RegistryClient {
  const base = new URL(url);
  const agent = new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });

  function ask(
    method: 'GET' | 'HEAD',
    path: string,
    headers: http.OutgoingHttpHeaders,
    gone: AbortSignal,
  ): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = http.request(new URL(path, base), { method, agent, headers, signal: gone }, resolve);
      request.setTimeout(SILENCE_MS, () => request.destroy(new Error(`${base.host} was silent for ${SILENCE_MS} ms`)));
      request.on('error', reject);
      request.end();
    });
  }

  async function json(path: string): Promise<unknown> {
    try {
      const answer = await ask('GET', path, { accept: 'application/json' }, AbortSignal.timeout(SILENCE_MS));
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of answer) {
        size += chunk.length;
        if (size > MAX_JSON_BYTES) return undefined;
        chunks.push(chunk);
      }
      return answer.statusCode === 200 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : undefined;
    } catch {
      return undefined;
    }
  }

  return { ask, json, close: () => agent.destroy() };
}
