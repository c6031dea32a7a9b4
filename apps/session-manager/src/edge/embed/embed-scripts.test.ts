import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';
import { operate } from '../../testing/test-site.ts';

const SCRIPT = `${'customElements.define("x-y",class extends HTMLElement{});'.repeat(40)}\n`;
let test: TestManager;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dd-embed-'));
  writeFileSync(join(directory, 'embed.js'), SCRIPT);
  writeFileSync(join(directory, 'katacoda-embed.js'), 'old();\n');
  writeFileSync(join(directory, 'pwd.js'), 'pwd();\n');
  writeFileSync(join(directory, 'styles.css'), 'a {}\n');
  const metrics = { host: '127.0.0.1', port: 0 };
  test = await startTestManager({ settings: { embedScriptsDir: directory, metrics } });
});
afterEach(async () => {
  await test.stop();
  rmSync(directory, { recursive: true });
});

/** Bytes as they come, which `fetch` unpacks. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const asked = request(`${test.origin}${path}`, { headers, method, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      asked.on('error', reject).end();
    },
  );
}

describe('the loader', () => {
  it('can be loaded by any page, packed as its browser takes it', async () => {
    const forms = [
      [{}, undefined, (bytes: Buffer) => bytes],
      [{ 'accept-encoding': 'gzip, deflate' }, 'gzip', gunzipSync],
      [{ 'accept-encoding': 'gzip, deflate, br, zstd' }, 'br', brotliDecompressSync],
      [{ 'accept-encoding': 'br;q=0, gzip;q=0.5' }, 'gzip', gunzipSync],
    ] as const;
    for (const [wants, encoding, unpack] of forms) {
      const { status, headers, body } = await get('/embed.js', wants);
      expect(status).toBe(200);
      expect(headers['content-encoding']).toBe(encoding);
      expect(String(unpack(body))).toBe(SCRIPT);
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'content-type': 'text/javascript; charset=utf-8',
        vary: 'accept-encoding',
        'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
      });
      expect(await get('/embed.js', { ...wants, 'if-none-match': String(headers.etag) })).toMatchObject({
        status: 304,
      });
    }
    expect(String((await get('/katacoda/embed.js')).body)).toBe('old();\n');
    for (const path of ['/pwd-sdk/dist/pwd.js', '/pwd-sdk/dist/pwd.min.js'])
      expect(String((await get(path)).body)).toBe('pwd();\n');
    expect((await get('/pwd-sdk/dist/styles.css')).headers['content-type']).toBe('text/css; charset=utf-8');
    expect(await get('/embed.js', {}, 'HEAD')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(await get('/embed.js', {}, 'POST')).toMatchObject({ status: 405 });
  });

  it('has an address with the same bytes for ever, and their hash is told to the operator', async () => {
    const { body } = await operate(test, 'GET', '/embed');
    const { script, pinned, integrity } = body as Record<string, string>;
    expect(script).toBe(`${test.manager.origin}/embed.js`);
    const path = new URL(pinned ?? '').pathname;
    const answer = await get(path);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(integrity).toBe(`sha384-${createHash('sha384').update(answer.body).digest('base64')}`);
    expect(await get('/embed-0123456789abcdef.js')).toMatchObject({ status: 404 });
    writeFileSync(join(directory, 'embed.js'), `${SCRIPT}// another release\n`);
    expect(String((await get(path)).body)).toBe(SCRIPT);
    await test.restart();
    expect(await get(path)).toMatchObject({ status: 404 });
  });

  it('is said to be missing where it is not built, and nothing else is', async () => {
    rmSync(join(directory, 'embed.js'));
    await test.restart();
    expect(await get('/embed.js')).toMatchObject({ status: 404 });
    expect((await operate(test, 'GET', '/embed')).body).toMatchObject({ script: null });
    expect((await test.call('GET', '/status')).status).toBe(200);
  });
});
