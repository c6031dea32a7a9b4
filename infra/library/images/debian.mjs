/** The base of every image but busybox and drydock/web. */

/** @type {import('../catalogue.mjs').LibraryImage} */
export const debian = {
  repository: 'library/debian',
  description: 'Debian 13 without manuals and translations; every tag is the same slim image',
  base: 'debian',
  packages: [],
  versionOf: 'base-files',
  tags: ({ suite }) => ['13', '13-slim', suite, `${suite}-slim`, 'stable', 'stable-slim', 'slim', 'latest'],
  config: { Cmd: ['bash'] },
};
