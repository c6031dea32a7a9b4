import { ApiError } from '@drydock/client';
import { expect, test } from 'vitest';
import { historyOf, joinHistories } from './take-home.ts';

test('the histories of all nodes are one text that a shell could read', () => {
  const text = joinHistories([
    { node: 'node1', history: 'docker ps\nls\n\n' },
    { node: 'node2', history: null },
    { node: 'node3', history: 'pwd' },
  ]);
  expect(text).toBe('# node1\ndocker ps\nls\n\n# node2\n\n# node3\npwd\n');
});

test('a node on which nothing was typed has no history, and every other failure is told', async () => {
  const failing = (code: 'FILE_NOT_FOUND' | 'HOST_UNAVAILABLE') => ({
    read: () => Promise.reject(new ApiError(code, code)),
  });
  expect(await historyOf(failing('FILE_NOT_FOUND'), 'node1')).toBeNull();
  await expect(historyOf(failing('HOST_UNAVAILABLE'), 'node1')).rejects.toThrow('HOST_UNAVAILABLE');
});
