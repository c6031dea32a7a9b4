import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, Run } from '../../blocks.ts';
import { compileLab } from '../../compile/compile-lab.ts';
import type { LabFile } from '../../source/lab-files.ts';
import { importKillercoda } from './import-killercoda.ts';

type Parts = {
  text?: string;
  index?: Record<string, unknown>;
  step?: Record<string, unknown>;
  files?: Record<string, LabFile>;
};

/** Imports a scenario of one step and compiles what is made; no scenario makes a lab with errors. */
function imported({ text = 'Words.', index = {}, step = {}, files = {} }: Parts) {
  const json = JSON.stringify(
    {
      title: 'A scenario',
      details: { steps: [{ title: 'One', text: 'one.md', ...step }] },
      backend: { imageid: 'docker' },
      ...index,
    },
    null,
    2,
  );
  const all = new Map<string, LabFile>([
    ['index.json', { text: json }],
    ['one.md', { text }],
    ...Object.entries(files),
  ]);
  const result = importKillercoda({ files: all });
  const compiled = compileLab({ entry: 'lab.md', files: result.files ?? new Map() });
  expect(compiled.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [first] = compiled.lab?.steps ?? [];
  const runs = (first?.blocks ?? []).filter((block): block is Run => block.kind === 'run');
  return {
    ...result,
    lab: compiled.lab,
    step: first,
    runs,
    blocks: first?.blocks ?? [],
    losses: result.report.map(({ construct, file, line }) => `${construct} ${file}:${line}`),
  };
}
const kinds = (blocks: readonly Block[]) => blocks.map(({ kind }) => kind);

describe('actions behind code', () => {
  test.each([
    ['`ls`{{execute}}', [{ text: 'ls', mode: 'run', where: {} }]],
    ['```\nls\npwd\n```{{exec}}', [{ text: 'ls\npwd', mode: 'run' }]],
    ['~~~bash\nls\n~~~  {{EXEC}}', [{ text: 'ls', mode: 'run' }]],
    ['`` echo `id` ``{{exec}}', [{ text: 'echo `id`', mode: 'run' }]],
    ['`ls`{{execute T2}}', [{ text: 'ls', where: { node: 'host01', terminal: 2 } }]],
    ['`ls`{{execute HOST2}}', [{ text: 'ls', where: { node: 'host02' } }]],
    [
      '`ls`{{execute interrupt T2}}',
      [
        { mode: 'keys', keys: [{ key: 'ctrl-c' }] },
        { text: 'ls', where: { terminal: 2 } },
      ],
    ],
    ['`ls `{{execute no-newline}}', [{ mode: 'type' }]],
    ['`^C`{{execute ctrl-seq}}', [{ mode: 'keys', keys: [{ key: 'ctrl-c' }] }]],
    ['`ls`{{execute test-a1}}', [{ text: 'ls', mode: 'run' }]],
    ['```sh\nls\n```{{copy}}', [{ text: 'ls', mode: 'show' }]],
    ['```sh\nls\n```', [{ text: 'ls', mode: 'show' }]],
    ['1. First\n   ```\n   ls\n   ```{{exec}}\n2. Then', [{ text: 'ls', mode: 'run' }]],
    ['Do `ls\n-l`{{exec}} now.', [{ text: 'ls -l', mode: 'run' }]],
  ])('%j', (text, runs) => {
    expect(imported({ text }).runs).toMatchObject(runs);
  });

  test('an action behind a closing fence does not swallow the rest of the page', () => {
    const { blocks } = imported({ text: '```\nls\n```{{exec}}\n\nAfter it.\n\n```\npwd\n```{{exec}}\n' });
    expect(kinds(blocks)).toEqual(['run', 'prose', 'run']);
  });

  test('a command within a paragraph keeps its words, and its button follows', () => {
    const { blocks, losses } = imported({ text: 'First.\n\nRun `ls`{{exec}} and\nlook.\n' });
    expect(kinds(blocks)).toEqual(['prose', 'run']);
    expect(JSON.stringify(blocks[0])).toContain('look.');
    expect(losses).toEqual(['`…`{{…}} one.md:3']);
  });

  test('a slip of the fingers is taken as meant and told; braces of others are left alone', () => {
    const { runs, losses, blocks } = imported({ text: '`ls`{{exeute}}\n\n`x`{{ .Values.a }} and `{{ fmt }}`\n' });
    expect(runs).toMatchObject([{ text: 'ls' }]);
    expect(losses).toEqual(['{{exeute}} one.md:1']);
    expect(JSON.stringify(blocks)).toContain('{{ .Values.a }}');
  });

  test('actions within an outer fence or a raw <pre> are text', () => {
    const { runs, blocks } = imported({ text: '````\n```\nls\n```{{exec}}\n````\n\n<pre>\n`ls`{{exec}}\n</pre>\n' });
    expect(runs).toEqual([]);
    expect(JSON.stringify(blocks)).toContain('`ls`{{exec}}');
  });
});

describe('texts', () => {
  test('addresses of ports become links, in both dialects', () => {
    const text =
      '[a]({{TRAFFIC_HOST1_8080}}/x)\n\nSee https://[[HOST_SUBDOMAIN]]-80-[[KATACODA_HOST]].environments.katacoda.com/y\n\n`curl {{TRAFFIC_HOST2_81}}`{{exec}}\n';
    const { blocks, runs, lab, losses } = imported({ text });
    expect(blocks[0]).toMatchObject({ kind: 'port', port: 8080, path: '/x' });
    expect(JSON.stringify(blocks[1])).toContain('"type":"portLink","port":80,"path":"/y"');
    expect(runs).toMatchObject([{ text: 'curl http://host02:81' }]);
    expect(lab?.nodes.map(({ name }) => name)).toEqual(['host01', 'host02']);
    expect(losses).toEqual(['{{TRAFFIC_HOST2_81}} one.md:5']);
  });

  test('texts for files are written, by each of their ways', () => {
    const pre = (attributes: string) =>
      `<pre class="file" data-filename="a.txt" ${attributes}>\na &lt;b&gt;\n</pre>\n\n`;
    const { blocks, losses } = imported({
      text: `${pre('data-target="replace"')}${pre('data-target="append"')}${pre('data-target="prepend"')}${pre('data-target="insert" data-marker="#TODO"')}`,
    });
    expect(blocks).toMatchObject([
      { kind: 'file', path: '/root/a.txt', text: 'a <b>\n', change: { mode: 'write' } },
      { change: { mode: 'append' } },
      { change: { mode: 'before', pattern: '^' } },
      { change: { mode: 'before', pattern: '#TODO' } },
    ]);
    expect(losses).toEqual(['data-target="insert" one.md:13']);
  });

  test('questions of all four kinds', () => {
    const text =
      '>>Q1: How many?<<\n=== 3\n\n>>Q2: Which?<<\n=~= a.b\n\n>>Q3: Some?<<\n[*] a\n[ ] b\n[*] c\n\n>>Q4: One?<<\n(*) a\n( ) b\n';
    const { blocks, step } = imported({ text });
    expect(step?.checks.of).toMatchObject([
      { want: { answer: { has: [{ eq: '3' }] } } },
      { want: { answer: { has: [{ re: '(?i)a\\.b' }] } } },
    ]);
    expect(blocks.filter(({ kind }) => kind === 'quiz' || kind === 'ask')).toMatchObject([
      { kind: 'ask', question: 'How many?' },
      { kind: 'ask', question: 'Which?' },
      { kind: 'quiz', several: true, items: [{ right: true }, { right: false }, { right: true }] },
      { kind: 'quiz', several: false, items: [{ right: true }, { right: false }] },
    ]);
  });

  test('pictures come along from wherever the platforms look; what is missing is told', () => {
    const files = { 'assets/a.png': { size: 5, digest: 'x' } };
    const {
      blocks,
      files: made,
      losses,
    } = imported({
      text: '![a](./assets/a.png)\n\n![b](/me/scenarios/s/assets/a.png)\n\n![c](../../../etc/x.png)\n',
      files,
    });
    expect(kinds(blocks)).toEqual(['image', 'image', 'prose']);
    expect([...(made?.keys() ?? [])]).toEqual(['lab.md', 'assets/a.png']);
    expect(losses).toEqual(['![…](../../../etc/x.png) one.md:5']);
  });

  test('headings of the text make no steps', () => {
    expect(imported({ text: '# A\n\n## B\n\nC\n---\n' }).lab?.steps).toHaveLength(1);
  });
});

describe('index.json', () => {
  test('scripts, checks, hints and solutions find their places', () => {
    const { step, lab } = imported({
      step: { verify: 'v.sh', background: 'b.sh', hint: 'h.md', answer: 'a.md' },
      index: { description: 'Short.', time: '10-15 minutes', difficulty: 'Easy' },
      files: {
        'v.sh': { text: '#!/bin/bash\ntest -f /x\n' },
        'b.sh': { text: 'touch /y\n' },
        'h.md': { text: 'Look.' },
        'a.md': { text: '`touch /x`{{exec}}' },
      },
    });
    expect(step).toMatchObject({
      setup: [{ node: 'host01', text: 'touch /y' }],
      checks: { of: [{ subject: { kind: 'run', script: '#!/bin/bash\ntest -f /x' }, want: { exit: { eq: 0 } } }] },
      hints: [{ title: 'Hint' }],
      solve: 'blocks',
    });
    expect(lab).toMatchObject({ summary: 'Short.', minutes: 15, level: 'beginner' });
  });

  test('a check of Katacoda wants its last line to be "done"', () => {
    const files = { 'v.sh': { text: 'if true; then echo "done"; fi\n' } };
    const { step } = imported({ text: '`ls`{{execute}}', step: { verify: 'v.sh' }, files });
    expect(step?.checks.of).toMatchObject([{ want: { exit: { eq: 0 }, output: { re: '(^|\\n)done\\s*\\z' } } }]);
  });

  test('assets go to their folders; globs keep sub-folders, and no name leads out', () => {
    const files = Object.fromEntries(
      ['assets/a.sh', 'assets/d/e/f.txt', 'assets/d/.h', 'assets/d/../../../etc/x.txt'].map((path) => [
        path,
        { text: path },
      ]),
    );
    const rules = [
      { file: 'a.sh', target: '~/', chmod: '+x' },
      { file: 'd/**/*.*', target: '/opt' },
      { file: 'a.sh', target: '/../../etc' },
      { file: 'a.sh', target: '../up' },
      { file: 'none', target: '/' },
    ];
    const {
      files: made,
      lab,
      losses,
    } = imported({ files, index: { details: { assets: { host01: rules }, steps: [{ text: 'one.md' }] } } });
    expect([...(made?.keys() ?? [])]).toEqual(['lab.md', 'files/host01/root/a.sh', 'files/host01/opt/e/f.txt']);
    expect(lab?.files).toMatchObject([{ path: '/root/a.sh', executable: true }, { path: '/opt/e/f.txt' }]);
    expect(losses.filter((loss) => loss.startsWith('assets'))).toHaveLength(3);
  });

  test('Kubernetes is a text whose commands are only shown', () => {
    const { lab, runs, report } = imported({
      text: '`kubectl get nodes`{{exec}}',
      index: { backend: { imageid: 'kubernetes-kubeadm-1node' } },
    });
    expect(lab?.nodes).toEqual([]);
    expect(runs).toMatchObject([{ mode: 'show' }]);
    expect(report).toMatchObject([{ kind: 'dropped', construct: 'imageid: kubernetes-kubeadm-1node' }]);
  });

  test('every key that a lab has no place for is told with its line', () => {
    const { losses } = imported({
      index: {
        icon: 'fa-x',
        private: true,
        environment: {
          uilayout: 'vscode',
          showvisualise: true,
          terminals: [{ name: 't' }],
          dashboards: [
            { name: 'Web', port: 80 },
            { name: 'Out', href: 'https://example.com' },
          ],
        },
      },
    });
    expect(losses.map((loss) => loss.split(' index')[0])).toEqual([
      'icon',
      'private',
      'uilayout: vscode',
      'environment.showvisualise',
      'terminals',
      'dashboards',
    ]);
  });

  test('of several scenarios one is imported, and the others are told', () => {
    const files = { 'b/index.json': { text: '{"title": "B"}' } };
    expect(imported({ files }).losses).toEqual(['scenario b/index.json:1']);
    const all = new Map(Object.entries({ 'index.json': { text: '{}' }, ...files }));
    expect(importKillercoda({ files: all, folder: 'b' }).files?.get('lab.md')).toMatchObject({
      text: expect.stringContaining('title: B'),
    });
  });

  test('a scenario that cannot be read says so and makes nothing', () => {
    for (const text of ['', '[', '[]', '{"a": 1, "a": 2}', `${'['.repeat(10_000)}`]) {
      const { files, report } = importKillercoda({ files: new Map([['index.json', { text }]]) });
      if (files === null) expect(report.length).toBeGreaterThan(0);
    }
    expect(importKillercoda({ files: new Map() })).toMatchObject({
      files: null,
      report: [{ construct: 'index.json' }],
    });
  });
});

test('no text throws, makes a lab with errors, or a file outside of its folder', () => {
  const unit = fc.constantFrom(
    '`',
    '```',
    '```\n',
    '~~~\n',
    '{{exec}}',
    '{{execute T2 HOST2}}',
    '{{copy}}',
    '{{open}}',
    '{{',
    '}}',
    '<pre class="file" data-filename="../x">',
    '<pre class="file" data-filename="x">',
    '</pre>',
    '>>Q: a<<\n',
    '=== x\n',
    '=~= (\n',
    '(*) a\n',
    '( ) b\n',
    '[*] c\n',
    '[ ] d\n',
    '[[HOST_IP]]',
    '[[HOST_SUBDOMAIN]]-80-[[KATACODA_HOST]].environments.katacoda.com/a',
    '{{TRAFFIC_HOST1_99999}}',
    '{{TRAFFIC_HOST2_80}}',
    '![a](../../x.png)',
    '[b](http://localhost:99999)',
    '# h\n',
    '## h\n',
    '===\n',
    '---\n',
    '- ',
    '1. ',
    '> ',
    '    ',
    '\n',
    'word ',
    '<details><summary>Hint</summary>\n',
    '</details>\n',
    '<!-- check\n- x: y\n-->',
    '<!-- include: ../x -->\n',
    '```check\n',
    '```sh setup\n',
    'file=/x',
    '{#id}',
    '- (x) q\n',
    '\t',
    '\u202e',
    '\0',
    '|a|b|\n',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 12 }), (text, name) => {
      const { files } = imported({
        text,
        step: { title: text, verify: 'v.sh', background: name, hint: 'h.md' },
        index: { title: text, description: name, time: name, environment: { uieditorpath: name } },
        files: { 'v.sh': { text }, 'h.md': { text }, [name]: { text }, [`assets/${name}`]: { text } },
      });
      for (const path of files?.keys() ?? []) expect(path).not.toMatch(/(^|\/)\.\.(\/|$)|^\/|\\/);
    }),
    { numRuns: 300 },
  );
});

test('bounds hold: many steps, many buttons, long texts', () => {
  const steps = Array.from({ length: 300 }, () => ({ text: 'one.md' }));
  const many = imported({ text: '`ls`{{exec}}\n\n'.repeat(50), index: { details: { steps } } });
  expect(many.lab?.steps.length).toBeLessThanOrEqual(100);
  expect(many.losses.some((loss) => loss.startsWith('details.steps'))).toBe(true);
  expect(imported({ text: 'x'.repeat(2_000_000) }).losses).toEqual(['text index.json:7']);
});
