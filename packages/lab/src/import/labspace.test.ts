import { expect, test } from 'vitest';
import { compileLab } from '../compile/compile-lab.ts';
import { importLabspace } from './labspace.ts';

const SPACE = `metadata:
  id: acme/space
title: A space
description: Build *it*.
sections:
- title: Begin
  contentPath: ./docs/one.md
- title: Gone
  contentPath: ../../etc/passwd
services:
- id: app
  title: App
  url: http://localhost:3030/x
  icon: web
- url: https://example.org
variables:
  name: web
`;
const PAGE = `# Begin

> [!TIP]
> A remark.

\`\`\`bash
docker run --name $$name$$ nginx
\`\`\`
\`\`\`console
docker ps
\`\`\`
\`\`\`sh no-run-button
docker rm
\`\`\`
\`\`\`yaml save-as=compose.yaml no-copy-button
services: {}
\`\`\`
\`\`\`dockerfile save-as=../../etc/x
FROM scratch
\`\`\`
\`\`\`bash terminal-id=two
ls
\`\`\`
See :fileLink[the file]{path="app/index.js" line=3} and :tabLink[the page]{href="http://localhost:3030" title=App}.
::variableDefinition[user]{prompt="Who are you?"}
::variableSetButton[Choose]{variables="a=b"}
:::conditionalDisplay{variable=name}
Shown for $$other$$.
:::
`;
const imported = importLabspace(
  new Map([
    ['labspace/labspace.yaml', SPACE],
    ['labspace/docs/one.md', PAGE],
    ['etc/passwd', 'no page'],
  ]),
);
const { lab, findings } = compileLab({ entry: imported.entry, files: imported.files ?? new Map() });

test('a Labspace becomes a lab without errors: shell blocks run, saved blocks write, services are ports', () => {
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(lab).toMatchObject({
    title: 'A space',
    summary: 'Build *it*.',
    ports: [{ port: 3030, path: '/x', title: 'App' }],
  });
  expect(lab?.steps.map(({ title }) => title)).toEqual(['Begin']);
  const blocks = lab?.steps[0]?.blocks ?? [];
  expect(blocks.flatMap((block) => (block.kind === 'run' ? [`${block.mode} ${block.text}`] : []))).toEqual([
    'run docker run --name web nginx',
    'run docker ps',
    'show docker rm',
    'run ls',
  ]);
  expect(blocks.filter(({ kind }) => kind === 'file')).toMatchObject([
    { path: '/root/project/compose.yaml', text: 'services: {}\n' },
  ]);
  const text = JSON.stringify(blocks);
  expect(text).toContain('"type":"fileLink","node":"node1","path":"/root/project/app/index.js","line":3');
  expect(text).toContain('"type":"portLink","port":3030');
  expect(text).toContain('Shown for other.');
  expect(text).not.toContain(':::');
});

test('the report of a Labspace names each construct that was dropped or changed, with its line', () => {
  const told = imported.report.map(
    ({ kind, construct, file, line }) => `${kind} ${construct} ${file.replace('labspace/', '')}:${line}`,
  );
  expect(told).toEqual([
    'changed $$name$$ docs/one.md:6',
    'dropped no-copy-button docs/one.md:15',
    'changed save-as=compose.yaml docs/one.md:15',
    'dropped save-as=../../etc/x docs/one.md:18',
    'dropped terminal-id=two docs/one.md:21',
    'changed :fileLink[the file]{path="app/index.js" line=3} docs/one.md:24',
    'changed :tabLink[the page]{href="http://localhost:3030" title=App} docs/one.md:24',
    'dropped ::variableDefinition[user]{prompt="Who are you?"} docs/one.md:25',
    'dropped ::variableSetButton[Choose]{variables="a=b"} docs/one.md:26',
    'changed :::conditionalDisplay{variable=name} docs/one.md:27',
    'changed $$other$$ docs/one.md:28',
    'dropped metadata.id labspace.yaml:2',
    'dropped contentPath ../../etc/passwd labspace.yaml:8',
    'dropped services.icon labspace.yaml:14',
    'dropped service https://example.org labspace.yaml:15',
    'changed variables.name labspace.yaml:17',
  ]);
});
