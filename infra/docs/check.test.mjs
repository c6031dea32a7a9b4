import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { check } from './check.mjs';

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-docs-'));
  execFileSync('git', ['init', '-q', root]);
  put('package.json', '{"scripts":{"status":"x"}}');
  put('docs/PROTOCOL.md', '# Protocol\n\n- **T-1** typed once.\n- **B5** a cookie.\n');
  put('apps/web/src/page.ts', 'export {};\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @param {string} path @param {string} text */
function put(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const good = `# A page

See [the protocol](PROTOCOL.md#protocol), \`apps/web/src/page.ts\`, \`web/src/p*.ts\`, \`DRYDOCK_PORT\`, \`DRYDOCK_NODE_*\`,
\`npm run status\`, rule T-1 and PROTOCOL B5. \`linux/if.h\` and \`text/plain\` are no paths of ours.
`;

test('what is there is not complained of', () => {
  put('docs/a-page.md', good);
  put(
    'apps/web/src/other.ts',
    '// As page.ts does (docs/PROTOCOL.md), see T-1.\nexport const path = "apps/gone.ts";\n',
  );
  expect(check(root)).toEqual([]);
});

test.each([
  ['a link', '[x](gone.md)', 'docs/a-page.md:1: there is no link gone.md'],
  ['an anchor', '[x](PROTOCOL.md#gone)', 'docs/a-page.md:1: there is no link PROTOCOL.md#gone'],
  ['a path', '`apps/web/src/gone.ts`', 'docs/a-page.md:1: there is no path apps/web/src/gone.ts'],
  ['a file', '`gone.mjs`', 'docs/a-page.md:1: there is no path gone.mjs'],
  ['a setting', '`DRYDOCK_GONE`', 'docs/a-page.md:1: there is no setting DRYDOCK_GONE'],
  ['a command', '`npm run gone`', 'docs/a-page.md:1: there is no script gone'],
  ['a rule', 'rule T-99', 'docs/a-page.md:1: there is no rule T-99'],
])('%s that is gone is found, with its line', (_name, text, problem) => {
  put('docs/a-page.md', `${text}\n`);
  expect(check(root)).toEqual([problem]);
});

test('comments are read, and code is not', () => {
  put(
    'apps/web/src/other.ts',
    "/**\n * See gone.ts.\n */\nexport const path = 'gone.mjs'; //" + ' and apps/gone/x.c\n',
  );
  expect(check(root)).toEqual([
    'apps/web/src/other.ts:2: there is no path gone.ts',
    'apps/web/src/other.ts:4: there is no path apps/gone/x.c',
  ]);
});
