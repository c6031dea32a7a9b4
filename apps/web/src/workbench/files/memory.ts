/** The files of one node in memory, with the calls and errors of the real ones; tests of the runtime work on it. */
import { ApiError, type FilesApi } from '@drydock/client';
import type { FileEntry } from '@drydock/protocol';
import { isWithin, joinPath, movedPath, nameOf, parentOf } from './path.ts';

interface MemoryFile {
  bytes: Uint8Array<ArrayBuffer>;
  version: number;
}

export interface MemoryFiles extends FilesApi {
  /** Puts a file there, as a command in a terminal would. */
  put(path: string, content: string | Uint8Array<ArrayBuffer>): void;
  makeFolder(path: string): void;
  text(path: string): string | null;
  paths(): string[];
  /** Every call as `name path`. */
  readonly calls: string[];
  /** What the next writes come to: no answer (`network`, after half of the body came), an error of the node, or (`null`) success. */
  failWrites(...failures: ('network' | ApiError | null)[]): void;
  /** Calls wait until the function that is returned is called. */
  hold(): () => void;
}

const conflict = (current: string) => new ApiError('CONFLICT', 'It was changed by somebody else.', { current });
const notFound = (path: string) => new ApiError('FILE_NOT_FOUND', 'There is no such file on the node.', { path });

export function createMemoryFiles(): MemoryFiles {
  const files = new Map<string, MemoryFile>();
  const folders = new Set(['/', '/root']);
  const parts = new Map<string, Uint8Array<ArrayBuffer>>();
  const calls: string[] = [];
  const failures: ('network' | ApiError | null)[] = [];
  let gate = Promise.resolve();
  let versions = 0;

  const etagOf = ({ version }: MemoryFile) => `"v${version}"`;
  function store(path: string, bytes: Uint8Array<ArrayBuffer>): MemoryFile {
    versions += 1;
    const file = { bytes, version: versions };
    files.set(path, file);
    for (let folder = parentOf(path); !folders.has(folder); folder = parentOf(folder)) folders.add(folder);
    return file;
  }
  async function began(name: string, path: string): Promise<void> {
    calls.push(`${name} ${path}`);
    await gate;
  }
  function entryOf(path: string): FileEntry {
    const file = files.get(path);
    const common = { name: nameOf(path), modifiedAt: 0, uid: 0, gid: 0 };
    return file === undefined
      ? { ...common, kind: 'directory', sizeBytes: 4096, mode: 0o755 }
      : { ...common, kind: 'file', sizeBytes: file.bytes.length, mode: 0o644 };
  }

  return {
    calls,
    put: (path, content) => void store(path, typeof content === 'string' ? new TextEncoder().encode(content) : content),
    makeFolder: (path) => void folders.add(path),
    text: (path) => {
      const file = files.get(path);
      return file === undefined ? null : new TextDecoder().decode(file.bytes);
    },
    paths: () => [...files.keys(), ...parts.keys()].sort(),
    failWrites: (...next) => void failures.push(...next),
    hold() {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
    async list(_node, path) {
      await began('list', path);
      if (!folders.has(path)) throw notFound(path);
      const all = [...files.keys(), ...folders].filter((other) => other !== '/' && parentOf(other) === path);
      return { path, entries: all.sort().map(entryOf), truncated: false };
    },
    async read(_node, path, maxBytes) {
      await began('read', path);
      if (folders.has(path)) return { kind: 'folder' };
      const file = files.get(path);
      if (file === undefined) throw notFound(path);
      if (file.bytes.length > maxBytes) return { kind: 'large', sizeBytes: file.bytes.length };
      return { kind: 'file', bytes: file.bytes, etag: etagOf(file) };
    },
    async write(_node, path, body, { match, mustBeNew, piece, onProgress, signal } = {}) {
      await began('write', piece === undefined ? path : `${path} from ${piece.from}`);
      signal?.throwIfAborted();
      const before = files.get(path);
      if (match !== undefined && before === undefined) throw conflict('it is not there');
      if (match !== undefined && before !== undefined && match !== etagOf(before)) throw conflict(etagOf(before));
      if (mustBeNew && before !== undefined) throw conflict('it is there');
      const failure = failures.shift() ?? null;
      let bytes = new Uint8Array(await body.arrayBuffer());
      if (failure instanceof ApiError) throw failure;
      const partPath = `${parentOf(path)}/.drydock-${piece?.upload}.part`;
      if (piece !== undefined) {
        const part = parts.get(partPath) ?? new Uint8Array();
        if (part.length < piece.from) throw conflict('the upload begins anew');
        const came = failure === null ? bytes : bytes.subarray(0, bytes.length / 2);
        bytes = new Uint8Array(piece.from + came.length);
        bytes.set(part.subarray(0, piece.from));
        bytes.set(came, piece.from);
        parts.set(partPath, bytes);
      }
      if (failure === 'network') throw new ApiError('NETWORK', 'The server could not be reached.');
      onProgress?.(body.size);
      if (piece !== undefined && bytes.length < piece.total) return { complete: false, receivedBytes: bytes.length };
      parts.delete(partPath);
      const file = store(path, bytes);
      return { complete: true, etag: etagOf(file), sizeBytes: bytes.length, created: before === undefined };
    },
    async dropUpload(_node, path, upload) {
      await began('drop', path);
      const failure = failures.shift();
      if (failure === 'network') throw new ApiError('NETWORK', 'The connection is gone.');
      if (failure) throw failure;
      parts.delete(`${parentOf(path)}/.drydock-${upload}.part`);
    },
    async makeDirectory(_node, path) {
      await began('mkdir', path);
      if (folders.has(path) || files.has(path)) throw conflict('it is there');
      if (!folders.has(parentOf(path))) throw notFound(path);
      folders.add(path);
    },
    async move(_node, path, to) {
      await began('move', path);
      if (files.has(to) || folders.has(to)) throw conflict('it is there');
      if (!files.has(path) && !folders.has(path)) throw notFound(path);
      for (const [old, file] of [...files]) {
        if (!isWithin(old, path)) continue;
        files.delete(old);
        files.set(movedPath(old, path, to), file);
      }
      for (const folder of [...folders]) {
        if (!isWithin(folder, path)) continue;
        folders.delete(folder);
        folders.add(movedPath(folder, path, to));
      }
    },
    async remove(_node, path) {
      await began('remove', path);
      for (const old of [...files.keys(), ...folders]) {
        if (!isWithin(old, path)) continue;
        files.delete(old);
        folders.delete(old);
      }
    },
    downloadUrl: (node, path) => joinPath(`/${node}`, path),
  };
}
