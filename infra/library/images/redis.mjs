/** redis, reachable from other containers and keeping its data in /data. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const redis = {
  repository: 'library/redis',
  description: 'The redis key-value store on port 6379, and redis-cli',
  base: 'debian',
  packages: ['redis-server', 'redis-tools'],
  versionOf: 'redis-server',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  files: 'images/redis/files',
  finish: [
    'chmod 755 /usr/local/bin/docker-entrypoint.sh',
    'rm -rf /etc/redis /var/lib/redis /var/log/redis && mkdir /data && chown redis:redis /data',
  ],
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['redis-server'],
    ExposedPorts: { '6379/tcp': {} },
    Volumes: { '/data': {} },
    WorkingDir: '/data',
  },
};
