/** Distribution, the registry itself: for a registry of a session's own. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const registry = {
  repository: 'library/registry',
  description: 'An image registry of your own on port 5000',
  base: 'debian',
  packages: ['docker-registry', 'ca-certificates'],
  versionOf: 'docker-registry',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  files: 'images/registry/files',
  finish: [
    'ln -s ../../bin/docker-registry /usr/local/bin/registry',
    'chmod 755 /entrypoint.sh',
    'mkdir -p /var/lib/registry',
  ],
  config: {
    Entrypoint: ['/entrypoint.sh'],
    Cmd: ['/etc/docker/registry/config.yml'],
    ExposedPorts: { '5000/tcp': {} },
    Volumes: { '/var/lib/registry': {} },
  },
};
