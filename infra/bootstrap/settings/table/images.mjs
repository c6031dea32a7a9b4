/** Where images and packages come from. */
import { integer, oneOf, url } from '../env-kinds.mjs';

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const IMAGES = [
  {
    name: 'DRYDOCK_HUB_URL',
    kind: url(['http', 'https']),
    fallback: undefined,
    reason:
      'A registry to keep a cache of, for images that the library lacks: a class of thirty pulls each once. Unset: every node asks Docker Hub itself.',
  },
  {
    name: 'DRYDOCK_LIBRARY',
    kind: oneOf(['core', 'all']),
    fallback: 'all',
    reason:
      'Images of the library: all, of which the big ones (databases, Go, Adminer; about 250 MB) are made in the background after the first start, or core alone.',
  },
  {
    name: 'DRYDOCK_IMAGE_DAYS',
    kind: integer(0, 365),
    fallback: '7',
    reason:
      'A start makes the node image and the library again when their packages are older than so many days. 0: never; then security updates are yours to fetch.',
  },
  {
    name: 'DRYDOCK_APT_MIRROR',
    kind: url(['http', 'https', 'file']),
    fallback: undefined,
    reason: "The archive that the node image and the library are built from. Unset: the host's own.",
  },
  {
    name: 'DRYDOCK_APT_SECURITY',
    kind: (value) =>
      value === 'none' || url(['http', 'https', 'file'])(value) === undefined ? undefined : 'must be a URL, or none',
    fallback: undefined,
    reason:
      'Where the security updates of that archive are. Unset: the host’s own archive must have them, and images are not built without; beside DRYDOCK_APT_MIRROR it must be set. none: build without them all the same.',
  },
];
