/** Apache, laid out as people know it from its own image: /usr/local/apache2 with conf/httpd.conf and htdocs. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const httpd = {
  repository: 'library/httpd',
  description: 'The Apache web server: pages from /usr/local/apache2/htdocs on port 80',
  base: 'debian',
  packages: ['apache2-bin', 'media-types'],
  versionOf: 'apache2-bin',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  files: 'images/httpd/files',
  finish: [
    'chmod 755 /usr/local/bin/httpd /usr/local/bin/httpd-foreground',
    'mkdir -p /usr/local/apache2/logs /usr/local/apache2/cgi-bin && httpd -t',
  ],
  config: {
    Cmd: ['httpd-foreground'],
    ExposedPorts: { '80/tcp': {} },
    WorkingDir: '/usr/local/apache2',
    StopSignal: 'SIGWINCH',
  },
};
