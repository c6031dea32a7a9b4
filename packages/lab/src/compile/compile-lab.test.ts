import { describe, expect, test } from 'vitest';
import { leavesOf } from '../checks/plan.ts';
import type { LabFile } from '../source/lab-files.ts';
import { compileLab } from './compile-lab.ts';

const EXAMPLE = `---
title: Your first service
nodes: 3
---
Swarm runs your containers on many hosts.

## Make a swarm (5 min)
\`\`\`sh
docker swarm init --advertise-addr $(hostname -i)
\`\`\`
\`\`\`check
- swarm: { managers: 1 }
\`\`\`
## Run three tasks {#tasks}
\`\`\`sh node2/2 once confirm="Really?"
docker service create --name web --replicas 3 -p 8080:80 nginx
\`\`\`
\`\`\`output match
verify: …
\`\`\`
Then open [the page](http://localhost:8080).
\`\`\`check
- service: web
  running: 3
  publishes: 8080
  say: "It has {have}"
- not: { container: old }
- fail: { container: gone, exit: ">0" }
\`\`\`
<details><summary>Hint</summary>
<!-- after: 3m -->
<!-- for: web -->

Is the image's name right? \`docker service ps web\` tells.

</details>

<details><summary>Solution</summary>

\`\`\`sh
docker service scale web=3
\`\`\`

</details>
`;

function compile(text: string, files: Record<string, LabFile> = {}, more = {}) {
  return compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }], ...Object.entries(files)]), ...more });
}

