/** The paths of the registry protocol that a pull uses; everything else has no business at the mirror. */

export type RegistryRequest =
  /** `/v2/`: is this a registry? */
  | { kind: 'ping' }
  /** `/v2/_catalog`: what is in the library. */
  | { kind: 'catalog'; query: string }
  | { kind: 'tags'; repository: string; query: string }
  | { kind: 'manifest'; repository: string; reference: string }
  | { kind: 'blob'; repository: string; digest: string };

/** What `docker search HOST/TERM` asks for: `/v1/_ping`, then `/v1/search`. */
export type SearchRequest = { kind: 'search-ping' } | { kind: 'search'; term: string; limit: number | undefined };

/** Longer than any repository name (255), tag (128) and digest together. */
const MAX_URL_LENGTH = 1024;
/** As the distribution specification has them. */
const NAME = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*';
const DIGEST = '[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,128}';
const TAG = '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}';
const PATH = new RegExp(`^/v2/(${NAME})/(?:(tags/list)|manifests/(${DIGEST}|${TAG})|blobs/(${DIGEST}))$`);

/** Undefined for what is not a read of an image. */
export function parseRegistryUrl(url: string): RegistryRequest | undefined {
  if (url.length > MAX_URL_LENGTH) return undefined;
  const [path = '', search = ''] = url.split('?', 2);
  if (path === '/v2/' || path === '/v2') return { kind: 'ping' };
  const query = pagination(search);
  if (path === '/v2/_catalog') return { kind: 'catalog', query };
  const match = PATH.exec(path);
  if (!match) return undefined;
  const [, repository = '', tags, reference, digest] = match;
  if (tags) return { kind: 'tags', repository, query };
  if (reference) return { kind: 'manifest', repository, reference };
  if (digest) return { kind: 'blob', repository, digest };
  return undefined;
}

/** Undefined for what is no search. */
export function parseSearchUrl(url: string): SearchRequest | undefined {
  if (url.length > MAX_URL_LENGTH) return undefined;
  const [path = '', search = ''] = url.split('?', 2);
  if (path === '/v1/_ping') return { kind: 'search-ping' };
  if (path !== '/v1/search') return undefined;
  const given = new URLSearchParams(search);
  const limit = Number(given.get('n') ?? Number.NaN);
  return { kind: 'search', term: given.get('q') ?? '', limit: Number.isInteger(limit) ? limit : undefined };
}

/** The path to ask a registry for. */
export function registryPath(request: RegistryRequest): string {
  switch (request.kind) {
    case 'ping':
      return '/v2/';
    case 'catalog':
      return `/v2/_catalog${request.query}`;
    case 'tags':
      return `/v2/${request.repository}/tags/list${request.query}`;
    case 'manifest':
      return `/v2/${request.repository}/manifests/${request.reference}`;
    case 'blob':
      return `/v2/${request.repository}/blobs/${request.digest}`;
  }
}

/** `n` and `last` alone: containerd adds `ns`, which names a registry that is not ours. */
function pagination(search: string): string {
  const given = new URLSearchParams(search);
  const kept = new URLSearchParams();
  for (const name of ['n', 'last']) {
    const value = given.get(name);
    if (value !== null) kept.set(name, value);
  }
  return kept.size === 0 ? '' : `?${kept}`;
}
