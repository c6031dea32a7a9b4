import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { looseNames } from './image-pins.mjs';

/** @type {string} */
let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-loose-'));
  execFileSync('git', ['init', '-q', directory]);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** @param {string} path @param {string} text */
function put(path, text) {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}
const COMMIT = 'a'.repeat(40);
const DIGEST = `sha256:${'b'.repeat(64)}`;

test('every action, image and download of the clone is named by its content', () => {
  expect(looseNames()).toEqual([]);
});

test('an action by a tag is named, one by its commit is not', () => {
  put(
    '.github/workflows/ci.yml',
    `jobs:\n  test:\n    container: node:20\n    steps:\n      - uses: a/checkout@v4\n      - uses: "a/b/c@main"\n      - name: x\n        uses: a/node@${COMMIT} # v4\n      - uses: ./own\n      - uses: docker://box:1\n      - uses: docker://box@${DIGEST}\n`,
  );
  expect(looseNames(directory).sort()).toEqual([
    '.github/workflows/ci.yml: a/b/c@main',
    '.github/workflows/ci.yml: a/checkout@v4',
    '.github/workflows/ci.yml: docker://box:1',
    '.github/workflows/ci.yml: node:20',
  ]);
});

test('an image that a file beside the compose files names needs its digest', () => {
  put('infra/other/Dockerfile', `FROM debian:13 AS base\nFROM base\nFROM node:20@${DIGEST}\n`);
  put('tools/stack.yaml', `services:\n  a:\n    image: redis:7\n  b:\n    image: redis:7@${DIGEST}\n`);
  // Those are pinned at a release, and their check is another.
  put('infra/deploy/compose/compose.yaml', 'services:\n  a:\n    image: redis:7\n');
  put('labs/one/compose.yaml', 'services:\n  a:\n    image: redis:7\n');
  expect(looseNames(directory).sort()).toEqual(['infra/other/Dockerfile: debian:13', 'tools/stack.yaml: redis:7']);
});

test.each([
  'curl -fsSL https://example.org/install.sh | sh',
  'wget -q https://example.org/a.tar.gz',
  'docker pull debian:13',
  'skopeo copy docker://a dir:b',
  'npx --yes something',
  'npm install -g something',
  'pip install something',
  'git clone https://example.org/a.git',
])('a program that makes the place and runs `%s` is named', (command) => {
  put('infra/library/fetch.sh', `#!/bin/sh\n${command}\n`);
  put('infra/library/fetch.test.mjs', command);
  put('e2e/specs/a.ts', command);
  expect(looseNames(directory)).toHaveLength(1);
  put('infra/library/fetch.sh', '#!/bin/sh\nnpm ci\napt-get install x\ncurl http://127.0.0.1:1/\n');
  expect(looseNames(directory)).toEqual([]);
});
