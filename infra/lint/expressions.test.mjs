// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs under test are texts
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expressionsOf } from './collect.mjs';
import { check } from './expressions.mjs';
import { isPlain, judge, withoutLargeCounts } from './judge.mjs';

/** @param {string} source @param {string} [file] */
const found = (source, file = 'a.ts') =>
  expressionsOf(file, source).map(({ text, line, open }) => `${line} ${text}${open ? ' open' : ''}`);

describe('expressions are found', () => {
  test.each([
    ['between slashes', 'const a = 1;\nconst b: RegExp = /a+\\/b/gi;', ['2 /a+\\/b/gi']],
    ['and not in texts or comments', '// /a+/\nconst a = "/b+/"; /* /c+/ */', []],
    ['of one text', "new RegExp('a+', 'm'); RegExp('b');", ['1 /a+/m', '1 /b/']],
    ['of constants', "const A = '[a]'; const B = `${A}+`; new RegExp(`^${B}$`);", ['1 /^[a]+$/']],
    ['of sources', 'const A = /a+/; new RegExp(`${A.source}|b`)', ['1 /a+/', '1 /a+|b/']],
    ['of what is not known', 'const f = (a: string) => new RegExp(`^${a}+$`, "u");', ['1 /^word+$/u open']],
    ['of a constant of itself', 'const a = `${a}`; new RegExp(a)', ['1 /word/ open']],
    ['of all but a name', 'let a = "b"; new RegExp(a + "c")', ['1 /word/ open']],
    ['made by methods of texts', "a.match('b+'); a.search('c'); a.replace('d+', '')", ['1 /b+/', '1 /c/']],
  ])('%s', (_, source, wanted) => {
    expect(found(source)).toEqual(wanted);
  });

  test('in pages and in plain modules', () => {
    expect(found('export const A = () => <p title="x">{/a+/.source}</p>;', 'a.tsx')).toEqual(['1 /a+/']);
    expect(found('const a = /a+/;', 'a.mjs')).toEqual(['1 /a+/']);
  });
});

test.each([
  ['a{0,300}b{2}', 'a*b{2}', false],
  ['a{20}', 'a{8,}', false],
  ['a{1,}', 'a{1,}', false],
  ['a{1,9}?', 'a{1,}?', false],
  ['a{1,8}?b', 'a{1,8}?b', true],
  ['[{0,99}*+]\\{0,99}\\+', '[{0,99}*+]\\{0,99}\\+', true],
])('counts above 8 are no bound: %s', (pattern, loose, plain) => {
  expect(withoutLargeCounts(pattern)).toBe(loose);
  expect(isPlain(loose)).toBe(plain);
});

test('what can be made slow is told from what cannot, and what is not judged is not called safe', async () => {
  const patterns = ['^a*$', 'a+b', '^(a+)+$', '^(a)(b+)\\1$', 'x{0,2000}y'];
  const verdicts = await judge(patterns.map((pattern) => ({ pattern, flags: '' })));
  expect(verdicts.map(({ kind }) => kind)).toEqual(['safe', 'slow', 'slow', 'unknown', 'slow']);
});

describe('a checkout', () => {
  /** @type {string} */
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'drydock-expressions-'));
    execFileSync('git', ['init', '-q', root]);
    put('apps/web/src/page.ts', 'export const A = /^[a-z]+$/;\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** @param {string} path @param {string} text */
  function put(path, text) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const none = { bounded: [], putTogether: [] };

  test('of safe expressions is not complained of, nor are its tests', async () => {
    put('apps/web/src/page.test.ts', 'export const A = /(a+)+$/;\n');
    put('infra/docs/tool.mjs', 'export const A = /(a+)+$/;\n');
    expect(await check(root, none)).toEqual([]);
  });

  test('with a slow one is told where, which and how', async () => {
    put('packages/lab/src/a.ts', '\nexport const A = / +$/g;\n');
    const [problem, ...others] = await check(root, none);
    expect(problem).toMatch(
      /^packages\/lab\/src\/a\.ts:2: \/ \+\$\/g can be made slow \(2nd degree polynomial, by ' '/,
    );
    expect(others).toEqual([]);
  });

  test('with a leave that nothing needs is told', async () => {
    const bounded = [
      { text: '/ +$/g', bound: '80 letters', reason: 'x' },
      { text: '/^[a-z]+$/', bound: 'x', reason: 'x' },
    ];
    const stale = (/** @type {string} */ text) =>
      `infra/lint/let-through.mjs: ${text} is not there any more, or needs no leave`;
    expect(await check(root, { ...none, bounded })).toEqual([stale('/ +$/g'), stale('/^[a-z]+$/')]);
    put('packages/lab/src/a.ts', 'export const A = / +$/g;\n');
    expect(await check(root, { ...none, bounded })).toEqual([stale('/^[a-z]+$/')]);
  });

  test('with one of unknown parts is told, unless somebody said what they are', async () => {
    put('apps/cli/src/a.ts', 'export const a = (name: string) => new RegExp(`^${name}$`);\n');
    const wanted = 'apps/cli/src/a.ts:1: /^word$/ is put together of what its file does not say, where "word" stands';
    expect(await check(root, none)).toEqual([wanted]);
    const putTogether = [{ file: 'apps/cli/src/a.ts', text: '/^word$/', reason: 'x' }];
    expect(await check(root, { ...none, putTogether })).toEqual([]);
  });
});
