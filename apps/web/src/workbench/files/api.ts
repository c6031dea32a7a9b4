/** The calls on a node's files, as the page makes them: bytes both ways, with progress on the way up. */
import {
  type FileListResponse,
  type FileWriteResponse,
  fileListResponseSchema,
  fileWriteResponseSchema,
} from '@drydock/protocol';
import { basePath } from '../../env.ts';
import { ApiError, callApi, failureOf, networkFailure } from '../base/api.ts';

/** Silence on an upload's way (ms) after which it counts as broken. */
const SILENCE_MS = 30_000;

export interface UploadPiece {
  upload: string;
  from: number;
  total: number;
}

export interface WriteOptions {
  /** The version that must be there (a quoted ETag). */
  match?: string;
  /** Fails when anything is there. */
  mustBeNew?: boolean;
  piece?: UploadPiece;
  /** Bytes of this body that are on their way. */
  onProgress?: (sent: number) => void;
  signal?: AbortSignal;
}

/** What reading a file came to; `folder` and `large` bring no bytes. */
export type FileContent =
  | { kind: 'file'; bytes: Uint8Array<ArrayBuffer>; etag: string }
  | { kind: 'large'; sizeBytes: number }
  | { kind: 'folder' };

/** Every call throws ApiError. */
export interface FilesApi {
  list(node: string, path: string): Promise<FileListResponse>;
  /** Reads a whole file of at most `maxBytes`. */
  read(node: string, path: string, maxBytes: number): Promise<FileContent>;
  write(node: string, path: string, body: Blob, options?: WriteOptions): Promise<FileWriteResponse>;
  dropUpload(node: string, path: string, upload: string): Promise<void>;
  makeDirectory(node: string, path: string): Promise<void>;
  move(node: string, path: string, to: string, replace?: boolean): Promise<void>;
  /** Deletes a file, or a folder with all that is in it. */
  remove(node: string, path: string): Promise<void>;
  /** An address that a browser downloads from: the file, or a folder as tar. */
  downloadUrl(node: string, path: string): string;
}

/** Reads a body to its end, or to `maxBytes`; null when there is more. */
async function readUpTo(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > maxBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(part.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Sends a body by XMLHttpRequest: fetch tells nothing of what is on its way. */
function send(
  url: string,
  headers: Record<string, string>,
  body: Blob,
  { onProgress, signal }: WriteOptions,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = setTimeout(() => request.abort(), SILENCE_MS);
    const stop = () => request.abort();
    const moves = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
    };
    request.upload.onprogress = ({ loaded }) => {
      moves();
      onProgress?.(loaded);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (request.status === 0) return reject(signal?.aborted ? signal.reason : networkFailure());
      let value: unknown;
      try {
        value = JSON.parse(request.responseText);
      } catch {
        // failureOf and the schema say that it cannot be read.
      }
      if (request.status < 300) resolve(value);
      else reject(failureOf(request.status, request.getResponseHeader('retry-after'), value));
    };
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) return reject(signal.reason);
    request.send(body);
  });
}

/** Builds the calls for one session. */
export function createFilesApi({ sessionId, token }: { sessionId: string; token: string | null }): FilesApi {
  const place = (node: string, path: string, more = '') =>
    `/sessions/${sessionId}/nodes/${node}/files?path=${encodeURIComponent(path)}${more}`;
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };

  return {
    list: (node, path) => callApi('GET', place(node, path, '&list=1'), { token, read: fileListResponseSchema }),
    async read(node, path, maxBytes) {
      let response: Response;
      try {
        response = await fetch(`${basePath}/api/v1${place(node, path)}`, { headers: authorization, cache: 'no-store' });
      } catch {
        throw networkFailure();
      }
      if (!response.ok) {
        const value: unknown = await response.json().catch(() => undefined);
        throw failureOf(response.status, response.headers.get('retry-after'), value);
      }
      if (response.headers.get('content-type') === 'application/x-tar') {
        await response.body?.cancel();
        return { kind: 'folder' };
      }
      const sizeBytes = Number(response.headers.get('content-length') ?? 0);
      if (sizeBytes > maxBytes) {
        await response.body?.cancel();
        return { kind: 'large', sizeBytes };
      }
      const bytes = await readUpTo(response, maxBytes).catch(() => {
        throw networkFailure();
      });
      if (bytes === null) return { kind: 'large', sizeBytes: maxBytes };
      return { kind: 'file', bytes, etag: response.headers.get('etag') ?? '' };
    },
    async write(node, path, body, options = {}) {
      const { match, mustBeNew, piece } = options;
      const headers: Record<string, string> = { ...authorization, 'content-type': 'application/octet-stream' };
      if (match !== undefined) headers['if-match'] = match;
      if (mustBeNew) headers['if-none-match'] = '*';
      if (piece) headers['content-range'] = `bytes ${piece.from}-${piece.from + body.size - 1}/${piece.total}`;
      const more = piece === undefined ? '' : `&upload=${piece.upload}`;
      const value = await send(`${basePath}/api/v1${place(node, path, more)}`, headers, body, options);
      const answer = fileWriteResponseSchema.safeParse(value);
      if (!answer.success) throw new ApiError('UNREADABLE', 'The server’s answer has a form this page does not know.');
      return answer.data;
    },
    dropUpload: (node, path, upload) => callApi('DELETE', place(node, path, `&upload=${upload}`), { token }),
    makeDirectory: (node, path) => callApi('POST', place(node, path), { token, body: { action: 'make-directory' } }),
    move: (node, path, to, replace = false) =>
      callApi('POST', place(node, path), { token, body: { action: 'move', to, replace } }),
    remove: (node, path) => callApi('DELETE', place(node, path, '&recursive=1'), { token }),
    downloadUrl: (node, path) => `${basePath}/api/v1${place(node, path)}`,
  };
}
