/** Calls on a node's files: read (with ranges), list, write, delete. */

import type { Readable } from 'node:stream';
import {
  DrydockError,
  fileActionRequestSchema,
  fileListResponseSchema,
  filePathSchema,
  fileWriteResponseSchema,
  uploadIdSchema,
  withoutEnd,
} from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { deliverFile } from '../../../files/deliver-file.ts';
import {
  dropNodeUpload,
  type FileRead,
  listNodeFiles,
  makeNodeDirectory,
  moveNodeFile,
  type OpenCommand,
  readNodeFile,
  removeNodeFile,
  statNodeFile,
  type UploadPiece,
  writeNodeFile,
} from '../../../files/node-files.ts';
import type { Access } from '../../../sessions/session-service.ts';
import type { AgentStreams } from '../../agents/agent-streams.ts';
import type { ApiRegistry } from '../api-route.ts';
import { runningNode } from './node-routes.ts';

const flagSchema = z.enum(['0', '1', 'true', 'false']).optional();
const readQuery = z.object({ path: filePathSchema, list: flagSchema });
const actionQuery = z.object({ path: filePathSchema });
const writeQuery = z.object({ path: filePathSchema, upload: uploadIdSchema.optional() });
const removeQuery = z.object({ path: filePathSchema, recursive: flagSchema, upload: uploadIdSchema.optional() });

const isSet = (flag: z.output<typeof flagSchema>) => flag === '1' || flag === 'true';
const headerOf = (request: FastifyRequest, name: 'if-match' | 'if-none-match') => String(request.headers[name] ?? '');

/** A file of a learner's on our own origin: never a page, whatever it holds. */
const INERT = {
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'accept-ranges': 'bytes',
};

interface Range {
  from: number;
  length: number;
}

/** The one range of a Range header, 'none' when it asks for the whole (or in a form that may be ignored), 'beyond' when nothing is there. */
export function parseRange(header: string | undefined, size: number): Range | 'none' | 'beyond' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return 'none';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'beyond' : { from: size - length, length };
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return 'none';
  return from >= size ? 'beyond' : { from, length: to - from + 1 };
}

/** The piece of an upload that a Content-Range header names. @throws DrydockError BAD_REQUEST. */
export function parsePiece(upload: string | undefined, header: string | undefined): UploadPiece | undefined {
  if (upload === undefined) return undefined;
  const [, from = '', to = '', total = ''] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header?.trim() ?? '') ?? [];
  const right = from !== '' && Number(from) <= Number(to) && Number(to) < Number(total);
  if (!right)
    throw new DrydockError('BAD_REQUEST', 'A piece of an upload names its place: Content-Range: bytes 0-9/100.');
  return { upload, from: Number(from), total: Number(total) };
}

function disposition(path: string, suffix = ''): string {
  const name = `${withoutEnd(path, '/').split('/').pop() || 'root'}${suffix}`;
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return `attachment; filename*=UTF-8''${encoded}`;
}

/** Sends a found file or directory; a body that breaks off breaks the connection, so that nobody takes a part for the whole. */
async function deliver(
  logger: Logger,
  reply: FastifyReply,
  found: FileRead,
  headers: Record<string, string | number>,
  status: number,
) {
  reply.hijack();
  const response = reply.raw;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status, { ...INERT, ...headers });
  const length = headers['content-length'];
  await deliverFile(response, found.body, length === undefined ? undefined : Number(length)).catch((error: unknown) => {
    logger.debug({ err: error }, 'file was not sent to its end');
    response.destroy();
  });
  found.close();
}

