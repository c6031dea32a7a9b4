/** Files of a node, read and written through one process in it; knows streams and no transport. */
import type { Duplex, Readable } from 'node:stream';
import {
  DrydockError,
  type ErrorCode,
  type FileEntry,
  type FileWriteResponse,
  fileEntrySchema,
  fileWriteResponseSchema,
} from '@drydock/protocol';
import { z } from 'zod';
import { readLine } from './read-line.ts';
import {
  LIST_SCRIPT,
  MAKE_DIRECTORY_SCRIPT,
  MOVE_SCRIPT,
  PIECE_SCRIPT,
  partName,
  READ_SCRIPT,
  REMOVE_SCRIPT,
  WRITE_SCRIPT,
} from './scripts.ts';

/** Entries of one listing; a directory with more is cut and says so. */
const MAX_ENTRIES = 5000;
/** The first line of an answer (bytes): a listing of long names. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** How long a node may take to say anything about a file (ms). */
const ANSWER_MS = 20_000;
/** Time for the program in the node to take away what it had begun to write (ms). */
const CLEANUP_MS = 3000;
/** Pieces in which a file is sent (bytes). */
const PIECE_BYTES = 64 * 1024;

/** Starts a command in the node; the stream is its stdin and stdout. */
export type OpenCommand = (command: readonly string[]) => Promise<Duplex>;

/** What is passed on of a node's own words (characters): a path, or a version. */
const MAX_REASON = 1024;
/** The last time that JavaScript knows, either way (ms). */
const LAST_TIME = 8_640_000_000_000_000;

const failureSchema = z.object({ error: z.string(), reason: z.string() });
/** A version as our programs make it. It stands in a header: the node's root may have put other programs there. */
const etagSchema = z.string().regex(/^[\w-]{1,64}$/);
const fileSchema = z.object({
  kind: z.literal('file'),
  sizeBytes: z.number().int().nonnegative(),
  modifiedAt: z.number().int().min(-LAST_TIME).max(LAST_TIME),
  etag: etagSchema,
  unchanged: z.boolean(),
});
const readSchema = z.discriminatedUnion('kind', [fileSchema, z.object({ kind: z.literal('directory') })]);
/** Whole, or in part; with a version that may stand in a header. */
const writtenSchema = fileWriteResponseSchema.refine((written) =>
  written.complete ? etagSchema.safeParse(written.etag).success && written.sizeBytes >= 0 : written.receivedBytes >= 0,
);
const listSchema = z.object({ entries: z.array(fileEntrySchema), truncated: z.boolean() });

const KNOWN_FAILURES: readonly ErrorCode[] = ['FILE_NOT_FOUND', 'DISK_FULL', 'BAD_REQUEST', 'CONFLICT'];

/** What a read found; `body` must be read or destroyed. */
export type FileRead = { body: Readable; close(): void } & z.output<typeof readSchema>;

const unreadable = () => new DrydockError('NODE_NOT_READY', 'The node’s answer about its files cannot be read.');

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function answerOf<S extends z.ZodType>(stream: Duplex, schema: S): Promise<z.output<S>> {
  const line = await readLine(stream, { maxBytes: MAX_LINE_BYTES, timeoutMs: ANSWER_MS });
  if (line === undefined) throw new DrydockError('NODE_NOT_READY', 'The node did not answer about its files.');
  const value = jsonOf(line);
  const failure = failureSchema.safeParse(value);
  if (!failure.success) {
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    throw unreadable();
  }
  const code = KNOWN_FAILURES.find((known) => known === failure.data.error);
  if (code === undefined) throw unreadable();
  const reason = failure.data.reason.slice(0, MAX_REASON).replace(/\p{Cc}/gu, ' ');
  if (code === 'BAD_REQUEST') throw new DrydockError(code, `That cannot be done: ${reason.slice(0, 300)}.`);
  throw new DrydockError(code, undefined, code === 'CONFLICT' ? { current: reason } : { path: reason });
}

const perl = (script: string, ...args: string[]) => ['perl', '-e', script, '--', ...args];

