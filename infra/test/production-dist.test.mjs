/** What is built for production holds nothing of tests, measurements and random harm (docs/ARCHITECTURE.md, import law). */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPO } from '../common/paths.mjs';

const OF_TESTS = /(?:^|\/)(?:testing|bench|chaos|fuzz)\/|\.(?:test|contract)\.tsx?$/;
const PACKAGE_OF_TESTS = '@drydock/testkit';
const IMPORTS = /(?:from|import\(|import)\s*'([^']+)'/g;

const projects = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(REPO, folder)).map((name) => `${folder}/${name}`))
  .filter((project) => existsSync(join(REPO, project, 'tsconfig.json')) && project !== 'packages/testkit');

/** The files that a project's tsconfig.json names. @param {string} project @returns {string[]} */
function named(project) {
  const tsc = join(REPO, 'node_modules/typescript/bin/tsc');
  const shown = execFileSync(process.execPath, [tsc, '-p', project, '--showConfig'], { cwd: REPO, encoding: 'utf8' });
  return JSON.parse(shown).files;
}

test.each(projects)('%s builds no code of tests', (project) => {
  const files = named(project);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => OF_TESTS.test(file))).toEqual([]);
  // The compiler takes what an import names, whatever tsconfig.json leaves out.
  const imports = files.flatMap((file) =>
    [...readFileSync(join(REPO, project, file), 'utf8').matchAll(IMPORTS)].map(([, specifier]) => [file, specifier]),
  );
  expect(imports.filter(([, to = '']) => OF_TESTS.test(to) || to.startsWith(PACKAGE_OF_TESTS))).toEqual([]);
});
