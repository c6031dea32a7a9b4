/** alpine: the busybox image with a shell of the same name and habits, and words about what it is not. */

/** @type {import('../catalogue.mjs').LibraryImage} */
export const alpine = {
  repository: 'library/alpine',
  description: 'BusyBox in place of Alpine Linux: the same small shell and tools, but no apk and no packages',
  base: 'busybox',
  packages: [],
  files: 'images/alpine/files',
  versionOf: undefined,
  tags: () => ['3', 'latest'],
  config: { Cmd: ['/bin/sh'] },
};
