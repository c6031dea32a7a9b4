import { expect, test } from 'vitest';
import { compileLab } from '../../compile/compile-lab.ts';
import { importEducates } from './import-educates.ts';

const WORKSHOP = `apiVersion: v1
kind: Secret
---
apiVersion: training.educates.dev/v1beta1
kind: Workshop
spec:
  title: A workshop
  description: Two pages.
  difficulty: advanced
  duration: 30m
  vendor: acme
  session:
    namespaces: {budget: small}
    applications:
      docker: {enabled: true}
      console: {enabled: true}
    dashboards:
    - name: Shop
      url: https://example.org
    ingresses:
    - name: app
      port: 8080
    env:
    - name: COLOUR
      value: blue
`;
const PAGE = `---
title: First
author: x
---
Hello {{< param session_name >}} and {{unknown}}.

\`\`\`execute
docker run {{session_name}}
\`\`\`
\`\`\`execute-2
docker ps
\`\`\`
\`\`\`execute
<ctrl-c>
\`\`\`
\`\`\`execute-all
pwd
\`\`\`
\`\`\`terminal:execute
command: ls -l
title: Look
cascade: true
prefix: Run
\`\`\`
\`\`\`terminal:input
text: hello
\`\`\`
\`\`\`terminal:clear
session: 1
\`\`\`
\`\`\`workshop:copy
text: a copy
\`\`\`
\`\`\`dashboard:open-url
url: http://localhost:8080/
\`\`\`
\`\`\`editor:append-lines-to-file
file: ~/app/Dockerfile
text: |
  RUN true
\`\`\`
\`\`\`editor:open-file
file: /etc/hosts
line: 2
\`\`\`
\`\`\`editor:set-yaml-value
file: a.yaml
\`\`\`
\`\`\`editor:create-file
file: ../../x
text: y
\`\`\`
\`\`\`files:download-file
path: x
\`\`\`
\`\`\`section:begin
title: More
\`\`\`
\`\`\`section:end
\`\`\`
\`\`\`examiner:execute-test
name: is-up
title: It is up
args: [web, "it's"]
timeout: 5
\`\`\`
\`\`\`examiner:execute-test
name: ../gone
\`\`\`
\`\`\`bash
shown only
\`\`\`
`;
const imported = importEducates(
  new Map([
    ['resources/workshop.yaml', WORKSHOP],
    ['workshop/modules.yaml', 'modules:\n  activate: [two, one]\n'],
    ['workshop/content/one.md', PAGE],
    ['workshop/content/two.md', '## Words\n'],
    ['workshop/content/three.md', 'Not named.\n'],
    ['workshop/content/old.adoc', '= Old\n'],
    ['workshop/setup.d/01-first.sh', 'echo ready\n'],
    ['workshop/profile', 'export A=b\n'],
    ['workshop/examiner/tests/is-up', '#!/bin/sh\ndocker inspect "$1"\n'],
  ]),
);
const { lab, findings } = compileLab({ entry: imported.entry, files: imported.files ?? new Map() });

test('a workshop becomes a lab without errors: pages in their order, actions as blocks', () => {
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(lab).toMatchObject({
    title: 'A workshop',
    summary: 'Two pages.',
    level: 'advanced',
    minutes: 30,
    ports: [{ port: 8080, title: 'app' }],
    env: [
      { name: 'SESSION_NAME', value: 'lab' },
      { name: 'COLOUR', value: 'blue' },
    ],
  });
  expect(lab?.steps.map(({ title }) => title)).toEqual(['two', 'First']);
  const blocks = lab?.steps[1]?.blocks ?? [];
  expect(
    blocks.flatMap((block) =>
      block.kind === 'run' ? [`${block.mode} ${block.where.terminal ?? ''} ${block.text}`] : [],
    ),
  ).toEqual([
    'run  docker run $SESSION_NAME',
    'run 2 docker ps',
    'keys  ctrl-c',
    'run  pwd',
    'run  ls -l',
    'type  hello',
    'show  a copy',
    'show  shown only',
  ]);
  expect(blocks.filter(({ kind }) => kind === 'file')).toMatchObject([
    { path: '/root/app/Dockerfile', text: 'RUN true\n', change: { mode: 'append' } },
  ]);
  expect(blocks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['port', 'file-link', 'checks']));
});

test('setup scripts, the profile and tests of a workshop are files of its node', () => {
  expect(lab?.setup).toMatchObject([{ node: 'node1', text: '/opt/lab/setup.d/01-first.sh\n' }]);
  expect(imported.files?.get('files/node1/opt/lab/setup.d/01-first.sh')).toEqual({
    text: '#!/bin/bash\necho ready\n',
    executable: true,
  });
  expect(lab?.files.map(({ path }) => path)).toContain('/etc/profile.d/lab-workshop.sh');
  expect(lab?.steps[1]?.checks.of).toMatchObject([
    { title: 'It is up', subject: { script: "/opt/lab/examiner/is-up 'web' 'it'\\''s'", timeoutMs: 5_000 } },
  ]);
});

test('the report of a workshop names each construct that was dropped or changed, with its line', () => {
  const told = imported.report.map(({ kind, construct, file, line }) => `${kind} ${construct} ${file}:${line}`);
  expect(told).toEqual([
    'dropped document resources/workshop.yaml:1',
    'dropped spec.vendor resources/workshop.yaml:11',
    'dropped session.namespaces resources/workshop.yaml:13',
    'dropped applications.console resources/workshop.yaml:16',
    'dropped dashboard Shop resources/workshop.yaml:18',
    'dropped AsciiDoc workshop/content/old.adoc:1',
    'dropped author workshop/content/one.md:3',
    'changed {{< param session_name >}} workshop/content/one.md:5',
    'dropped {{unknown}} workshop/content/one.md:5',
    'changed {{session_name}} workshop/content/one.md:7',
    'changed execute-all workshop/content/one.md:16',
    'dropped terminal:execute cascade workshop/content/one.md:22',
    'dropped terminal:execute prefix workshop/content/one.md:23',
    'changed terminal:input workshop/content/one.md:25',
    'dropped terminal:clear workshop/content/one.md:28',
    'changed dashboard:open-url workshop/content/one.md:34',
    'changed editor:append-lines-to-file workshop/content/one.md:37',
    'dropped editor:set-yaml-value workshop/content/one.md:46',
    'dropped editor:create-file workshop/content/one.md:49',
    'dropped files:download-file workshop/content/one.md:53',
    'changed section:begin workshop/content/one.md:56',
    'dropped examiner:execute-test workshop/content/one.md:67',
    'dropped page workshop/content/three.md:1',
  ]);
});
