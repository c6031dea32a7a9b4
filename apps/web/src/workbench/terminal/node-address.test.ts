import { expect, test } from 'vitest';
import { forThisBrowser } from './node-address.ts';

const nodes = [
  { name: 'node1', ip: '192.168.0.11' },
  { name: 'node2', ip: '192.168.0.12' },
];
const byName = (target: string) =>
  forThisBrowser(target, { here: 'node1', nodes, urlOf: (node, port) => `http://${port}-${node}-s.lab.example/` });

test.each([
  ['http://localhost:8080/', 'http://8080-node1-s.lab.example/'],
  ['http://127.0.0.1:3000/a?b=1#c', 'http://3000-node1-s.lab.example/a?b=1#c'],
  ['http://127.1:3000/', 'http://3000-node1-s.lab.example/'],
  ['http://0.0.0.0/', 'http://80-node1-s.lab.example/'],
  ['https://[::1]/', 'http://443-node1-s.lab.example/'],
  ['http://192.168.0.12:9000/', 'http://9000-node2-s.lab.example/'],
  ['http://node2:9000/', 'http://9000-node2-s.lab.example/'],
  ['http://user:secret@localhost:1/', 'http://1-node1-s.lab.example/'],
  ['https://nginx.org/en/docs', 'https://nginx.org/en/docs'],
  ['http://192.168.0.13/', 'http://192.168.0.13/'],
  ['http://localhost.example/', 'http://localhost.example/'],
])('%s opens %s', (target, opened) => {
  expect(byName(new URL(target).href)).toBe(opened);
});

test('the form of ports below a path is kept', () => {
  const urlOf = (node: string, port: number) => `http://10.0.0.1:3000/p/s/${node}/${port}/`;
  expect(forThisBrowser('http://localhost:80/a/', { here: 'node1', nodes, urlOf })).toBe(
    'http://10.0.0.1:3000/p/s/node1/80/a/',
  );
});
