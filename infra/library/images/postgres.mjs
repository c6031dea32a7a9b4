/** PostgreSQL, with the environment variables and folders that people know. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const postgres = {
  repository: 'library/postgres',
  description: 'The PostgreSQL database on port 5432, and psql; POSTGRES_PASSWORD must be given',
  base: 'debian',
  packages: ['postgresql'],
  versionOf: 'postgresql',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  files: 'images/postgres/files',
  finish: [
    'chmod 755 /usr/local/bin/docker-entrypoint.sh',
    'for program in /usr/lib/postgresql/*/bin/*; do ln -sf "$program" /usr/local/bin/; done',
    // Debian made a database of its own.
    'rm -rf /var/lib/postgresql/* /etc/postgresql/* /etc/ssl/private/* /etc/ssl/certs/ssl-cert-snakeoil.pem',
    'mkdir -p /docker-entrypoint-initdb.d /var/lib/postgresql/data && chown -R postgres:postgres /var/lib/postgresql',
  ],
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['postgres'],
    ExposedPorts: { '5432/tcp': {} },
    Volumes: { '/var/lib/postgresql/data': {} },
    Env: ['PGDATA=/var/lib/postgresql/data', 'LANG=C.UTF-8'],
    StopSignal: 'SIGINT',
  },
};
