/** Files and folders between this machine and a node, by the calls on files (docs/PROTOCOL.md, A20 on). */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, openAsBlob } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import {
  ApiError,
  createFilesApi,
  type FilesApi,
  filePathOf,
  MAX_REFUSAL_BYTES,
  type PutBody,
  readJson,
  sendFile,
} from '@drydock/client';
import { EXIT, Failure } from '../failure.ts';
import type { Bounds } from '../place-fetch.ts';
import type { OpenSession } from './context.ts';

/** Files of one copied folder: what a person means, not a whole disk. */
const MAX_FILES = 10_000;

export interface Copied {
  files: number;
  bytes: number;
  /** Where it is now. */
  to: string;
}

interface Remote {
  node: string;
  path: string;
}

export interface Copies {
  /** Sends a file or folder. @throws Failure NO_FILE, ApiError */
  up(from: string, to: Remote): Promise<Copied>;
  /** Fetches one. @throws ApiError FILE_NOT_FOUND, Failure */
  down(from: Remote, to: string): Promise<Copied>;
}

interface Found {
  /** Below the folder that is sent, the outer before the inner. */
  folders: string[];
  files: string[];
}

/** What is in a folder. Symbolic links and special files are left out: what they lead to is this machine's. */
async function findFiles(folder: string): Promise<Found> {
  const found: Found = { folders: [], files: [] };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = posix.relative(folder, posix.join(entry.parentPath, entry.name));
    if (entry.isDirectory()) found.folders.push(path);
    else if (entry.isFile()) found.files.push(path);
    if (found.files.length > MAX_FILES)
      throw new Failure('USAGE', `${folder} has more than ${MAX_FILES} files; copy an archive instead.`, EXIT.usage);
  }
  return found;
}

/** Where a copy goes: into a folder that is there, under its own name, else to that very path. */
async function placeOnNode(files: FilesApi, { node, path }: Remote, name: string): Promise<string> {
  if (path.endsWith('/')) return posix.join(path, name);
  const isFolder = await files.list(node, path).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ApiError && (error.code === 'FILE_NOT_FOUND' || error.code === 'BAD_REQUEST')) return false;
      throw error;
    },
  );
  return isFolder ? posix.join(path, name) : path;
}

async function placeHere(to: string, name: string): Promise<string> {
  const isFolder = await stat(to).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder || to.endsWith('/') ? join(to, name) : to;
}

/** Unpacks a folder's archive: GNU and BSD tar refuse names that lead out of it. Nobody's rights come along: run by root it would make files of root's that are setuid. */
async function unpack(body: Readable, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const tar = spawn('tar', ['-x', '--no-same-owner', '--no-same-permissions', '--strip-components=1', '-C', folder], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = once(tar, 'exit');
  let complaint = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-1000);
  });
  let bytes = 0;
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  // A tar that gives up says why itself.
  await pipeline(body, tar.stdin).catch(() => undefined);
  const [code] = await ended;
  if (code !== 0) throw new Failure('NO_FILE', `tar: ${complaint.trim()}`, EXIT.software);
  return bytes;
}

/** Builds the copies of one session. */
export function createCopies({ http, place }: OpenSession, bounds: Bounds): Copies {
  // Without a signal of its own: each piece has the time of a call.
  const putBody: PutBody = async (path, headers, body) => {
    const response = await http.open(path, { method: 'PUT', headers, body });
    return readJson(response, MAX_REFUSAL_BYTES).catch(() => undefined);
  };
  const files = createFilesApi({ http, ...place, putBody });
  const { idleMs, retryMs } = bounds;

  async function send(from: string, node: string, path: string): Promise<number> {
    const upload = {
      node,
      path,
      blob: await openAsBlob(from),
      id: randomBytes(12).toString('hex'),
      received: 0,
      mustBeNew: false,
    };
    await sendFile(
      files,
      upload,
      { onProgress: () => undefined, onPause: () => undefined },
      new AbortController().signal,
      retryMs === undefined ? undefined : () => retryMs,
    );
    return upload.blob.size;
  }

  return {
    async up(from, to) {
      const found = await stat(from).catch(() => {
        throw new Failure('NO_FILE', `${from} is not there, or cannot be read.`, EXIT.noInput);
      });
      const { node } = to;
      const path = await placeOnNode(files, to, basename(from));
      if (!found.isDirectory()) return { files: 1, bytes: await send(from, node, path), to: `${node}:${path}` };
      const { folders, files: paths } = await findFiles(from);
      for (const folder of ['', ...folders]) {
        await files.makeDirectory(node, posix.join(path, folder)).catch((error: unknown) => {
          // It is there already: the copy goes into it.
          if (!(error instanceof ApiError && error.code === 'CONFLICT')) throw error;
        });
      }
      let bytes = 0;
      for (const file of paths) bytes += await send(join(from, file), node, posix.join(path, file));
      return { files: paths.length, bytes, to: `${node}:${path}` };
    },

    async down({ node, path }, to) {
      // However long a copy takes: it is over when nothing comes of it any more.
      const watch = new AbortController();
      const idle = setTimeout(() => watch.abort(), idleMs);
      const asked = { token: place.token, signal: watch.signal };
      const response = await http.open(filePathOf(place.sessionId, node, path), asked).catch((error: unknown) => {
        clearTimeout(idle);
        throw watch.signal.aborted ? new ApiError('NETWORK', http.texts.noAnswer) : error;
      });
      const target = await placeHere(to, posix.basename(path) || node);
      const body = Readable.fromWeb((response.body ?? new Blob([]).stream()) as ReadableStream<Uint8Array>);
      // To be listened to makes it flow, also where nobody takes what comes yet: the beginning of a folder would be lost.
      body.pause();
      body.on('data', () => idle.refresh()).once('close', () => clearTimeout(idle));
      if (response.headers.get('content-type') === 'application/x-tar') {
        const bytes = await unpack(body, target);
        const { files: paths } = await findFiles(target);
        return { files: paths.length, bytes, to: target };
      }
      // A file that came in part never stands where the whole one is meant to.
      const part = `${target}.${process.pid}.part`;
      try {
        const out = createWriteStream(part);
        await pipeline(body, out).catch((error: NodeJS.ErrnoException) => {
          if (error.code?.startsWith('E')) throw new Failure('NO_FILE', error.message, EXIT.noInput);
          throw new ApiError('NETWORK', http.texts.noAnswer);
        });
        const expected = response.headers.get('content-length');
        if (expected !== null && out.bytesWritten !== Number(expected))
          throw new ApiError('NETWORK', http.texts.noAnswer);
        await rename(part, target);
        return { files: 1, bytes: out.bytesWritten, to: target };
      } finally {
        await rm(part, { force: true });
      }
    },
  };
}
