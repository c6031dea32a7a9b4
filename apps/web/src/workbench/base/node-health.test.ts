import { expect, test } from 'vitest';
import { ENGINE_START_MS, nodeHealth } from './node-health.ts';

const node = { state: 'running', dockerReady: false, createdAt: 1000 } as const;

test('an engine that is silent on a new node is starting, on an older one down', () => {
  expect(nodeHealth(node, 1000 + ENGINE_START_MS - 1)).toBe('starting');
  expect(nodeHealth(node, 1000 + ENGINE_START_MS)).toBe('down');
  expect(nodeHealth({ ...node, dockerReady: true }, 10 ** 9)).toBe('ready');
});

test('an engine that answered before and is silent now is down at once', () => {
  expect(nodeHealth(node, 1001, true)).toBe('down');
});

test('what is known of the host and the node goes before what its engine says', () => {
  expect(nodeHealth({ ...node, reachable: false }, 0)).toBe('unreachable');
  expect(nodeHealth({ ...node, state: 'lost', dockerReady: true, reachable: false }, 0)).toBe('lost');
});
