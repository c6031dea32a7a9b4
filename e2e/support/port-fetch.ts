/** Requests to published ports by their real host names: `*.localhost` is this machine (RFC 6761), which Node.js's resolver does not know. */
import { Agent, type IncomingMessage, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Starts a GET and gives the answer with its body still to be read. */
export function openPort(url: string | URL, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    request({
      agent,
      host: '127.0.0.1',
      port: target.port,
      path: target.pathname + target.search,
      headers: { host: target.host, ...headers },
    })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
}

/** A GET read to its end: status, headers, body as text, and its length in bytes. */
export async function fetchPort(url: string | URL, headers: Record<string, string> = {}) {
  const response = await openPort(url, headers);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Enough to look at; a large download is counted, not kept.
    if (bytes <= 1024 * 1024) chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString(), bytes };
}

/** Sends so many bytes in a PUT and gives the answer's text. */
export function sendTo(url: string | URL, headers: Record<string, string>, bytes: number): Promise<string> {
  const target = new URL(url);
  const block = Buffer.alloc(1024 * 1024, 'x');
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port: target.port,
      path: target.pathname,
      method: 'PUT',
      headers: { host: target.host, 'content-length': String(bytes), ...headers },
    });
    sent.once('error', reject).once('response', async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve(text);
    });
    let left = bytes;
    const more = () => {
      while (left > 0) {
        left -= block.length;
        if (!sent.write(block)) return void sent.once('drain', more);
      }
      sent.end();
    };
    more();
  });
}
