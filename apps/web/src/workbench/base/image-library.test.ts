/** Names of the library as learners type them. */
import { expect, test } from 'vitest';
import { findImages, mainTag, pullName } from './image-library.ts';

test('an image is named as one types it after docker pull', () => {
  expect(pullName('library/nginx', 'latest')).toBe('nginx');
  expect(pullName('library/debian', '13-slim')).toBe('debian:13-slim');
  expect(pullName('drydock/web', '2')).toBe('drydock/web:2');
});

test('the tag shown first is latest, or the first there is', () => {
  expect(mainTag(['1.27', 'latest'])).toBe('latest');
  expect(mainTag(['1', '2'])).toBe('1');
});

test('a search finds images by name, tag and description, names first', () => {
  const image = (repository: string, description: string, ...tags: string[]) => ({
    repository,
    description,
    tags,
    sizeBytes: 1,
  });
  const images = [
    image('adminer', 'A page for PostgreSQL', '4'),
    image('postgres', 'The database', '17', 'latest'),
    image('redis', 'A store', '8'),
  ];
  const names = (search: string) => findImages(images, search).map(({ repository }) => repository);
  expect(names('postgres')).toEqual(['postgres', 'adminer']);
  expect(names('Postgres:17')).toEqual(['postgres']);
  expect(names('store')).toEqual(['redis']);
  expect(names('  ')).toEqual(['adminer', 'postgres', 'redis']);
  expect(names('nosuch')).toEqual([]);
});
