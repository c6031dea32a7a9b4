import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileListResponseSchema } from '@drydock/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
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
  options: { headers?: Record<string, string>; body?: string | Uint8Array; query?: string; by?: string } = {},
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
    expect(listed.entries[0]?.target).toBe('sub/x');
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
