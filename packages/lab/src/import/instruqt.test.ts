import { expect, test } from 'vitest';
import { compileLab } from '../compile/compile-lab.ts';
import { importInstruqt } from './instruqt.ts';

const TRACK = `slug: first
title: A first track
teaser: One container and its page.
description: <p>Words <b>with</b> tags.</p>
level: beginner
tags: [docker]
icon: https://example.org/icon.png
owner: somebody
developers: [Ann]
skipping_enabled: true
`;
const CONFIG = `version: "3"
containers:
- name: db
  image: postgres:16
  ports: [5432]
  environment:
    POSTGRES_PASSWORD: it's
virtualmachines:
- name: docker-vm
  image: instruqt/docker-2010
- name: Type
  image: acme/rhel-9
  machine_type: n1-standard-1
secrets:
- name: TOKEN
`;
const FIRST = `---
slug: one
type: challenge
title: Start it
notes:
- type: text
  contents: |
    # While you wait
    A slide.
- type: video
  url: https://example.org/v
tabs:
- title: Shell
  type: terminal
  hostname: docker-vm
- title: Page
  type: service
  hostname: docker-vm
  port: 8080
- title: Files
  type: code
  hostname: docker-vm
  path: /root
- title: Web
  type: browser
difficulty: basic
timelimit: 600
---
# Start

## A heading of the page
\`\`\`bash,run
docker run -d --name web -p 8080:80 nginx
\`\`\`
\`\`\`bash,nocopy
docker ps
\`\`\`
\`\`\`python,run
print(1)
\`\`\`
\`\`\`run
echo [[ Instruqt-Var key="NAME" hostname="docker-vm" ]]
\`\`\`
Look at [[ Instruqt-Var key="NAME" hostname="docker-vm" ]], [button label="the page"](tab-1), [button label="it"](section-2).
![shot](../assets/shot.png)
<!-- include: secret.md -->
`;
const QUIZ = `---
type: quiz
title: Asked
answers: [this, that, "those *all*"]
solution: [0, 2]
---
Which?
`;

const VARIABLE = '[[ Instruqt-Var key="NAME" hostname="docker-vm" ]]';

const track = new Map([
  ['track.yml', TRACK],
  ['config.yml', CONFIG],
  ['track_scripts/setup-docker-vm', '#!/bin/bash\necho ready\n'],
  ['track_scripts/cleanup-docker-vm', '#!/bin/bash\ntrue\n'],
  ['01-one/assignment.md', FIRST],
  ['01-one/setup-docker-vm', 'agent variable set NAME web\n'],
  ['01-one/check-docker-vm', '#!/bin/bash\nfail-message "No container."\nexit 0\n'],
  ['01-one/solve-docker-vm', '#!/bin/bash\ndocker run -d --name web nginx\n'],
  ['01-one/cleanup-docker-vm', '#!/bin/bash\ntrue\n'],
  ['01-one/check-cloud', '#!/bin/bash\ntrue\n'],
  ['02-two/assignment.md', QUIZ],
]);
const imported = importInstruqt(track);
const { lab, findings } = compileLab({ entry: imported.entry, files: imported.files ?? new Map() });

test('a track becomes a lab without errors: hosts, steps, tabs, blocks, quiz', () => {
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(lab).toMatchObject({
    title: 'A first track',
    level: 'beginner',
    tags: ['docker'],
    authors: ['Ann'],
    minutes: 10,
  });
  expect(lab?.nodes.map(({ name }) => name)).toEqual(['db', 'docker-vm', 'type-node']);
  expect(lab?.images).toEqual(['postgres:16']);
  expect(lab?.steps.map(({ title }) => title)).toEqual(['Start it', 'Asked']);
  const [first, second] = lab?.steps ?? [];
  const runs = first?.blocks.filter((block) => block.kind === 'run') ?? [];
  expect(runs.map(({ mode, where, program }) => [mode, where.node, program])).toEqual([
    ['run', 'docker-vm', undefined],
    ['show', undefined, undefined],
    ['run', undefined, 'python'],
    ['run', 'docker-vm', undefined],
  ]);
  expect(runs[3]?.text).toBe('echo $(agent variable get NAME)');
  expect(JSON.stringify(first?.blocks)).toContain('"type":"portLink","port":8080');
  expect(JSON.stringify(first?.blocks)).toContain('"type":"fileLink"');
  expect(second?.blocks.find(({ kind }) => kind === 'quiz')).toMatchObject({
    several: true,
    items: [{ right: true }, { right: false }, { right: true }],
  });
});

test('the scripts of a track set up, check and solve its steps as files of their nodes', () => {
  const [first, second] = lab?.steps ?? [];
  expect(lab?.setup).toMatchObject([
    { node: 'db', text: expect.stringContaining("-e 'POSTGRES_PASSWORD=it'\\''s'") },
    { node: 'docker-vm', text: '/opt/lab/track_scripts/setup-docker-vm\n' },
  ]);
  expect(first?.setup).toMatchObject([{ node: 'docker-vm', text: '/opt/lab/01-one/setup-docker-vm' }]);
  expect(first?.checks.of).toMatchObject([
    { at: 'docker-vm', subject: { script: 'lab-check /opt/lab/01-one/check-docker-vm', timeoutMs: 60_000 } },
  ]);
  expect(first?.solve).toMatchObject([{ text: '/opt/lab/01-one/solve-docker-vm' }]);
  expect(second?.setup).toMatchObject([{ text: '/opt/lab/01-one/cleanup-docker-vm' }]);
  expect(imported.files?.get('files/docker-vm/opt/lab/01-one/setup-docker-vm')).toEqual({
    text: '#!/bin/bash\nagent variable set NAME web\n',
    executable: true,
  });
  expect(lab?.files.find(({ path }) => path === '/usr/local/bin/fail-message')).toMatchObject({ executable: true });
});

test('the report of a track names each construct that was dropped or changed, with its line', () => {
  const told = imported.report.map(({ kind, construct, file, line }) => `${kind} ${construct} ${file}:${line}`);
  expect(told).toEqual([
    'changed notes 01-one/assignment.md:6',
    'dropped notes video 01-one/assignment.md:10',
    'changed tab code 01-one/assignment.md:20',
    'dropped tab browser 01-one/assignment.md:24',
    'dropped nocopy 01-one/assignment.md:35',
    'changed python,run 01-one/assignment.md:38',
    `changed ${VARIABLE} 01-one/assignment.md:41`,
    `changed ${VARIABLE} 01-one/assignment.md:44`,
    'changed [button label="it"](section-2) 01-one/assignment.md:44',
    'dropped image ../assets/shot.png 01-one/assignment.md:45',
    'dropped comment 01-one/assignment.md:46',
    'dropped check-cloud 01-one/check-cloud:1',
    'changed check 01-one/check-docker-vm:1',
    'changed cleanup 01-one/cleanup-docker-vm:1',
    'changed container db config.yml:3',
    'changed host Type config.yml:11',
    'changed image acme/rhel-9 config.yml:11',
    'dropped virtualmachines.machine_type config.yml:13',
    'dropped secrets config.yml:14',
    'changed description track.yml:4',
    'dropped icon track.yml:7',
    'dropped owner track.yml:8',
    'dropped skipping_enabled track.yml:10',
    'dropped cleanup track_scripts/cleanup-docker-vm:1',
  ]);
});
