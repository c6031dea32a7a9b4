// Words that docs/GLOSSARY.md has given up do not come back into programs.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {{ word: RegExp, instead: string, where: RegExp }[]} */
const GIVEN_UP = [
  { word: /\bgrace(?!ful)|[a-z]Grace|\bGrace[A-Z]/, instead: 'retention', where: /^(?:apps|packages)\// },
  {
    word: /\bCapabilities\b|\.capabilities\b/,
    instead: 'features',
    where: /^(?:apps\/(?:session-manager|web|cli)|packages)\//,
  },
  { word: /\b(?:withRoom|tellNetworks|layFigures|filesLeft)\b/, instead: 'a plain verb', where: /./ },
];
/** What Redis keeps is in the words of the release before. */
const KEPT = /\/store\/(?:sessions\/stored-session\.ts|other-releases[^/]*)$/;

/** @param {string} file @param {string} text @returns {string[]} */
function givenUp(file, text) {
  if (KEPT.test(file)) return [];
  const rules = GIVEN_UP.filter(({ where }) => where.test(file));
  return text.split('\n').flatMap((line, at) => {
    const plain = line.replaceAll(/drydock_sessions_in_grace/g, '');
    return rules.filter(({ word }) => word.test(plain)).map(({ instead }) => `${file}:${at + 1}: say ${instead}`);
  });
}

test('words that were given up stay away', () => {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && file !== 'infra/test/words.test.mjs' && existsSync(join(root, file)));
  expect(files.length).toBeGreaterThan(1000);
  expect(files.flatMap((file) => givenUp(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test('one is seen where it stands', () => {
  expect(givenUp('apps/web/src/a.ts', 'const graceUntil = 1;\nhost.capabilities;\n')).toEqual([
    'apps/web/src/a.ts:1: say retention',
    'apps/web/src/a.ts:2: say features',
  ]);
});
