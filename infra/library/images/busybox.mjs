/** BusyBox: one static program under 270 names, in an image of its own. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const busybox = {
  repository: 'library/busybox',
  description: 'The small Swiss army knife: sh, wget, nslookup, httpd, traceroute, vi and 260 more',
  base: 'scratch',
  packages: ['busybox-static'],
  versionOf: 'busybox-static',
  tags: ({ version }) => [...versionTags(version), 'stable', 'latest'],
  config: { Cmd: ['sh'] },
};
