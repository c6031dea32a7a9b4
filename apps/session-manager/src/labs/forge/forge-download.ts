/**
 * Fetches one archive over https, from named hosts alone. A name is resolved once, by us, and the connection goes to the address that was
 * looked at: a name that answers otherwise the next time leads nowhere else.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { DrydockError } from '@drydock/protocol';
import { isPublicAddress } from './public-address.ts';

/** An archive as it comes (bytes). */
export const MAX_ARCHIVE_BYTES = 25 * 1024 * 1024;
/** From the first question to the last byte (ms). */
export const FETCH_MS = 20_000;
const MAX_REDIRECTS = 3;
const MAX_HEADERS = 16 * 1024;

export interface DownloadDeps {
  /** Hosts that may be asked, redirects included. */
  hosts: ReadonlySet<string>;
  /** Addresses of a name; the system's unless given. */
  lookup?: (host: string) => Promise<readonly { address: string; family: number }[]>;
  /** Whether an address may be asked; those of the public internet unless given. */
  isAllowed?: (address: string) => boolean;
  /** Who signs the forge's certificate, where the system does not know it. */
  ca?: Buffer;
}

/** All bytes of an archive. @throws DrydockError LAB_SOURCE_REFUSED, LAB_SOURCE_FAILED, UNKNOWN_LAB where there is none. */
export async function downloadArchive(url: URL, deps: DownloadDeps): Promise<Buffer> {
  const signal = AbortSignal.timeout(FETCH_MS);
  let next = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await ask(next, deps, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      if (!URL.canParse(headers.location, next.href)) throw new DrydockError('LAB_SOURCE_FAILED');
      next = new URL(headers.location, next);
      continue;
    }
    if (statusCode === 404) {
      response.destroy();
      throw new DrydockError('UNKNOWN_LAB', 'There is no such repository, or no such version of it.');
    }
    if (statusCode !== 200) {
      response.destroy();
      throw new DrydockError('LAB_SOURCE_FAILED', `The forge answered ${statusCode}.`);
    }
    return readAll(response);
  }
  throw new DrydockError('LAB_SOURCE_FAILED', 'The forge leads from one address to the next.');
}

async function addressOf(host: string, deps: DownloadDeps): Promise<{ address: string; family: number }> {
  const { lookup = (name: string) => systemLookup(name, { all: true }), isAllowed = isPublicAddress } = deps;
  const found = await lookup(host).catch(() => []);
  const [first] = found;
  if (first === undefined) throw new DrydockError('LAB_SOURCE_FAILED', 'The forge’s name has no address.');
  // One bad address among good ones is a trick, too.
  if (!found.every(({ address }) => isAllowed(address)))
    throw new DrydockError('LAB_SOURCE_REFUSED', 'The forge’s name leads into a private network.');
  return first;
}

async function ask(url: URL, deps: DownloadDeps, signal: AbortSignal): Promise<IncomingMessage> {
  if (url.protocol !== 'https:' || !deps.hosts.has(url.host) || url.username !== '')
    throw new DrydockError('LAB_SOURCE_REFUSED', 'The forge leads to a place that the operator has not named.');
  const { address, family } = await addressOf(url.hostname.replace(/^\[|\]$/g, ''), deps);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      signal,
      maxHeaderSize: MAX_HEADERS,
      agent: false,
      headers: { 'user-agent': 'drydock', accept: 'application/gzip, application/octet-stream', connection: 'close' },
      // What was looked at, and nothing else; the certificate is still checked against the name.
      lookup: (_host, options, done) => {
        const reply = done as (error: null, found: unknown, family?: number) => void;
        if (options.all === true) reply(null, [{ address, family }]);
        else reply(null, address, family);
      },
      ...(deps.ca === undefined ? {} : { ca: deps.ca }),
    });
    outgoing.once('response', resolve);
    // Without this Node.js closes the connection and says nothing: the fetch would hold its place for ever.
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new DrydockError('LAB_SOURCE_FAILED', 'The forge answered 101.'));
    });
    outgoing.once('error', (cause) => reject(new DrydockError('LAB_SOURCE_FAILED', undefined, undefined, { cause })));
    outgoing.end();
  });
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_ARCHIVE_BYTES)
        throw new DrydockError('LAB_INVALID', `The archive is larger than ${MAX_ARCHIVE_BYTES / 1024 / 1024} MiB.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof DrydockError) throw error;
    throw new DrydockError('LAB_SOURCE_FAILED', undefined, undefined, { cause: error });
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks);
}
