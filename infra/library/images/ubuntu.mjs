/** ubuntu: Debian's base under the name that tutorials use. Both have bash, apt-get and the same packages under the same names. */

/** @type {import('../catalogue.mjs').LibraryImage} */
export const ubuntu = {
  repository: 'library/ubuntu',
  description: 'Debian 13 in place of Ubuntu, whatever the tag: bash, apt-get and most packages are of the same names',
  base: 'debian',
  packages: [],
  versionOf: undefined,
  tags: () => ['22.04', '24.04', 'latest'],
  config: { Cmd: ['bash'] },
};