/** Reads a file from `from` on, `length` bytes of it (-1: all), or a directory as tar; nothing when `known` names its version. */
export async function readNodeFile(
  open: OpenCommand,
  path: string,
  options: { known?: string; from?: number; length?: number } = {},
): Promise<FileRead> {
  const { known = '', from = 0, length = -1 } = options;
  const stream = await open(perl(READ_SCRIPT, path, known, String(from), String(length)));
  stream.end();
  try {
    const found = await answerOf(stream, readSchema);
    return { ...found, body: stream, close: () => stream.destroy() };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** What a file is, without its bytes. */
export async function statNodeFile(open: OpenCommand, path: string): Promise<z.output<typeof readSchema>> {
  const found = await readNodeFile(open, path, { length: 0 });
  found.close();
  return found;
}

/** Lists a directory. */
export async function listNodeFiles(
  open: OpenCommand,
  path: string,
): Promise<{ entries: FileEntry[]; truncated: boolean }> {
  const stream = await open(perl(LIST_SCRIPT, path, String(MAX_ENTRIES)));
  stream.end();
  try {
    return await answerOf(stream, listSchema);
  } finally {
    stream.destroy();
  }
}

async function perform(open: OpenCommand, command: string[]): Promise<void> {
  const stream = await open(command);
  stream.end();
  try {
    await answerOf(stream, z.object({}));
  } finally {
    stream.destroy();
  }
}

/** Deletes a file, or a directory (with what is in it when `recursive`). */
export async function removeNodeFile(
  open: OpenCommand,
  path: string,
  options: { match: string; recursive: boolean },
): Promise<void> {
  await perform(open, perl(REMOVE_SCRIPT, path, options.match, options.recursive ? '1' : ''));
}

/** Makes a folder in one that is there. @throws DrydockError CONFLICT when something has that name. */
export async function makeNodeDirectory(open: OpenCommand, path: string): Promise<void> {
  await perform(open, perl(MAKE_DIRECTORY_SCRIPT, path));
}

/**
 * Gives a file or folder the path `to`, also in another folder or file system; `replace` lets it take a file's place.
 * @throws DrydockError CONFLICT when `to` is there.
 */
export async function moveNodeFile(open: OpenCommand, path: string, to: string, replace: boolean): Promise<void> {
  await perform(open, perl(MOVE_SCRIPT, path, to, replace ? '1' : ''));
}

/** Takes away what came of an upload that will not go on. */
export async function dropNodeUpload(open: OpenCommand, path: string, upload: string): Promise<void> {
  const part = path.slice(0, path.lastIndexOf('/') + 1) + partName(upload);
  await removeNodeFile(open, part, { match: '', recursive: false }).catch((error: unknown) => {
    if (!(error instanceof DrydockError && error.code === 'FILE_NOT_FOUND')) throw error;
  });
}

async function send(stream: Duplex, bytes: Buffer | string): Promise<void> {
  if (stream.write(bytes) || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.once('drain', done);
    stream.once('close', done);
  });
}

/** Which part of a file `source` is, when an upload comes in pieces. */
export interface UploadPiece {
  upload: string;
  /** Where the piece begins, and how long the whole file is (bytes). */
  from: number;
  total: number;
}

/**
 * Writes a file from `source`, replacing it in one step when the source has ended; a source that fails leaves all as it was.
 * With `piece` the file is replaced when its last byte is there; a piece may come again.
 * @throws DrydockError CONFLICT, DISK_FULL, BAD_REQUEST.
 */
export async function writeNodeFile(
  open: OpenCommand,
  path: string,
  source: Readable,
  options: { match: string; noneMatch: string; piece?: UploadPiece | undefined },
): Promise<FileWriteResponse> {
  const { match, noneMatch, piece } = options;
  const command =
    piece === undefined
      ? perl(WRITE_SCRIPT, path, match, noneMatch)
      : perl(PIECE_SCRIPT, path, match, noneMatch, partName(piece.upload), String(piece.from), String(piece.total));
  const stream = await open(command);
  stream.on('error', () => undefined);
  let answered = false;
  const answer = answerOf(stream, writtenSchema).finally(() => {
    answered = true;
  });
  // A refusal may come while we still send; it is looked at after the loop, which a node that reads nothing would hold up.
  answer.catch(() => {
    stream.end();
    setTimeout(() => stream.destroy(), CLEANUP_MS).unref();
  });
  try {
    for await (const chunk of source) {
      const bytes = chunk as Buffer;
      for (let start = 0; start < bytes.length && !answered; start += PIECE_BYTES) {
        const slice = bytes.subarray(start, start + PIECE_BYTES);
        await send(stream, slice.length.toString(16).padStart(8, '0'));
        await send(stream, slice);
      }
      if (answered || stream.destroyed) break;
    }
    if (!answered) stream.end('00000000');
    return await answer;
  } finally {
    // An end without the closing 0 is no commit: the program takes its half-written file away, if it is given the time.
    if (!answered) stream.end();
    setTimeout(() => stream.destroy(), answered ? 0 : CLEANUP_MS).unref();
  }
}
