import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLab } from '../../compile/compile-lab.ts';
import { importKillercoda } from '../../import/killercoda/import-killercoda.ts';
import { writeFence, writeLab } from '../../import/write-lab.ts';
import type { Lab } from '../../lab.ts';
import type { LabFile } from '../../source/lab-files.ts';
import { exportKillercoda } from './export-killercoda.ts';

function compiled(files: ReadonlyMap<string, LabFile>): Lab {
  const { lab, findings } = compileLab({ entry: 'lab.md', files });
  if (lab === null) throw new Error(JSON.stringify(findings));
  return lab;
}

/** What a lab does: runs, files, checks by script, setups, files of nodes, titles. */
function doings(lab: Lab) {
  const steps = lab.steps.map(({ title, blocks, checks, setup }) => ({
    title,
    blocks: blocks.flatMap((block): object[] => {
      if (block.kind === 'run') return [{ text: block.text, mode: block.mode, keys: block.keys }];
      return block.kind === 'file' ? [{ path: block.path, text: block.text, change: block.change }] : [];
    }),
    checks: checks.of.map((leaf) => ('subject' in leaf && leaf.subject.kind === 'run' ? leaf.subject.script : 'other')),
    setup: setup.map(({ text }) => text),
  }));
  return {
    title: lab.title,
    steps,
    files: lab.files.map(({ path, executable }) => ({ path, executable })),
    setup: lab.setup.map(({ text }) => text.trimEnd()),
  };
}

test('a lab that went to Killercoda and back does the same', () => {
  const code = fc
    .array(
      fc.constantFrom(
        'ls -l',
        'echo "a b"',
        '# c',
        'echo ```',
        'cat <<E\n```\n```{{exec}}\nE',
        'cat <<E\nx\nE',
        '{{exec}}',
        'echo ~~~',
        "printf '%s' \\\\",
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((lines) => lines.join('\n'));
  const block = fc.oneof(
    fc.tuple(code, fc.constantFrom([], ['type'], ['show'])).map(([text, words]) => writeFence('sh', text, { words })),
    code.map((text) => writeFence('yaml', text, { values: { file: '/root/a b/c.yaml' } })),
    code.map((text) => writeFence('text', text, { words: ['append'], values: { file: '/etc/x' } })),
    fc.constant(writeFence('sh', 'ctrl-c', { words: ['keys'] })),
    fc.constantFrom(
      'Some *words* and `code` with a [link](https://example.com).',
      '- a\n- b',
      '1. one\n2. two',
      '> quoted',
      '### Heading',
      '| a | b |\n|---|---|\n| 1 | 2 |',
      '![p](assets/p.png)',
      '2\\. no list',
      '\\# no heading',
    ),
  );
  const step = fc.record({
    blocks: fc.array(block, { maxLength: 5 }),
    check: fc.option(code),
    setup: fc.option(code),
    title: fc.constantFrom('Look', 'A *b* `c`', 'One: "two"'),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 3 }), fc.option(code), (steps, setup) => {
      const text = writeLab({
        front: { title: 'T: "x"', nodes: ['host01'] },
        intro: 'Words.',
        steps: steps.map(({ blocks, check, setup: before, title }, index) => ({
          title,
          id: `s${index}`,
          body: [
            ...(before === null ? [] : [writeFence('sh', before, { words: ['setup'] })]),
            ...blocks,
            ...(check === null ? [] : [writeFence('sh', check, { words: ['check'] })]),
          ].join('\n\n'),
        })),
      });
      const files = new Map<string, LabFile>([
        ['lab.md', { text }],
        ['files/host01/opt/a/run.sh', { text: 'x', executable: true }],
        ['files/all/etc/b.txt', { text: 'y' }],
        ['assets/p.png', { size: 3, digest: 'd' }],
      ]);
      if (setup !== null) files.set('setup/host01.sh', { text: setup });
      const before = compiled(files);
      const back = importKillercoda({ files: exportKillercoda({ lab: before, files }).files });
      expect(doings(compiled(back.files ?? new Map()))).toEqual(doings(before));
    }),
  );
});

