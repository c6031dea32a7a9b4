/** Sends one file: small ones in one body, larger ones in pieces that go on where a broken connection left off. */
import { reconnectDelay } from '../backoff.ts';
import { ApiError } from '../http/errors.ts';
import type { FilesApi } from './files-api.ts';

/** What one request carries (bytes): the most that a hiccup costs again. */
export const PIECE_BYTES = 4 * 1024 * 1024;
/** Attempts in a row without any progress before a person is asked. */
const MAX_ATTEMPTS = 15;

/** The longest wait (ms) that a server's refusal may ask for. */
const LONGEST_TOLD_MS = 60_000;

/** Failures that pass by themselves. */
const PASSING: readonly string[] = ['NETWORK', 'UNREADABLE', 'RATE_LIMITED', 'HOST_UNAVAILABLE', 'STORE_UNAVAILABLE'];
const ALSO_PASSING: readonly string[] = ['SHUTTING_DOWN', 'NODE_NOT_READY', 'INTERNAL'];

/** Whether trying the same again later makes sense. */
export function passes(error: unknown): error is ApiError {
  return error instanceof ApiError && (PASSING.includes(error.code) || ALSO_PASSING.includes(error.code));
}

/** The pause before the next attempt (ms): this side's own, or the longer one that the server asked for. */
function pauseAfter({ retryAfterMs }: ApiError, own: number): number {
  return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_TOLD_MS));
}

export interface FileUpload {
  node: string;
  path: string;
  blob: Blob;
  /** A random word that keeps the pieces together. */
  id: string;
  /** Bytes that the node has for certain; the upload goes on from here. */
  received: number;
  /** Fails with CONFLICT when something is there. */
  mustBeNew: boolean;
}

export interface UploadEvents {
  /** Bytes that are there or on their way. */
  onProgress(sent: number): void;
  /** The connection broke: when it is tried again (this machine's clock, ms), or null when it goes on. */
  onPause(retryAt: number | null): void;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Sends the next part of the file; true when it was the last. */
async function step(api: FilesApi, upload: FileUpload, events: UploadEvents, signal: AbortSignal): Promise<boolean> {
  const { node, path, blob, id, received, mustBeNew } = upload;
  const onProgress = (sent: number) => events.onProgress(Math.min(blob.size, upload.received + sent));
  const common = { onProgress, signal, mustBeNew };
  if (blob.size <= PIECE_BYTES) {
    await api.write(node, path, blob, common);
    upload.received = blob.size;
    return true;
  }
  const piece = { upload: id, from: received, total: blob.size };
  const answer = await api.write(node, path, blob.slice(received, received + PIECE_BYTES), { ...common, piece });
  upload.received = answer.complete ? blob.size : answer.receivedBytes;
  return answer.complete;
}

/**
 * Sends the file to its end, over hiccups. `wait` is the pause before attempt n (ms). Call it again with the same `upload` to go on.
 * @throws ApiError; the signal's reason when it was cancelled.
 */
export async function sendFile(
  api: FilesApi,
  upload: FileUpload,
  events: UploadEvents,
  signal: AbortSignal,
  wait: (attempt: number) => number = reconnectDelay,
): Promise<void> {
  let attempts = 0;
  for (;;) {
    const before = upload.received;
    try {
      if (await step(api, upload, events, signal)) return events.onProgress(upload.blob.size);
      attempts = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ApiError && error.code === 'CONFLICT' && before > 0) {
        // The node does not have the part any more (it was deleted by hand): from the beginning, once per attempt.
        upload.received = 0;
      } else if (!passes(error)) throw error;
      attempts += 1;
      if (attempts >= MAX_ATTEMPTS) throw error;
      const ms = passes(error) ? pauseAfter(error, wait(attempts)) : 0;
      events.onPause(Date.now() + ms);
      await pause(ms, signal);
      events.onPause(null);
    }
    events.onProgress(upload.received);
  }
}

/**
 * Takes away what came of a given up file, also when it is given up because the connection is gone. After MAX_ATTEMPTS it is left to the
 * node, which forgets parts that nobody finishes (docs/PROTOCOL.md, A21).
 */
export async function dropUpload(
  api: FilesApi,
  { node, path, id }: FileUpload,
  wait: (attempt: number) => number = reconnectDelay,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.dropUpload(node, path, id);
    } catch (error) {
      if (!passes(error) || attempt >= MAX_ATTEMPTS) throw error;
      const ms = pauseAfter(error, wait(attempt));
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
}
