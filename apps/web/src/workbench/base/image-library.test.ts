/** Names of the library as learners type them. */
import { expect, test } from 'vitest';
import { mainTag, pullName } from './image-library.ts';

test('an image is named as one types it after docker pull', () => {
  expect(pullName('library/nginx', 'latest')).toBe('nginx');
  expect(pullName('library/debian', '13-slim')).toBe('debian:13-slim');
  expect(pullName('drydock/web', '2')).toBe('drydock/web:2');
});

test('the tag shown first is latest, or the first there is', () => {
  expect(mainTag(['1.27', 'latest'])).toBe('latest');
  expect(mainTag(['1', '2'])).toBe('1');
});
