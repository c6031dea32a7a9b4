import { expect, test } from 'vitest';
import { parseTemplates, TemplateFileError } from './template-file.ts';
import { templateBook } from './templates.ts';

const OWN = `
templates:
  - id: workshop-web
    title: Workshop, first day
    description: A swarm with a page in it.
    nodes: [mgr1, wrk1]
    steps:
      - swarm: {managers: [mgr1], workers: [wrk1]}
      - file:
          node: mgr1
          path: /root/README
          content: |
            Welcome.
      - run:
          node: mgr1
          text: Starting the page
          command: docker service create -d --name web -p 8080:80 drydock/web:1
      - run: {node: wrk1, command: [docker, ps], timeoutSeconds: 5}
  - id: one-node
    title: Our own node
    nodes: [lab1]
    limits: {cpus: 0.5, memory: 512m, processes: 1000}
`;

test('a short file becomes templates that can be carried out', () => {
  const [first, second] = parseTemplates(OWN, 8);
  expect(first).toMatchObject({ id: 'workshop-web', nodes: ['mgr1', 'wrk1'] });
  expect(first?.steps).toEqual([
    { kind: 'swarm', managers: ['mgr1'], workers: ['wrk1'] },
    { kind: 'file', node: 'mgr1', path: '/root/README', content: 'Welcome.\n' },
    {
      kind: 'run',
      node: 'mgr1',
      text: 'Starting the page',
      command: ['bash', '-lc', 'docker service create -d --name web -p 8080:80 drydock/web:1'],
      timeoutSeconds: 120,
    },
    { kind: 'run', node: 'wrk1', text: 'docker ps', command: ['docker', 'ps'], timeoutSeconds: 5 },
  ]);
  expect(first?.limits).toBeUndefined();
  expect(second).toMatchObject({ description: '', steps: [] });
  expect(second?.limits).toEqual({ cpus: 0.5, memoryBytes: 512 * 1024 ** 2, pids: 1000 });
});

test('own templates come before ours, and replace those of the same id', () => {
  const book = templateBook(parseTemplates(OWN, 8));
  expect(book.all.map(({ id }) => id).slice(0, 3)).toEqual(['workshop-web', 'one-node', 'swarm-1m1w']);
  expect(book.all).toHaveLength(10);
  expect(book.require('one-node').nodes).toEqual(['lab1']);
  expect(() => book.require('nothing')).toThrow(expect.objectContaining({ code: 'UNKNOWN_TEMPLATE' }));
});

test('a mistake is refused in one line that says where it is', () => {
  const template = (rest: string) => `templates: [{id: a, title: A, nodes: [node1], ${rest}}]`;
  const mistakes: [string, RegExp][] = [
    ['templates: [', /flow|collection|end/i],
    ['[]', /object/],
    [template('steps: [{run: {node: node2, command: ls}}]'), /template a: a step names node2/],
    [template('limits: {memory: 100m}'), /limits\.memory: must be 256m at least/],
    [template('limits: {memory: much}'), /limits\.memory: must be a size/],
    [template('limits: {cpus: 65}'), /limits\.cpus/],
    [template('limits: {nodes: 1}'), /limits/],
    [template('steps: [{}]'), /templates\.0\.steps\.0: must be one of/],
    [template('steps: [{file: {node: node1, path: relative, content: x}}]'), /absolute/],
    [template('typo: 1'), /typo/],
    ['templates: [{id: Big, title: A, nodes: [node1]}]', /templates\.0\.id/],
    ['templates: [{id: a, title: A, nodes: [n1, n2, n3]}]', /3 nodes, but a session may have 2/],
    ['templates: [{id: a, title: A, nodes: [n1, n1]}]', /twice/],
    ['templates: [&x {id: a, title: A, nodes: [n1]}, *x]', /aliases|alias/],
    ['templates: [{id: a, title: A, nodes: [n1]}, {id: a, title: B, nodes: [n1]}]', /two of that id/],
  ];
  for (const [text, message] of mistakes) {
    expect(() => parseTemplates(text, 2), text).toThrow(TemplateFileError);
    expect(() => parseTemplates(text, 2), text).toThrow(message);
  }
});
