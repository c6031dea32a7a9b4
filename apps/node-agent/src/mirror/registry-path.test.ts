import { expect, test } from 'vitest';
import { parseRegistryUrl, registryPath } from './registry-path.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

test.each([
  ['/v2/', { kind: 'ping' }],
  ['/v2/_catalog?n=5&ns=elsewhere', { kind: 'catalog', query: '?n=5' }],
  ['/v2/library/nginx/manifests/1.26', { kind: 'manifest', repository: 'library/nginx', reference: '1.26' }],
  [`/v2/drydock/web/manifests/${digest}?ns=x`, { kind: 'manifest', repository: 'drydock/web', reference: digest }],
  [`/v2/a/b/c/blobs/${digest}`, { kind: 'blob', repository: 'a/b/c', digest }],
  ['/v2/library/nginx/tags/list?last=a', { kind: 'tags', repository: 'library/nginx', query: '?last=a' }],
])('%s is a read of an image', (url, expected) => {
  expect(parseRegistryUrl(url)).toEqual(expected);
});

test.each([
  '/',
  '/v1/search',
  '/v2/library/nginx/../../secret/manifests/1',
  '/v2/..%2f..%2fetc/manifests/1',
  '/v2/library/nginx/manifests/',
  '/v2/library/nginx/manifests/..',
  '/v2/Upper/manifests/1',
  '/v2//manifests/1',
  '/v2/library/nginx/blobs/latest',
  '/v2/library/nginx/blobs/uploads/',
  'http://elsewhere/v2/',
  `/v2/${'a/'.repeat(600)}manifests/1`,
])('%s goes nowhere', (url) => {
  expect(parseRegistryUrl(url)).toBeUndefined();
});

test('a path is built from what was understood, not from what was sent', () => {
  const request = parseRegistryUrl('/v2/library/nginx/manifests/1.26?ns=elsewhere&x=1');
  expect(request && registryPath(request)).toBe('/v2/library/nginx/manifests/1.26');
});
