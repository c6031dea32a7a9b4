/** Ends connections whose request bodies stand still or take forever: the second half of a slow-loris defence. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

/** A body that makes no progress for this long (ms) is given up. */
const IDLE_MS = 20_000;
/** A small body (JSON, a form) that is not there after this long (ms) is given up. */
const SMALL_BODY_MS = 60_000;

/** Watches a request's body until it has arrived. `large` bodies (uploads) may take as long as they move. */
export function boundBody(request: IncomingMessage, large: boolean): void {
  const { headers, socket } = request;
  if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length'] ?? 0) > 0)) return;
  const began = Date.now();
  const received = bytesOf(request);
  let seen = received();
  const timer = setInterval(() => {
    const stands = received() === seen && !request.isPaused();
    const late = !large && Date.now() - began > SMALL_BODY_MS;
    seen = received();
    if (request.complete) clearInterval(timer);
    else if (stands || late) socket.destroy();
  }, IDLE_MS);
  timer.unref();
  request.once('close', () => clearInterval(timer));
}

/** Counts what comes: on the connection, or where many requests share one, of this request alone. */
function bytesOf(request: IncomingMessage): () => number {
  const { stream } = request as unknown as Partial<Http2ServerRequest>;
  if (stream === undefined) return () => request.socket.bytesRead;
  let bytes = 0;
  const push = stream.push.bind(stream);
  stream.push = (chunk: Uint8Array | null, ...rest: []) => {
    bytes += chunk?.byteLength ?? 0;
    return push(chunk, ...rest);
  };
  return () => bytes;
}
