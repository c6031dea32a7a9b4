/** drydock/web: the page of the swarm and compose exercises, in two versions that differ by what the page says. */

/**
 * @param {string} version
 * @returns {import('../catalogue.mjs').LibraryImage}
 */
const web = (version) => ({
  repository: 'drydock/web',
  description:
    'A tiny web page on port 80: its version, the container, the node and, with a redis beside it, a visitor count',
  base: 'scratch',
  packages: [],
  program: { sources: ['images/web/web.c', 'images/http-server.c'], target: 'web' },
  versionOf: undefined,
  tags: () => (version === '2' ? ['2', 'latest'] : ['1']),
  config: { Entrypoint: ['/web'], Cmd: [], ExposedPorts: { '80/tcp': {} }, Env: [`WEB_VERSION=${version}`] },
});

export const web1 = web('1');
export const web2 = web('2');
