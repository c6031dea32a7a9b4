/** hello-world: one small program, with a text of our own. */

/** @type {import('../catalogue.mjs').LibraryImage} */
export const helloWorld = {
  repository: 'library/hello-world',
  description: 'Prints that Docker works, and the steps that it took. Drydock’s own program and text',
  base: 'scratch',
  packages: [],
  program: { sources: ['images/hello-world/hello.c'], target: 'hello' },
  versionOf: undefined,
  tags: () => ['linux', 'latest'],
  config: { Cmd: ['/hello'] },
};
