/** Folders, files and functions of C stay small enough to be read whole; the linter does the same for other functions (biome.json). */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPO } from '../common/paths.mjs';

const MAX_FILES = 20;
const MAX_LINES = 400;
const MAX_FUNCTION_LINES = 120;

const PROGRAM = /\.(?:ts|tsx|mts|mjs|js|c|h|css|sh)$/;
const TEST = /\.(?:test|contract)\.(?:ts|tsx|mjs|sh)$/;
/** Written by others or by a program, or data of tests. */
const NOT_OURS = /(?:^|\/)fixtures\/|^labs\//;

const sources = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: REPO,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
})
  .split('\0')
  .filter((file) => PROGRAM.test(file) && !NOT_OURS.test(file) && existsSync(join(REPO, file)));

const texts = sources.map((file) => ({ file, lines: readFileSync(join(REPO, file), 'utf8').trimEnd().split('\n') }));

/** Folders with more source files than one can look over; tests stand beside what they test and do not count. @param {readonly string[]} files */
function crowded(files) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const file of files) if (!TEST.test(file)) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > MAX_FILES).map(([folder, count]) => `${folder}: ${count} files`);
}

/**
 * C functions that are too long: .clang-format puts the last brace of a function, and of nothing within it, in column 0.
 * @param {string} file
 * @param {readonly string[]} lines
 */
function longFunctions(file, lines) {
  /** @type {string[]} */
  const found = [];
  let start = 0;
  lines.forEach((line, index) => {
    if (/^[\w].*\($|^[\w].*\(.*[^;]$/.test(line) && !/^(?:typedef|enum|struct \w+ \{)/.test(line)) start = index;
    if (/^\}/.test(line) && index - start + 1 > MAX_FUNCTION_LINES)
      found.push(`${file}:${start + 1}: ${index - start + 1} lines`);
    if (/^\}/.test(line)) start = index + 1;
  });
  return found;
}

describe('sizes', () => {
  test(`no folder holds more than ${MAX_FILES} source files`, () => {
    expect(sources.length).toBeGreaterThan(1000);
    expect(crowded(sources)).toEqual([]);
  });

  test(`no file is longer than ${MAX_LINES} lines`, () => {
    const long = texts.filter(({ lines }) => lines.length > MAX_LINES);
    expect(long.map(({ file, lines }) => `${file}: ${lines.length} lines`)).toEqual([]);
  });

  test(`no function of C is longer than ${MAX_FUNCTION_LINES} lines`, () => {
    const programs = texts.filter(({ file }) => file.endsWith('.c'));
    expect(programs.length).toBeGreaterThan(60);
    expect(programs.flatMap(({ file, lines }) => longFunctions(file, lines))).toEqual([]);
  });

  test('the median file has 60 to 120 lines at the most', () => {
    const lengths = texts.map(({ lines }) => lines.length).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(120);
  });
});

describe('the measures themselves', () => {
  test('count a folder of 21 sources, and no tests', () => {
    const files = Array.from({ length: 21 }, (_, index) => `a/file-${index}.ts`);
    expect(crowded(files)).toEqual(['a: 21 files']);
    expect(crowded([...files.slice(1), 'a/other.test.ts'])).toEqual([]);
  });

  test('find a function of C of 121 lines', () => {
    const body = (/** @type {number} */ count) => [
      'static int probe(int a)',
      '{',
      ...Array.from({ length: count }, () => '    a++;'),
      '}',
    ];
    expect(longFunctions('a.c', body(117))).toEqual([]);
    expect(longFunctions('a.c', [...body(3), '', ...body(118)])).toEqual(['a.c:8: 121 lines']);
  });
});
