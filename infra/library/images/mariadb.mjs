/** MariaDB, with the environment variables and folders that people know of it and of MySQL. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const mariadb = {
  repository: 'library/mariadb',
  description:
    'The MariaDB database on port 3306, and its client; MARIADB_ROOT_PASSWORD must be given. Speaks MySQL’s protocol',
  base: 'debian',
  packages: ['mariadb-server-core', 'mariadb-client-core', 'mariadb-client'],
  versionOf: 'mariadb-server-core',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  files: 'images/mariadb/files',
  finish: [
    'chmod 755 /usr/local/bin/docker-entrypoint.sh',
    'id mysql >/dev/null 2>&1 || { groupadd --system mysql && useradd --system --gid mysql --home-dir /nonexistent --shell /usr/sbin/nologin mysql; }',
    'rm -rf /var/lib/mysql && mkdir -p /var/lib/mysql /run/mysqld /docker-entrypoint-initdb.d && chown mysql:mysql /var/lib/mysql /run/mysqld',
    'ln -sf /usr/bin/mariadb /usr/local/bin/mysql && mariadbd --version && test -x /usr/bin/mariadb-install-db',
  ],
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['mariadbd'],
    ExposedPorts: { '3306/tcp': {} },
    Volumes: { '/var/lib/mysql': {} },
    Env: ['LANG=C.UTF-8'],
  },
};
