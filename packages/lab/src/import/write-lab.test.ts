import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLab } from '../compile/compile-lab.ts';
import { createReport } from './report.ts';
import {
  demoteHeadings,
  escapeInline,
  writeChecks,
  writeDetails,
  writeFence,
  writeLab,
  writeQuiz,
} from './write-lab.ts';

const compiled = (text: string) => compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });

test('a written lab reads back as what was meant', () => {
  const text = writeLab({
    front: { title: 'A: "b"', nodes: ['host01', 'host02'], time: 12 },
    intro: 'Words.',
    steps: [
      {
        title: 'Look # at *this*',
        id: 'one',
        minutes: 3,
        body: [
          writeFence('sh', "echo '```'\n", {
            node: 'host02/2',
            words: ['once'],
            values: { confirm: 'Really, "you"?' },
          }),
          writeFence('yaml', 'a: 1\n', { values: { file: '/root/a b.yaml' } }),
          writeChecks([{ run: 'test -f /x\n' }]),
          writeDetails('Hint <1>', 'Look again.', '2m'),
          writeQuiz(
            'Which?',
            [
              { text: 'this', right: true, why: 'so' },
              { text: 'that', right: false },
            ],
            false,
          ),
        ].join('\n\n'),
      },
    ],
    finish: 'Bye.',
  });
  const { lab, findings } = compiled(text);
  expect(findings).toEqual([]);
  const [step] = lab?.steps ?? [];
  expect(lab).toMatchObject({ title: 'A: "b"', minutes: 12, nodes: [{ name: 'host01' }, { name: 'host02' }] });
  expect(step).toMatchObject({
    id: 'one',
    title: 'Look # at *this*',
    minutes: 3,
    hints: [{ title: 'Hint 1', afterMs: 120_000 }],
  });
  expect(step?.blocks).toMatchObject([
    { kind: 'run', text: "echo '```'", where: { node: 'host02', terminal: 2 }, confirm: "Really, 'you'?" },
    { kind: 'file', path: '/root/a b.yaml', text: 'a: 1\n' },
    { kind: 'checks' },
    { kind: 'hint' },
    { kind: 'quiz', several: false, items: [{ right: true }, { right: false }] },
  ]);
  expect(lab?.finish).toBeDefined();
});

test('foreign headings never make steps, whatever they look like', () => {
  const foreign = '# One\n\nTwo\n===\n\nThree\n---\n\n## Four\n\n```sh\n## no heading\n```\n<!-- check\n- x -->\n';
  const text = demoteHeadings(foreign);
  expect(text.split('\n')).toHaveLength(foreign.split('\n').length);
  expect(text).toContain('\n## no heading\n');
  const { lab, findings } = compiled(`## Step\n\n${text}`);
  expect(lab?.steps).toHaveLength(1);
  expect(findings.map(({ code }) => code)).toEqual(['STEP_WITHOUT_CHECK']);
});

test('any text stands in a fence and any title in a heading', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('`', '\n```\n', '~', '#', 'a', ' ', '\n', '*', '<', '\\', '{') }),
      (any) => {
        const title = any.replace(/\s+/g, ' ').trim();
        const { lab } = compiled(
          `## ${escapeInline(`t ${title} t`)}\n\n${writeFence('sh', `${any}x`, { words: ['show'] })}`,
        );
        expect(lab?.steps[0]?.title).toBe(`t ${title} t`.replace(/\s+/g, ' '));
        expect(lab?.steps[0]?.blocks).toMatchObject([{ kind: 'run', mode: 'show', text: `${any}x` }]);
      },
    ),
  );
});

test('a report is bounded, sorted and holds nothing twice', () => {
  const report = createReport();
  report.changed('b', 'b.md', 2, 'm');
  report.dropped('a', 'a.md', 3, 'm');
  report.dropped('a', 'a.md', 3, 'm');
  expect(report.all().map(({ file, line, kind }) => [file, line, kind])).toEqual([
    ['a.md', 3, 'dropped'],
    ['b.md', 2, 'changed'],
  ]);
  for (let line = 0; line < 1_000; line += 1) report.dropped('x', 'c.md', line, 'm');
  expect(report.all()).toHaveLength(501);
  expect(report.all().at(-1)?.message).toMatch(/^50\d more/);
});
