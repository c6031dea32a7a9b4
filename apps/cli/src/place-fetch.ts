/** How this program asks a place: it need not trust whoever answers, so that every call has an end. */
import { createHttpClient, type HttpClient } from '@drydock/client';

/** What the program waits for. */
export interface Bounds {
  /** A call and its answer (ms): a start waits for its nodes, and a piece of a file for a slow line. */
  answerMs: number;
  /** A copy's next bytes, and the news of a session that lets us in (ms). */
  idleMs: number;
  /** Between attempts to send a piece of a file (ms); left out, it grows as it does for pages. */
  retryMs?: number;
}

export const BOUNDS: Bounds = { answerMs: 120_000, idleMs: 60_000 };

/** Calls of a place; one that brings no signal of its own ends after `answerMs`. */
export function placeClient(server: string, { answerMs }: Pick<Bounds, 'answerMs'>): HttpClient {
  return createHttpClient({
    server,
    fetch: (url, init) => fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(answerMs) }),
  });
}
