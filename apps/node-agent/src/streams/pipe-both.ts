/** Joins two duplex streams: bytes both ways with back-pressure, each direction ended alone, one failure ending both. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Silence after which a half-closed pair is cut (ms). Node.js stops watching a socket that ended, so it never hears that the peer is gone
 * altogether; without this bound such pairs would stay for ever.
 */
const HALF_OPEN_MS = 120_000;

/** Resolves when both are closed; never rejects: a broken stream is how many honest connections end. */
export function pipeBoth(left: Duplex, right: Duplex, halfOpenMs = HALF_OPEN_MS): Promise<void> {
  return new Promise((resolve) => {
    let open = 2;
    let idle: NodeJS.Timeout | undefined;
    const cut = () => {
      abortStream(left);
      abortStream(right);
    };
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      from.pipe(to);
      from.on('data', () => idle?.refresh());
      from.once('end', () => {
        idle ??= setTimeout(cut, halfOpenMs).unref();
      });
      from.on('error', () => abortStream(to));
      from.on('close', () => {
        // Closed without an end: nobody will end the other side.
        if (!from.readableEnded) abortStream(to);
        open -= 1;
        if (open > 0) return;
        clearTimeout(idle);
        resolve();
      });
    }
  });
}

/**
 * Ends a stream by a reset, where there is one: the far side must not take what it has for the whole.
 * `resetAndDestroy()` will not do: it says an orderly end first, and that is what the far side sees.
 */
export function abortStream(stream: Duplex): void {
  if (stream instanceof Socket) Object.assign(stream, { resetAndClosing: true });
  stream.destroy();
}