describe('a lab', () => {
  test('is compiled from one Markdown file, as its README would be read', () => {
    const { lab, findings } = compile(EXAMPLE);
    expect(findings).toEqual([]);
    expect(lab).toMatchObject({
      format: 1,
      id: 'your-first-service',
      title: 'Your first service',
      summary: 'Swarm runs your containers on many hosts.',
      minutes: 5,
      nodes: [{ name: 'node1' }, { name: 'node2' }, { name: 'node3' }],
    });
    const [first, second] = lab?.steps ?? [];
    expect(first).toMatchObject({ id: 'make-a-swarm', title: 'Make a swarm', minutes: 5, solve: 'blocks' });
    expect(first?.blocks.map(({ kind }) => kind)).toEqual(['run', 'checks']);
    expect(second?.blocks.map(({ kind }) => kind)).toEqual(['run', 'output', 'prose', 'checks', 'hint', 'solution']);
    expect(second?.blocks[0]).toMatchObject({
      text: 'docker service create --name web --replicas 3 -p 8080:80 nginx',
      where: { node: 'node2', terminal: 2 },
      once: true,
      confirm: 'Really?',
    });
    expect(second?.blocks[1]).toMatchObject({
      match: true,
      of: second?.blocks[0]?.kind === 'run' ? second.blocks[0].key : '',
    });
    expect(second?.hints).toMatchObject([{ afterMs: 180_000, for: 'web' }]);
    expect(second?.checks.of).toMatchObject([
      {
        subject: { kind: 'service', name: { eq: 'web' } },
        want: { running: { eq: 3 }, publishes: { has: [{ eq: 8080 }] } },
        forMs: 1000,
        say: 'It has {have}',
        source: { file: 'lab.md', line: 23, column: 3 },
      },
      { op: 'not', of: [{ subject: { kind: 'container', name: { eq: 'old' } } }] },
    ]);
    expect(second?.fail).toMatchObject({ op: 'any', of: [{ want: { exit: { cmp: '>', n: 0 } } }] });
  });

  test('keeps the keys of what stands elsewhere when a step is edited', () => {
    const before = compile(EXAMPLE).lab;
    const after = compile(
      EXAMPLE.replace('Swarm runs', '# T\n\nNow swarm runs')
        .replace('managers: 1', 'managers: 2')
        .replace('$(hostname -i)', 'x'),
    ).lab;
    const [, was] = before?.steps ?? [];
    const [first, is] = after?.steps ?? [];
    expect(is?.hash).toBe(was?.hash);
    expect(is?.checks.of.map((one) => ('key' in one ? one.key : ''))).toEqual(
      was?.checks.of.map((one) => ('key' in one ? one.key : '')),
    );
    expect(JSON.stringify(is?.blocks).match(/"key":"[^"]+"/g)).toEqual(
      JSON.stringify(was?.blocks).match(/"key":"[^"]+"/g),
    );
    expect(first?.hash).not.toBe(before?.steps[0]?.hash);
    expect(after?.digest).not.toBe(before?.digest);
  });

  test('has steps in files, setup and files of nodes, and includes', () => {
    const { lab, findings } = compile('# Course\n\n<!-- include: ./part.md -->\n', {
      'part.md': { text: 'Included words.\n' },
      'steps/02-more.md': { text: '# More\n\n```sh\nls\n```\n\n```check\n- file: /tmp/x\n```\n' },
      'steps/01-first.md': { text: '## First (3 min)\n\n```check\n- file: /tmp/y\n```\n' },
      'setup/node1.sh': { text: 'touch /ready\n' },
      'files/all/root/app.py': { text: 'print(1)\n', executable: true },
    });
    expect(findings).toEqual([]);
    expect(lab?.steps.map(({ id, title }) => [id, title])).toEqual([
      ['first', 'First'],
      ['more', 'More'],
    ]);
    expect(lab?.setup).toMatchObject([{ node: 'node1', text: 'touch /ready\n' }]);
    expect(lab?.files).toEqual([{ path: '/root/app.py', from: 'files/all/root/app.py', executable: true }]);
    expect(JSON.stringify(lab?.intro)).toContain('Included words.');
  });

  test('says the same by comments, for sites whose fences cannot bear our words', () => {
    const { lab, findings } = compile(
      '## A\n\n<!-- lab: node2 once -->\n\n```sh\nls\n```\n\n<!-- check\n- container: web\n  state: runing\n-->\n'.replace(
        '## A',
        '---\nnodes: 2\n---\n## A',
      ),
    );
    expect(lab).toBeNull();
    expect(findings).toMatchObject(
      [{ code: 'CONDITION_VALUE', line: 14, column: 10 }, { code: 'STEP_WITHOUT_CHECK' }].toSorted(() => 0).reverse(),
    );
  });

  test('shows blocks of lists as blocks, and the numbers go on', () => {
    const { draft } = compile('## A\n\n1. One:\n   ```sh\n   ls\n   ```\n2. Two\n');
    expect(draft?.steps[0]?.blocks).toMatchObject([
      { kind: 'prose', nodes: [{ type: 'list', start: 1 }] },
      { kind: 'run', text: 'ls', source: { line: 5 } },
      { kind: 'prose', nodes: [{ type: 'list', start: 2 }] },
    ]);
  });

  test('asks: one answer, several, and why', () => {
    const { lab } = compile(
      '## A\n\nWhich one?\n\n- ( ) This — no, since it stops\n- (x) That\n\nWhich ones?\n\n- [x] a\n- [ ] b\n',
    );
    expect(lab?.steps[0]?.blocks).toMatchObject([
      {
        kind: 'quiz',
        several: false,
        items: [{ right: false, why: [{ value: 'no, since it stops' }] }, { right: true }],
      },
      { kind: 'quiz', several: true, items: [{ right: true }, { right: false }] },
    ]);
  });

  test('types only commands of a console block, names keys, writes files, and takes patches', () => {
    const text = [
      '## A',
      '```console\n$ docker ps \\\n  --all\nCONTAINER ID\n$ ls\n```',
      '```text keys\n```',
      '```sh keys\nesc :wq enter ctrl-c\n```',
      '```yaml file=/root/a.yaml append\na: 1\n```',
      '```diff file=/root/a.yaml\n@@ -1 +1 @@\n-a: 1\n+a: 2\n```',
      '```python in=python\nprint(1)\n```',
      '```sh background\nwatch ls\n```',
      '```sh type\ndocker run \n```',
      '```yaml\nshown: only\n```',
      '```sh check say="No"\ntest -f /x\n```',
    ].join('\n\n');
    const blocks = compile(text).lab?.steps[0]?.blocks;
    expect(blocks).toMatchObject([
      { kind: 'run', text: 'docker ps \\\n  --all\nls', mode: 'run' },
      { kind: 'output' },
      { kind: 'run', mode: 'keys', keys: [{ key: 'esc' }, { text: ':wq' }, { key: 'enter' }, { key: 'ctrl-c' }] },
      { kind: 'file', path: '/root/a.yaml', change: { mode: 'append' }, text: 'a: 1\n' },
      { kind: 'file', change: { mode: 'patch' } },
      { kind: 'run', program: 'python', lang: 'python' },
      { kind: 'run', opens: 'background' },
      { kind: 'run', mode: 'type', text: 'docker run ' },
      { kind: 'prose', nodes: [{ type: 'code', lang: 'yaml' }] },
      { kind: 'checks' },
    ]);
  });

  test('every leaf has its own key, wherever it stands', () => {
    const { lab } = compile(
      '## A\n\n```check\n- any:\n    - container: a\n    - container: b\n- container: /^c/i\n```\n',
    );
    const leaves = lab?.steps.flatMap(({ checks }) => leavesOf(checks)) ?? [];
    expect(new Set(leaves.map(({ key }) => key)).size).toBe(3);
    expect(leaves[2]?.subject).toEqual({ kind: 'container', name: { re: '(?i)^c' } });
  });
});
