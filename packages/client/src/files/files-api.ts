/** The calls on a node's files, bytes both ways, with progress on the way up (docs/PROTOCOL.md, A20 on). */
import {
  type FileListResponse,
  type FileWriteResponse,
  fileListResponseSchema,
  fileWriteResponseSchema,
  type SessionId,
} from '@drydock/protocol';
import { ApiError } from '../http/errors.ts';
import { bearer, type HttpClient } from '../http/http-client.ts';
import { MAX_ANSWER_BYTES, readJson, readUpTo } from '../http/read-body.ts';

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

/**
 * Sends a body with PUT to a path below `/api/v1` and gives the answer's JSON. A page has one that tells what is on its way, which `fetch` does not.
 * @throws ApiError; the signal's reason when it was cancelled.
 */
export type PutBody = (
  path: string,
  headers: Record<string, string>,
  body: Blob,
  options: Pick<WriteOptions, 'onProgress' | 'signal'>,
) => Promise<unknown>;

/** Whether a piece has brought the upload on. Told again what was known before, a sender would send the same piece for ever. */
function isProgress(answer: FileWriteResponse, { from, total }: UploadPiece): boolean {
  return answer.complete || (answer.receivedBytes > from && answer.receivedBytes <= total);
}

export interface FilesApiDeps {
  http: HttpClient;
  sessionId: SessionId;
  token: string | null;
  putBody?: PutBody;
}

/** A way for programs: progress is told when the body has arrived. */
function putByFetch(http: HttpClient): PutBody {
  return async (path, headers, body, { onProgress, signal }) => {
    const init = { method: 'PUT', headers, body, ...(signal === undefined ? {} : { signal }) };
    const response = await http.open(path, init);
    onProgress?.(body.size);
    return readJson(response, MAX_ANSWER_BYTES).catch(() => undefined);
  };
}

/** Where a file or folder of a node is, below `/api/v1`. */
export function filePathOf(sessionId: SessionId, node: string, path: string): string {
  return `/sessions/${sessionId}/nodes/${node}/files?path=${encodeURIComponent(path)}`;
}

/** Builds the calls for one session. */
export function createFilesApi(deps: FilesApiDeps): FilesApi {
  const { http, sessionId, token } = deps;
  const { call, texts } = http;
  const putBody = deps.putBody ?? putByFetch(http);
  const place = (node: string, path: string, more = '') => `${filePathOf(sessionId, node, path)}${more}`;

  return {
    list: (node, path) => call('GET', place(node, path, '&list=1'), { token, read: fileListResponseSchema }),
    async read(node, path, maxBytes) {
      const response = await http.open(place(node, path), { token });
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
        throw new ApiError('NETWORK', texts.unreachable);
      });
      if (bytes === null) return { kind: 'large', sizeBytes: maxBytes };
      return { kind: 'file', bytes, etag: response.headers.get('etag') ?? '' };
    },
    async write(node, path, body, options = {}) {
      const { match, mustBeNew, piece } = options;
      const headers: Record<string, string> = { ...bearer(token), 'content-type': 'application/octet-stream' };
      if (match !== undefined) headers['if-match'] = match;
      if (mustBeNew) headers['if-none-match'] = '*';
      if (piece) headers['content-range'] = `bytes ${piece.from}-${piece.from + body.size - 1}/${piece.total}`;
      const more = piece === undefined ? '' : `&upload=${piece.upload}`;
      const value = await putBody(place(node, path, more), headers, body, options);
      const answer = fileWriteResponseSchema.safeParse(value);
      if (!answer.success || (piece !== undefined && !isProgress(answer.data, piece)))
        throw new ApiError('UNREADABLE', texts.unreadable);
      return answer.data;
    },
    dropUpload: (node, path, upload) => call('DELETE', place(node, path, `&upload=${upload}`), { token }),
    makeDirectory: (node, path) => call('POST', place(node, path), { token, body: { action: 'make-directory' } }),
    move: (node, path, to, replace = false) =>
      call('POST', place(node, path), { token, body: { action: 'move', to, replace } }),
    remove: (node, path) => call('DELETE', place(node, path, '&recursive=1'), { token }),
    downloadUrl: (node, path) => http.url(place(node, path)),
  };
}
