/** Adminer, served by PHP's own web server. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const adminer = {
  repository: 'library/adminer',
  description: 'Adminer, a page on port 8080 for PostgreSQL, MariaDB, MySQL and SQLite databases',
  base: 'debian',
  packages: ['adminer', 'php-cgi', 'php-cli', 'php-mysql', 'php-pgsql', 'php-sqlite3'],
  versionOf: 'adminer',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  finish: [
    'useradd --system --uid 1000 --no-create-home --shell /usr/sbin/nologin adminer',
    'mkdir -p /var/www/adminer && ln -s /usr/share/adminer/adminer.php /var/www/adminer/index.php',
    'php /var/www/adminer/index.php | grep -q "<title>Login - Adminer</title>"',
  ],
  config: {
    Cmd: ['php', '-S', '0.0.0.0:8080', '-t', '/var/www/adminer'],
    ExposedPorts: { '8080/tcp': {} },
    User: 'adminer',
    Env: ['PHP_CLI_SERVER_WORKERS=4'],
    StopSignal: 'SIGINT',
  },
};