/** Declares the calls. */
export function fileRoutes(api: ApiRegistry, deps: { streams: AgentStreams; logger: Logger }): void {
  const { streams, logger } = deps;
  const path = '/sessions/:id/nodes/:node/files';

  function commandsOf(access: Access, params: Record<string, string>): OpenCommand {
    const node = runningNode(access, params);
    return (command) => streams.open(node.host, access.session.id, node.name, { kind: 'exec', command: [...command] });
  }

  async function read(request: FastifyRequest, reply: FastifyReply, open: OpenCommand, file: string): Promise<unknown> {
    const wanted = request.headers.range;
    const known = headerOf(request, 'if-none-match');
    let range: Range | 'none' = 'none';
    let size = -1;
    if (wanted !== undefined) {
      const found = await statNodeFile(open, file);
      const parsed = found.kind === 'file' ? parseRange(wanted, found.sizeBytes) : 'none';
      if (found.kind === 'file') size = found.sizeBytes;
      if (parsed === 'beyond') {
        reply.header('content-range', `bytes */${size}`).status(416);
        return { error: new DrydockError('BAD_REQUEST', 'The file has no such range.').toBody() };
      }
      range = parsed;
    }
    const found = await readNodeFile(open, file, { known, ...(range === 'none' ? {} : range) });
    if (found.kind === 'directory') {
      const headers = { 'content-type': 'application/x-tar', 'content-disposition': disposition(file, '.tar') };
      return deliver(logger, reply, found, headers, 200);
    }
    const common = {
      etag: `"${found.etag}"`,
      'last-modified': new Date(found.modifiedAt).toUTCString(),
    };
    if (found.unchanged) {
      found.close();
      reply.headers(common).status(304);
      return undefined;
    }
    const headers = {
      ...common,
      'content-type': 'application/octet-stream',
      'content-disposition': disposition(file),
      // Files of /proc and their like say 0 and have more.
      ...(range === 'none' && found.sizeBytes > 0 ? { 'content-length': found.sizeBytes } : {}),
    };
    if (range === 'none') return deliver(logger, reply, found, headers, 200);
    const last = range.from + range.length - 1;
    const part = { 'content-range': `bytes ${range.from}-${last}/${size}`, 'content-length': range.length };
    return deliver(logger, reply, found, { ...headers, ...part }, 206);
  }

  api.session(
    {
      method: 'GET',
      path,
      summary: 'Read a file (ranges, If-None-Match), a folder as tar, or list a folder with list=1.',
      right: 'collaborator',
      alsoRetained: true,
      query: readQuery,
      answer: fileListResponseSchema,
      raw: { answer: 'application/octet-stream' },
      status: 200,
    },
    async ({ request, reply, access, params, query }) => {
      const open = commandsOf(access, params);
      if (isSet(query.list)) return { path: query.path, ...(await listNodeFiles(open, query.path)) };
      return read(request, reply, open, query.path);
    },
  );

  api.session(
    {
      method: 'PUT',
      path,
      summary:
        'Write a file from the raw body; mode and owner stay, If-Match guards, parent directories are made. With upload=<id> and Content-Range the body is one piece of it.',
      right: 'collaborator',
      query: writeQuery,
      answer: fileWriteResponseSchema,
      raw: { request: 'application/octet-stream' },
      status: 200,
    },
    async ({ request, reply, access, params, query }) => {
      const open = commandsOf(access, params);
      const match = headerOf(request, 'if-match');
      const noneMatch = headerOf(request, 'if-none-match');
      const piece = parsePiece(query.upload, request.headers['content-range']);
      const written = await writeNodeFile(open, query.path, request.raw as Readable, { match, noneMatch, piece });
      if (!written.complete) return written;
      reply.header('etag', `"${written.etag}"`);
      return { ...written, etag: `"${written.etag}"` };
    },
  );

  api.session(
    {
      method: 'POST',
      path,
      summary: 'Make a folder (action make-directory), or rename and move (action move, to, replace).',
      right: 'collaborator',
      query: actionQuery,
      body: fileActionRequestSchema,
      status: 204,
    },
    async ({ access, params, query, body }) => {
      const open = commandsOf(access, params);
      switch (body.action) {
        case 'make-directory':
          return makeNodeDirectory(open, query.path);
        case 'move':
          return moveNodeFile(open, query.path, body.to, body.replace ?? false);
      }
    },
  );

  api.session(
    {
      method: 'DELETE',
      path,
      summary:
        'Delete a file, an empty folder, or with recursive=1 a folder and what is in it; with upload=<id> what came of that upload.',
      right: 'collaborator',
      query: removeQuery,
      status: 204,
    },
    async ({ request, access, params, query }) => {
      if (query.upload !== undefined) return dropNodeUpload(commandsOf(access, params), query.path, query.upload);
      const options = { match: headerOf(request, 'if-match'), recursive: isSet(query.recursive) };
      await removeNodeFile(commandsOf(access, params), query.path, options);
    },
  );
}
