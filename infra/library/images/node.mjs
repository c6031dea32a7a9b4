/** Node.js from the distribution, with the npm that this build was run by. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const node = {
  repository: 'library/node',
  description: 'Node.js and npm',
  base: 'debian',
  packages: ['nodejs', 'ca-certificates'],
  versionOf: 'nodejs',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  files: 'images/node/files',
  withNpm: true,
  finish: [
    'chmod 755 /usr/local/bin/docker-entrypoint.sh',
    'groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node',
  ],
  config: { Entrypoint: ['docker-entrypoint.sh'], Cmd: ['node'] },
};
