/** nginx, laid out as people know it from its official image: conf.d/default.conf, /usr/share/nginx/html, logs on stdout. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const nginx = {
  repository: 'library/nginx',
  description: 'The nginx web server: pages from /usr/share/nginx/html on port 80',
  base: 'debian',
  packages: ['nginx', 'curl', 'gettext-base'],
  versionOf: 'nginx',
  tags: ({ version }) => [...versionTags(version), 'stable', 'latest'],
  files: 'images/nginx/files',
  finish: [
    'useradd --system --uid 101 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin nginx',
    'rm -rf /etc/nginx/sites-available /etc/nginx/sites-enabled /etc/nginx/snippets /etc/nginx/modules-enabled /var/www',
    'mkdir -p /docker-entrypoint.d /etc/nginx/templates /var/log/nginx /var/cache/nginx',
    'ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log',
    'chmod 755 /docker-entrypoint.sh && nginx -t',
  ],
  config: {
    Entrypoint: ['/docker-entrypoint.sh'],
    Cmd: ['nginx', '-g', 'daemon off;'],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
  },
};
