// What no linter asks: habits of the house that CONTRIBUTING.md names.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The spread of an object literal: it keeps properties on one line against the formatter, and editors do not find their way through it. */
const LITERAL_SPREAD = /\.\.\.\{/;

/**
 * @param {string} text
 * @returns {number[]} lines
 */
function literalSpreads(text) {
  return text.split('\n').flatMap((line, at) => (LITERAL_SPREAD.test(line) ? [at + 1] : []));
}

/** @returns {string[]} the checkout's programs and tests, but for this one */
function sources() {
  return execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && file !== 'infra/test/style.test.mjs' && existsSync(join(root, file)));
}

test('no object literal is spread to please the formatter', () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(1000);
  const found = files.flatMap((file) =>
    literalSpreads(readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`),
  );
  expect(found).toEqual([]);
});

test('one is seen where it stands', () => {
  expect(literalSpreads('const a = {\n  ...{ b, c },\n  ...rest,\n};\n')).toEqual([2]);
});
