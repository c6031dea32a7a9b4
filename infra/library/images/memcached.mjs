/** memcached, as its own user, for other containers. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const memcached = {
  repository: 'library/memcached',
  description: 'The memcached cache on port 11211',
  base: 'debian',
  packages: ['memcached'],
  versionOf: 'memcached',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  files: 'images/memcached/files',
  finish: ['chmod 755 /usr/local/bin/docker-entrypoint.sh'],
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['memcached'],
    ExposedPorts: { '11211/tcp': {} },
    User: 'memcache',
  },
};