test('what a scenario has no place for is told with its line', () => {
  const text =
    '---\nnodes: [a, b, c]\nenv: { X: "1" }\n---\n## One\n```sh c\nls\n```\n```sh b/2 once\nls\n```\n```check\n- container: web\n- run: test -f /x\n- run: test -f /y\n```\n```diff file=/x\n@@ -1 +1 @@\n-a\n+b\n```\n```sh solve\nx\n```\nSee [p](http://b:80/x).\n';
  const files = new Map([['lab.md', { text }]]);
  const made = exportKillercoda({ lab: compiled(files), files });
  expect(made.report.map(({ construct, kind, line }) => `${construct} ${kind} ${line}`).toSorted()).toEqual(
    [
      'HOST2 T2 changed 10',
      'c dropped 7',
      'container dropped 13',
      'env dropped 1',
      'file=/x dropped 18',
      'nodes dropped 1',
      'once dropped 10',
      'solve dropped 23',
    ].toSorted(),
  );
  expect(made.files.get('step1/verify.sh')).toMatchObject({
    text: '(\ntest -f /x\n) || exit 1\n(\ntest -f /y\n) || exit 1\n',
  });
  expect(JSON.stringify(made.files.get('step1/text.md'))).toContain('{{exec HOST2 T2}}');
  expect(JSON.stringify(made.files.get('step1/text.md'))).toContain('[p]({{TRAFFIC_HOST2_80}}/x)');
});

test('a file that no heredoc can hold is shown, and told', () => {
  const text = `## One\n${writeFence('text', 'END_OF_LAB_FILE', { values: { file: '/x' } })}\n`;
  const files = new Map([['lab.md', { text }]]);
  const made = exportKillercoda({ lab: compiled(files), files });
  expect(made.report).toMatchObject([{ kind: 'dropped', construct: 'file=/x' }]);
});

test('a question with one answer, and one with a choice, come back as they were', () => {
  const text =
    '## One\n```check\n- ask: How many?\n  answer: "3"\n- ask: Which?\n  answer: [a, b]\n```\n\nBoth?\n\n- [x] yes\n- [ ] no\n';
  const files = new Map([['lab.md', { text }]]);
  const made = exportKillercoda({ lab: compiled(files), files });
  expect(made.report.map(({ construct, kind }) => `${construct} ${kind}`)).toEqual([
    'ask changed',
    'ask dropped',
    'quiz changed',
  ]);
  const [step] = compiled(importKillercoda({ files: made.files }).files ?? new Map()).steps;
  expect(step?.checks.of).toMatchObject([
    { subject: { question: 'How many?' }, want: { answer: { has: [{ eq: '3' }] } } },
  ]);
  expect(step?.blocks.find(({ kind }) => kind === 'quiz')).toMatchObject({
    several: true,
    items: [{ right: true }, { right: false }],
  });
});

test('whatever compiles is exported: nothing throws, no path leads out', () => {
  const unit = fc.constantFrom(
    '```sh\n',
    '```sh type node1/2\n',
    '```\n',
    '```check\n- run: x\n',
    '- ask: "`"\n',
    '<details><summary>Hint</summary>\n\n',
    '</details>\n',
    '> [!NOTE]\n> x\n',
    '- [x] a\n',
    '- (x) b\n',
    '1. ',
    '> ',
    '|a|b|\n|-|-|\n|`|x|\n',
    '[^1]',
    '\n[^1]: x\n',
    '![a](a/../b.png)',
    '[x](node1:/etc/x)',
    '`{{exec}}`',
    '{{exec}}',
    '*',
    '\n\n',
    '## S\n',
    'word ',
    '<kbd>x</kbd>',
    '\\\n',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 25 }), (body) => {
      const files = new Map<string, LabFile>([
        ['lab.md', { text: `## One\n${body}` }],
        ['b.png', { size: 1, digest: 'd' }],
      ]);
      const { draft } = compileLab({ entry: 'lab.md', files });
      if (draft === null) return;
      const made = exportKillercoda({ lab: draft, files }).files;
      for (const path of made.keys()) expect(path).not.toMatch(/(^|\/)\.\.(\/|$)|^\/|\\/);
      const back = importKillercoda({ files: made }).files ?? new Map();
      expect(compileLab({ entry: 'lab.md', files: back }).lab).not.toBeNull();
    }),
    { numRuns: 100 },
  );
});
