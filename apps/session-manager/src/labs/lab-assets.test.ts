/** The files that a lab brings along, which its author chose: pictures are shown, all else is a download, and nothing of it runs on our origin. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

let test: TestManager;
let folder: string;
let version: string;

const FILES: Record<string, string> = {
  'lab.md': [
    '# Pictures',
    '## One',
    '![a](pic.svg) [b](pic.png) [c](page.html) [d](deep/more.js#top) [e](tool.constructor) [f](lab.md)',
    ':::hint\n![a](hint.png)\n:::',
    '```check\n- ask: What is it?\n  answer: sesame\n```',
  ].join('\n\n'),
  'hint.png': 'a picture in a hint',
  'secret.sh': 'echo sesame',
  'pic.svg': '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  'pic.png': 'no picture',
  'page.html': '<script>alert(1)</script>',
  'tool.constructor': 'x',
  'deep/more.js': 'alert(1)',
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dd-assets-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, 'pictures', path)), { recursive: true });
    writeFileSync(join(folder, 'pictures', path), text);
  }
  test = await startTestManager({
    settings: { labs: { builtInDir: undefined, operatorDir: folder, forges: new Map() } },
  });
  const { body } = await test.call('GET', '/labs');
  version = (body as { labs: { version: string }[] }).labs[0]?.version ?? '';
});
afterEach(async () => {
  await test.stop();
  rmSync(folder, { recursive: true });
});

/** Where the page looks for them (apps/web/src/components/lab/prose.tsx). */
const get = (path: string, of = version) => fetch(`${test.origin}/api/v1/lab-assets/${of}/${path}`);

it('are there, each in a sandbox, and downloads but for pictures', async () => {
  const types: Record<string, [string, boolean]> = {
    'pic.svg': ['image/svg+xml', true],
    'pic.png': ['image/png', true],
    'page.html': ['application/octet-stream', false],
    'tool.constructor': ['application/octet-stream', false],
    'deep/more.js': ['application/octet-stream', false],
  };
  for (const [path, [type, isShown]] of Object.entries(types)) {
    const { status, headers } = await get(path);
    expect([path, status, headers.get('content-type')]).toEqual([path, 200, type]);
    expect([path, headers.get('content-disposition')]).toEqual([path, isShown ? null : 'attachment']);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  }
});

it('are those alone that its readers are shown: not its source, which has the answers, nor its scripts', async () => {
  expect((await get('hint.png')).status).toBe(200);
  for (const path of ['lab.md', 'secret.sh', 'pic.svg/', 'deep', './pic.svg']) {
    const answer = await get(path);
    expect(await answer.text()).not.toContain('sesame');
  }
  expect([(await get('lab.md')).status, (await get('secret.sh')).status]).toEqual([404, 404]);
});

it('lead nowhere else, whatever is asked for', async () => {
  const paths = ['..%2f..%2fetc%2fpasswd', '%2e%2e/lab.md', '__proto__', 'constructor', '', '%00', '/etc/passwd'];
  for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 404]);
  for (const of of ['0'.repeat(32), '__proto__', '..', 'x']) expect((await get('pic.png', of)).status).toBe(404);
});
