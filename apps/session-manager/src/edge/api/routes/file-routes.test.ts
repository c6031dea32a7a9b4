import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileListResponseSchema } from '@drydock/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../../../testing/test-manager.ts';
import { parseRange } from './file-routes.ts';

let test: TestManager;
let id: string;
let token: string;
let viewer: string;
/** Stands for the node's file system: the fixture agent runs commands on this machine. */
let root: string;

beforeAll(async () => {
  test = await startTestManager();
  await test.host();
  const created = await test.createSession();
  id = created.session.id;
  token = created.token;
  viewer = created.links.viewer.split('#')[1] ?? '';
  await test.call('POST', `/sessions/${id}/nodes`, { token });
});
afterAll(() => test.stop());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dd-files-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function files(
  method: string,
  path: string,
  options: {
    headers?: Record<string, string>;
    body?: string | Uint8Array<ArrayBuffer>;
    query?: string;
    by?: string;
  } = {},
) {
  const { headers = {}, body, query = '', by = token } = options;
  return fetch(`${test.origin}/api/v1/sessions/${id}/nodes/node1/files?path=${encodeURIComponent(path)}${query}`, {
    method,
    headers: { authorization: `Bearer ${by}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe('reading', () => {
  it('gives the bytes, their length and a version that changes with them', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    writeFileSync(join(root, 'a b"c.bin'), bytes);
    const answer = await files('GET', join(root, 'a b"c.bin'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('256');
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    const etag = answer.headers.get('etag') ?? '';
    const again = await files('GET', join(root, 'a b"c.bin'), { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    writeFileSync(join(root, 'a b"c.bin'), 'else');
    expect((await files('GET', join(root, 'a b"c.bin'))).headers.get('etag')).not.toBe(etag);
  });

  it('gives ranges', async () => {
    writeFileSync(join(root, 'f'), '0123456789');
    const range = async (value: string) => {
      const answer = await files('GET', join(root, 'f'), { headers: { range: value } });
      return [answer.status, answer.headers.get('content-range'), answer.status === 416 ? '' : await answer.text()];
    };
    expect(await range('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await range('bytes=8-')).toEqual([206, 'bytes 8-9/10', '89']);
    expect(await range('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await range('bytes=10-')).toEqual([416, 'bytes */10', '']);
    expect(await range('lines=1-2')).toEqual([200, null, '0123456789']);
    expect(parseRange('bytes=5-2', 10)).toBe('none');
    expect(parseRange('bytes=0-99', 10)).toEqual({ from: 0, length: 10 });
  });

  it('gives a folder as tar, and lists it', async () => {
    mkdirSync(join(root, 'dir/sub'), { recursive: true });
    writeFileSync(join(root, 'dir/sub/x'), 'inner');
    writeFileSync(join(root, 'dir/new\nline'), '');
    symlinkSync('sub/x', join(root, 'dir/link'));
    const tar = await files('GET', join(root, 'dir'));
    expect(tar.headers.get('content-type')).toBe('application/x-tar');
    const names = execFileSync('tar', ['-tf', '-'], { input: Buffer.from(await tar.arrayBuffer()) }).toString();
    expect(names).toContain('dir/sub/x');
    const listed = fileListResponseSchema.parse(
      await (await files('GET', join(root, 'dir'), { query: '&list=1' })).json(),
    );
    expect(listed.entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['link', 'link'],
      ['new\nline', 'file'],
      ['sub', 'directory'],
    ]);
    expect(listed.entries[0]).toMatchObject({ target: 'sub/x', targetKind: 'file' });
    expect(listed.truncated).toBe(false);
  });

  it('refuses what is no file, what is not there, bad paths and viewers', async () => {
    expect(await codeOf(await files('GET', join(root, 'none')))).toBe('FILE_NOT_FOUND');
    expect(await codeOf(await files('GET', '/dev/zero'))).toBe('BAD_REQUEST');
    expect((await files('GET', 'relative')).status).toBe(400);
    expect((await files('GET', '/a\0b')).status).toBe(400);
    expect((await files('GET', root, { query: '&list=1', by: viewer })).status).toBe(403);
    expect((await files('PUT', join(root, 'x'), { body: 'x', by: viewer })).status).toBe(403);
    expect((await files('GET', '/proc/uptime')).status).toBe(200);
  });
});

describe('writing', () => {
  it('keeps the whole mode, set-uid and set-gid included, whoever owns the file', async () => {
    const path = join(root, 'tool');
    for (const mode of [0o4755, 0o2755, 0o1644, 0o6711]) {
      writeFileSync(path, 'old');
      // A change of the owner takes these bits away: of a foreign file the mode must be set last.
      if (process.getuid?.() === 0) chownSync(path, 1234, 4321);
      chmodSync(path, mode);
      expect((await files('PUT', path, { body: 'new' })).status).toBe(200);
      expect(readFileSync(path, 'utf8')).toBe('new');
      expect((statSync(path).mode & 0o7777).toString(8)).toBe(mode.toString(8));
    }
  });

  it('makes parents, keeps mode and owner, and replaces in one step', async () => {
    const path = join(root, 'deep/er/file');
    const made = await files('PUT', path, { body: 'one' });
    expect(await made.json()).toMatchObject({ created: true, sizeBytes: 3 });
    expect(statSync(path).mode & 0o7777).toBe(0o644);
    chmodSync(path, 0o750);
    if (process.getuid?.() === 0) execFileSync('chown', ['1234:4321', path]);
    const changed = await files('PUT', path, { body: 'two!' });
    expect(await changed.json()).toMatchObject({ created: false, sizeBytes: 4 });
    expect(readFileSync(path, 'utf8')).toBe('two!');
    const { mode, uid } = statSync(path);
    expect(mode & 0o7777).toBe(0o750);
    if (process.getuid?.() === 0) expect(uid).toBe(1234);
    expect(readdirSync(join(root, 'deep/er'))).toEqual(['file']);
  });

  it('takes any bytes of any type and size, also empty ones', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, 'xyz');
    await files('PUT', join(root, 'large'), { body: large, headers: { 'content-type': 'application/json' } });
    expect(readFileSync(join(root, 'large')).equals(large)).toBe(true);
    expect((await files('PUT', join(root, 'empty'), { body: '' })).status).toBe(200);
    expect(statSync(join(root, 'empty')).size).toBe(0);
  });

  it('refuses to overwrite what changed since it was read', async () => {
    const path = join(root, 'f');
    writeFileSync(path, 'one');
    const etag = (await files('GET', path)).headers.get('etag') ?? '';
    writeFileSync(path, 'somebody else');
    const conflict = await files('PUT', path, { body: 'mine', headers: { 'if-match': etag } });
    expect(conflict.status).toBe(412);
    expect(readFileSync(path, 'utf8')).toBe('somebody else');
    const fresh = (await files('GET', path)).headers.get('etag') ?? '';
    const written = await files('PUT', path, { body: 'mine', headers: { 'if-match': fresh } });
    expect(written.status).toBe(200);
    expect((await files('PUT', path, { body: 'x', headers: { 'if-none-match': '*' } })).status).toBe(412);
    expect((await files('DELETE', path, { headers: { 'if-match': fresh } })).status).toBe(412);
    expect((await files('DELETE', path, { headers: { 'if-match': written.headers.get('etag') ?? '' } })).status).toBe(
      204,
    );
  });

  it('leaves the old file when the sender goes away half-way', async () => {
    const path = join(root, 'f');
    writeFileSync(path, 'old');
    const url = new URL(`${test.origin}/api/v1/sessions/${id}/nodes/node1/files?path=${path}`);
    const request = httpRequest(url, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-length': 1_000_000 },
    });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(300_000, 'n'));
    await expect.poll(() => readdirSync(root).length).toBe(2);
    request.destroy();
    await expect.poll(() => readdirSync(root)).toEqual(['f']);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('writes through links and never onto folders', async () => {
    writeFileSync(join(root, 'real'), 'x');
    symlinkSync('real', join(root, 'link'));
    await files('PUT', join(root, 'link'), { body: 'through' });
    expect(readFileSync(join(root, 'real'), 'utf8')).toBe('through');
    expect((await files('PUT', root, { body: 'x' })).status).toBe(400);
    expect((await files('PUT', `${root}/`, { body: 'x' })).status).toBe(400);
    expect((await files('PUT', join(root, 'real/below'), { body: 'x' })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('writing in pieces', () => {
  const piece = (path: string, bytes: Buffer<ArrayBuffer>, from: number, total: number, headers = {}) =>
    files('PUT', path, {
      body: bytes,
      query: '&upload=upload-01',
      headers: { 'content-range': `bytes ${from}-${from + bytes.length - 1}/${total}`, ...headers },
    });

  it('puts the file together, keeps its mode, and replaces it with the last byte only', async () => {
    const path = join(root, 'deep/f');
    mkdirSync(join(root, 'deep'));
    writeFileSync(path, 'old');
    chmodSync(path, 0o755);
    const whole = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const first = await piece(path, whole.subarray(0, 200_000), 0, whole.length);
    expect(await first.json()).toEqual({ complete: false, receivedBytes: 200_000 });
    expect(readFileSync(path, 'utf8')).toBe('old');
    const last = await piece(path, whole.subarray(200_000), 200_000, whole.length);
    expect(await last.json()).toMatchObject({ complete: true, created: false, sizeBytes: whole.length });
    expect(readFileSync(path).equals(whole)).toBe(true);
    expect(statSync(path).mode & 0o7777).toBe(0o755);
    expect(readdirSync(join(root, 'deep'))).toEqual(['f']);
  });

  it('takes a piece again that was cut off, from where it began', async () => {
    const path = join(root, 'f');
    const whole = Buffer.from('0123456789abcdef');
    await piece(path, whole.subarray(0, 10), 0, 16);
    const again = await piece(path, whole.subarray(4, 12), 4, 16);
    expect(await again.json()).toEqual({ complete: false, receivedBytes: 12 });
    await piece(path, whole.subarray(12), 12, 16);
    expect(readFileSync(path, 'utf8')).toBe('0123456789abcdef');
  });

  it('refuses gaps, lost uploads, too many bytes and bad places, and honours the guards', async () => {
    const path = join(root, 'f');
    expect((await piece(path, Buffer.from('56'), 5, 10)).status).toBe(412);
    await piece(path, Buffer.from('0123'), 0, 10);
    expect((await piece(path, Buffer.from('56'), 5, 10)).status).toBe(412);
    expect((await files('PUT', path, { body: 'x', query: '&upload=upload-01' })).status).toBe(400);
    const long = await files('PUT', path, {
      body: 'much too long',
      query: '&upload=upload-01',
      headers: { 'content-range': 'bytes 0-3/4' },
    });
    expect(long.status).toBe(400);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, 'there');
    expect((await piece(path, Buffer.from('01'), 0, 10, { 'if-none-match': '*' })).status).toBe(412);
  });

  it('takes away what came of an upload that was given up, and what nobody finished', async () => {
    const path = join(root, 'f');
    await piece(path, Buffer.from('0123'), 0, 10);
    expect(readdirSync(root)).toEqual(['.drydock-upload-01.part']);
    expect((await files('DELETE', path, { query: '&upload=upload-01' })).status).toBe(204);
    expect(readdirSync(root)).toEqual([]);
    expect((await files('DELETE', path, { query: '&upload=upload-01' })).status).toBe(204);
    const stale = join(root, '.drydock-long-ago-1.part');
    writeFileSync(stale, 'x');
    utimesSync(stale, 0, 0);
    await piece(path, Buffer.from('0123'), 0, 4);
    expect(readdirSync(root)).toEqual(['f']);
  });
});

describe('folders, names and places', () => {
  const act = (path: string, body: object, by = token) =>
    files('POST', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, by });

  it('makes a folder once, whatever its name', async () => {
    for (const name of ['plain', '-rf', 'two\nlines', `it's "quoted" $(x)`, 'Ünïcödé 🚢']) {
      expect((await act(join(root, name), { action: 'make-directory' })).status).toBe(204);
      expect(statSync(join(root, name)).isDirectory()).toBe(true);
      expect((await act(join(root, name), { action: 'make-directory' })).status).toBe(412);
    }
    expect((await act(join(root, 'no/parent'), { action: 'make-directory' })).status).toBe(404);
    expect((await act(join(root, 'x'), { action: 'make-directory' }, viewer)).status).toBe(403);
  });

  it('renames and moves, and never onto something unless told', async () => {
    mkdirSync(join(root, 'd'));
    writeFileSync(join(root, '-a\n"b"'), 'moved');
    writeFileSync(join(root, 'there'), 'there');
    const from = join(root, '-a\n"b"');
    expect((await act(from, { action: 'move', to: join(root, 'there') })).status).toBe(412);
    expect(readFileSync(join(root, 'there'), 'utf8')).toBe('there');
    expect((await act(from, { action: 'move', to: join(root, 'd/ü -x') })).status).toBe(204);
    expect(readFileSync(join(root, 'd/ü -x'), 'utf8')).toBe('moved');
    const back = { action: 'move', to: join(root, 'there'), replace: true };
    expect((await act(join(root, 'd/ü -x'), back)).status).toBe(204);
    expect(readFileSync(join(root, 'there'), 'utf8')).toBe('moved');
    expect(readdirSync(root).sort()).toEqual(['d', 'there']);
  });

  it('moves no folder into itself, no root, nothing that is not there, and over no folder', async () => {
    mkdirSync(join(root, 'd/e'), { recursive: true });
    writeFileSync(join(root, 'f'), '');
    const tries: [string, string, number][] = [
      [join(root, 'd'), join(root, 'd/e/d'), 400],
      ['/', join(root, 'r'), 400],
      [join(root, 'none'), join(root, 'x'), 404],
      [join(root, 'f'), join(root, 'no/x'), 404],
      [join(root, 'f'), join(root, 'd'), 400],
    ];
    for (const [from, to, status] of tries)
      expect((await act(from, { action: 'move', to, replace: true })).status).toBe(status);
    expect((await act(join(root, 'f'), { action: 'move', to: 'relative' })).status).toBe(400);
    expect((await act(join(root, 'f'), { action: 'burn' })).status).toBe(400);
    expect(readdirSync(root).sort()).toEqual(['d', 'f']);
  });

  it('moves between file systems', async () => {
    const other = mkdtempSync('/dev/shm/dd-files-');
    try {
      mkdirSync(join(root, 'd'));
      writeFileSync(join(root, 'd/f'), 'far');
      expect((await act(join(root, 'd'), { action: 'move', to: join(other, 'd') })).status).toBe(204);
      expect(readFileSync(join(other, 'd/f'), 'utf8')).toBe('far');
      expect(existsSync(join(root, 'd'))).toBe(false);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});

describe('deleting', () => {
  it('takes files and empty folders, others only with recursive', async () => {
    mkdirSync(join(root, 'd/e'), { recursive: true });
    writeFileSync(join(root, 'd/f'), '');
    expect((await files('DELETE', join(root, 'd'))).status).toBe(400);
    expect((await files('DELETE', join(root, 'd/f'))).status).toBe(204);
    expect((await files('DELETE', join(root, 'd'), { query: '&recursive=1' })).status).toBe(204);
    expect(existsSync(join(root, 'd'))).toBe(false);
    expect((await files('DELETE', join(root, 'd'))).status).toBe(404);
    for (const path of ['/', '//', '/.', '/..']) expect((await files('DELETE', path)).status).toBe(400);
  });
});
