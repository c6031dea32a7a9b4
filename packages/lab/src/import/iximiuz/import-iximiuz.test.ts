import { expect, test } from 'vitest';
import { compileLab } from '../../compile/compile-lab.ts';
import { importIximiuz } from './import-iximiuz.ts';

const PAGE = `---
kind: challenge
title: Two hosts
description: One container on each.
categories: [containers]
difficulty: medium
createdAt: 2025-01-01
playground:
  name: k3s
  machines:
  - name: docker-01
    noSSH: true
    startupFiles:
    - path: /root/a.sh
      content: echo a
      mode: "0755"
    - path: /etc/hosts
      content: 10.0.0.9 far
      append: true
    - path: ../../x
      content: y
  - name: docker-02
  tabs:
  - kind: terminal
    machine: docker-01
  - kind: http-port
    machine: docker-02
    number: 8080
    name: Page
  - kind: ide
  - kind: kexp
tasks:
  prepare:
    init: true
    run: docker pull nginx
  noise:
    helper: true
    run: while sleep 1; do :; done
  started:
    machine: docker-02
    user: laborant
    timeout_seconds: 20
    run: docker_container_is_running web
    hintcheck: echo "Is it named web?"
    failcheck: test ! -e /root/broken
  counted:
    machine: docker-02
    needs: [started, prepare]
    env:
    - ID=x(.needs.started.stdout)
    - WORD=it's
    run: test -n "$ID"
  asked:
    run: test x(.input) = 4
  unseen:
    run: podman_container_is_running web
  nowhere:
    machine: lost
    run: "true"
---
Words before.

## Start it

::simple-task
---
:tasks: tasks
:name: started
---
#active
Waiting for **web**...

#completed
Well done.
::

::simple-task{:tasks="tasks" :name="counted"}
#active
Count them
::

::user-input-task{:tasks="tasks" :name="asked" :validateRegex="^[0-9]+$" :destination="/tmp/x"}
#active
How many?
::

::simple-task{:name="gone"}
::

## Look at it
::hint-box{:summary="names"}
Look \`here\`.
::
::remark-box{kind="warning"}
Careful.

:::image-box{src="__static__/a.png"}
Seen.
:::
::
::tabbed
#one
First.
#two
Second.
::
\`\`\`yaml [compose.yaml]{2,9-11}
a: 1
::simple-task
\`\`\`
\`\`\`sh
docker ps
\`\`\`
![x](__static__/b.png)
`;
const imported = importIximiuz(
  new Map([
    ['index.md', PAGE],
    ['solution.md', '# How\n\n```sh\ndocker run -d --name web nginx\n```\n'],
  ]),
);
const { lab, findings } = compileLab({ entry: imported.entry, files: imported.files ?? new Map() });
const textOf = (path: string) => {
  const file = imported.files?.get(path);
  return file !== undefined && 'text' in file ? file.text : '';
};

test('a page becomes a lab without errors: machines, files, ports, steps and components', () => {
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(lab).toMatchObject({
    title: 'Two hosts',
    level: 'intermediate',
    tags: ['containers'],
    nodes: [{ name: 'docker-01' }, { name: 'docker-02' }],
    ports: [{ port: 8080, node: 'docker-02', title: 'Page' }],
  });
  expect(lab?.steps.map(({ title }) => title)).toEqual(['Start it', 'Look at it']);
  expect(lab?.files.filter(({ path }) => path === '/root/a.sh')).toMatchObject([
    { node: 'docker-01', executable: true },
  ]);
  const second = lab?.steps[1];
  expect(second?.hints).toMatchObject([{ title: 'Hint: names' }]);
  const kinds = second?.blocks.map(({ kind }) => kind) ?? [];
  expect(kinds.filter((kind) => ['hint', 'run', 'solution', 'checks'].includes(kind))).toEqual([
    'hint',
    'run',
    'checks',
    'solution',
  ]);
  const text = JSON.stringify(second?.blocks);
  for (const words of ['Careful.', 'Seen.', 'First.', 'compose.yaml', '::simple-task']) expect(text).toContain(words);
});

test('tasks become setup, checks with their hint and failure, and questions', () => {
  expect(lab?.setup).toMatchObject([
    {
      node: 'docker-01',
      text: [
        "cat /opt/lab/append/1 >>'/etc/hosts'",
        '/opt/lab/tasks/prepare',
        'nohup setsid /opt/lab/tasks/noise </dev/null >/dev/null 2>&1 &',
        '',
      ].join('\n'),
    },
  ]);
  const [first, second] = lab?.steps ?? [];
  expect(first?.checks.of).toMatchObject([
    { at: 'docker-02', title: 'Waiting for web...', subject: { script: '/opt/lab/tasks/started', timeoutMs: 20_000 } },
    { at: 'docker-02', title: 'Count them', subject: { script: '/opt/lab/tasks/counted' } },
    { subject: { kind: 'ask', question: 'How many?' } },
  ]);
  expect(first?.fail?.of).toMatchObject([{ subject: { script: '/opt/lab/tasks/started.failcheck' } }]);
  expect(second?.checks.of).toMatchObject([{ title: 'unseen' }]);
  expect(textOf('files/docker-02/opt/lab/tasks/started')).toContain('/opt/lab/tasks/started.hintcheck >&2');
  const counted = textOf('files/docker-02/opt/lab/tasks/counted');
  expect(counted).toContain('[ -e /var/lib/lab-tasks/started.done ] ||');
  expect(counted).toContain('export ID="$(cat /var/lib/lab-tasks/started.stdout 2>/dev/null)"');
  expect(counted).toContain("export WORD='it'\\''s'");
});

test('the report of a page names each construct that was dropped or changed, with its line', () => {
  const told = imported.report.map(({ kind, construct, line }) => `${kind} ${construct}:${line}`);
  expect(told).toEqual([
    'dropped createdAt:7',
    'changed playground k3s:9',
    'dropped machines.noSSH:12',
    'changed startupFiles /etc/hosts:17',
    'dropped file ../../x:20',
    'changed tab ide:30',
    'dropped tab kexp:31',
    'changed tasks.noise.helper:36',
    'changed tasks.started.user:39',
    'dropped tasks.counted.needs prepare:46',
    'changed tasks.asked:53',
    'changed tasks.unseen.run:55',
    'dropped task nowhere:57',
    'dropped #completed:65',
    'dropped ::user-input-task destination:82',
    'dropped ::simple-task:87',
    'dropped ::image-box:97',
    'changed ::tabbed:101',
    'dropped {2,9-11}:107',
    'changed sh:111',
    'dropped image __static__/b.png:114',
    'changed sh:3',
  ]);
});
