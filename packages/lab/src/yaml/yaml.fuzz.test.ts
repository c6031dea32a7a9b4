import { slowRuns } from '@drydock/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLab } from '../compile/compile-lab.ts';
import { createFindings } from '../findings/finding.ts';
import { plainOf, readYaml } from './located.ts';

const placeOf = (offset: number) => ({ file: 'x', line: offset, column: 1 });
const read = (text: string) => readYaml(text, placeOf, createFindings());
const compile = (text: string) => compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]), strict: true });

/** As many different lines as go into a length. */
function lines(length: number, line: (at: number) => string): string {
  const made: string[] = [];
  for (let left = length; left > 0; left -= made.at(-1)?.length ?? 1) made.push(line(made.length));
  return made.join('');
}

const TOKENS = ['- *a\n', '? a\n', 'a:\n', ' ', '"', '- ', '#'];

test('YAML of a run is read in a time that grows as its length does', () => {
  expect(slowRuns(read, { tokens: TOKENS })).toEqual([]);
}, 60_000);

test.each([
  ['keys', (at: number) => `k${at}: 1\n`],
  ['keys in quotes', (at: number) => `"${at}":\n`],
  ['keys in braces', (at: number) => (at === 0 ? '{' : `${at.toString(36)},${at % 99 === 0 ? '\n' : ''}`)],
  ['anchors with aliases', (at: number) => `- &a${at} 1\n- *a${at}\n`],
])('many %s are read in a time that grows as their number does', (_, line) => {
  // Four times as long as what is compared elsewhere: few keys are quick either way.
  expect(slowRuns((text) => read(lines(text.length * 4, line)), { tokens: ['x'] })).toEqual([]);
});

test('front matter of unknown keys is told in a time that grows as their number does', () => {
  const of = (length: number) => `---\n${lines(length, (at) => `k${at}: 1\n`)}---\n## A\n`;
  expect(slowRuns((text) => compile(of(text.length * 4)), { tokens: ['x'] })).toEqual([]);
});

const scalar = fc.oneof(
  fc.constantFrom(
    '1e400',
    '-1e400',
    '.inf',
    '.nan',
    '0x',
    '0o8',
    '9'.repeat(400),
    '1_000',
    '~',
    'null',
    'yes',
    '""',
    '<<',
    '=',
    '2026-01-01',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.string({ maxLength: 12 }),
);
const key = fc.constantFrom(
  'title',
  'lab',
  'minutes',
  'nodes',
  'files',
  'tags',
  'images',
  'terminals',
  '__proto__',
  'constructor',
  'toString',
  '<<',
  '? a',
  '[a]',
  '1',
  '"1"',
);
const line = fc.oneof(
  fc.tuple(key, scalar).map(([name, value]) => `${name}: ${value}`),
  fc.tuple(key, scalar).map(([name, value]) => `  ${name}: ${value}`),
  scalar.map((value) => `- ${value}`),
  fc.constantFrom(
    '- - -',
    '{',
    '}',
    '[',
    ']',
    '|',
    '>',
    '&a',
    '*a',
    '!!js/function x',
    '---',
    '...',
    '%YAML 1.1',
    '\t',
    '#',
  ),
);

test('front matter of any values is read or refused with its places, and nothing of it is a prototype', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (made) => {
      const text = made.join('\n');
      const value = read(text);
      const plain = value === undefined ? undefined : plainOf(value);
      if (typeof plain === 'object' && plain !== null && !Array.isArray(plain)) {
        expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
        if (value?.type === 'map') expect(Object.keys(plain)).toHaveLength(value.entries.length);
      }
      for (const { line: at, column } of compile(`---\n${text}\n---\n## A\n`).findings) {
        expect([at >= 1, column >= 1]).toEqual([true, true]);
      }
    }),
    { numRuns: 400, seed: 20_261_207 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('a key that stands twice is told where it stands again, also as a number and a word', () => {
  const findings = createFindings();
  expect(readYaml('a: 1\nb: 2\na: 3\n', placeOf, findings)).toBeUndefined();
  expect(readYaml('1: a\n"1": b\n', placeOf, findings)).toBeUndefined();
  expect(findings.all().map(({ code, line: at }) => [code, at])).toEqual([
    ['YAML_SYNTAX', 5],
    ['YAML_SYNTAX', 10],
  ]);
});
