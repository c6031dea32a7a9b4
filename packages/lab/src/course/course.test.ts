import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCourse } from './course.ts';

const labs = new Set(['docker/first', 'docker/images', 'docker/swarm']);
const read = (text?: string) =>
  readCourse({ path: 'docker/course.yaml', labs, ...(text === undefined ? {} : { text }) });

describe('a course', () => {
  test('has the order and the titles of its file, and only what that lists', () => {
    expect(read('title: Docker\nsummary: All of it.\nlabs:\n  - swarm\n  - { path: ./first, title: Begin }\n')).toEqual(
      {
        course: {
          title: 'Docker',
          summary: 'All of it.',
          labs: [{ path: 'docker/swarm' }, { path: 'docker/first', title: 'Begin' }],
        },
        findings: [],
      },
    );
  });

  test('is in the order of names without a file, and without a list', () => {
    const inOrder = [{ path: 'docker/first' }, { path: 'docker/images' }, { path: 'docker/swarm' }];
    expect(read()).toEqual({ course: { labs: inOrder }, findings: [] });
    expect(read('')).toEqual({ course: { labs: inOrder }, findings: [] });
    expect(read('title: Docker\n').course).toEqual({ title: 'Docker', labs: inOrder });
  });

  test('tells every mistake with its place, at once', () => {
    const text = 'labs:\n  - frist\n  - first\n  - ../../etc\n  - /docker/first\n  - { path: first }\n';
    const { course, findings } = read(text);
    expect(course).toBeNull();
    expect(findings.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
      'FILE_MISSING 2:5',
      'FILE_UNSAFE_PATH 4:5',
      'FILE_UNSAFE_PATH 5:5',
      'VALUE_WRONG 6:5',
    ]);
    expect(findings[0]?.message).toContain('"docker/first"');
  });

  for (const [name, text, found] of [
    ['a wrong key', 'titel: x\n', 'KEY_UNKNOWN 1:1'],
    ['a wrong key of a lab', 'labs:\n  - { path: first, titel: x }\n', 'KEY_UNKNOWN 2:20'],
    ['no list', 'labs: first\n', 'VALUE_WRONG 1:1'],
    ['an empty list', 'labs: []\n', 'VALUE_WRONG 1:1'],
    ['a list of too many', `labs: [${'first, '.repeat(201)}]\n`, 'VALUE_WRONG 1:1'],
    ['a title that is none', 'title: [x]\n', 'VALUE_WRONG 1:1'],
    ['no map', '- first\n', 'VALUE_WRONG 1:1'],
    ['an alias', 'title: &a x\nsummary: *a\n', 'YAML_ALIAS 1:11'],
  ] as const) {
    test(`refuses ${name}`, () => {
      const { course, findings } = read(text);
      expect(course).toBeNull();
      expect(findings.map(({ code, line, column }) => `${code} ${line}:${column}`)).toContain(found);
    });
  }

  test('of any text is one or has an error, and holds no lab that there is not', () => {
    const piece = fc.constantFrom(
      'labs:\n',
      '  - first\n',
      '  - ../x\n',
      'title: x\n',
      '- ',
      '{',
      '__proto__: 1\n',
      '*a ',
      '"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((all) => all.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const { course, findings } = read(text);
          expect(course === null).toBe(findings.some(({ severity }) => severity === 'error'));
          for (const { path } of course?.labs ?? []) expect(labs.has(path)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
