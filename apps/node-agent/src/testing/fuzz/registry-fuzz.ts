/** Whatever a node asks its mirror for: what reaches a registry behind it is a read of an image, and of nothing else there. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { parseRegistryUrl, registryPath } from '../../mirror/registry-path.ts';

const part = fc.oneof(
  fc.stringMatching(/^[a-z0-9._/-]{0,40}$/),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '..',
    '%2e%2e',
    '%2f',
    '//',
    '?',
    '#',
    '@',
    'library/nginx',
    'latest',
    `sha256:${'0a'.repeat(32)}`,
    '\r\n',
  ),
);
const url = fc.oneof(
  fc
    .tuple(part, fc.constantFrom('manifests', 'blobs', 'tags', 'uploads'), part, part)
    .map(([repository, kind, what, query]) => `/v2/${repository}/${kind}/${what}?n=${query}&last=${query}`),
  fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`),
  fc.string({ maxLength: 2000 }),
);

/** No address leads anywhere else, and the parser takes no time that grows faster than its input. */
export function fuzzRegistryPaths(runs: number): void {
  fc.assert(
    fc.property(url, (given) => {
      const wanted = parseRegistryUrl(given);
      if (wanted === undefined) return;
      const path = registryPath(wanted);
      expect(path).toMatch(
        /^\/v2\/(?:[a-z0-9._/-]+\/(?:tags\/list|manifests\/[\w.+:-]+|blobs\/[\w.+:-]+))?(?:_catalog)?(?:\?[\w.%*+=&-]*)?$/,
      );
      // A tag may end with dots; a part of a path that is nothing but dots leads elsewhere.
      expect(path.split('?')[0]).not.toMatch(/\/\.{1,2}(\/|$)|\/\/|%/);
      // As the registry will read it.
      expect(new URL(path, 'http://registry').pathname).toBe(path.split('?')[0]);
      expect(parseRegistryUrl(path)).toEqual(wanted);
    }),
    { numRuns: runs, endOnFailure: true },
  );
  // A pattern that backtracks would take minutes for these.
  for (const repeated of ['a', 'a-', 'a/', 'a.', '__', '-'])
    expect(parseRegistryUrl(`/v2/${repeated.repeat(500).slice(0, 1000)}!`)).toBeUndefined();
}
