/** traefik/whoami: a program of our own with the same answer. */

/** @type {import('../catalogue.mjs').LibraryImage} */
export const whoami = {
  repository: 'traefik/whoami',
  description:
    'Answers with its host name, addresses and your request, on port 80. Drydock’s own program in place of Traefik’s',
  base: 'scratch',
  packages: [],
  program: { sources: ['images/whoami/whoami.c', 'images/http-server.c'], target: 'whoami' },
  versionOf: undefined,
  tags: () => ['latest'],
  config: { Entrypoint: ['/whoami'], Cmd: [], ExposedPorts: { '80/tcp': {} } },
};
