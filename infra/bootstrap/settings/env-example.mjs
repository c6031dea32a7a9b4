/** `.env.example` is written from the table of settings: `node infra/bootstrap/settings/env-example.mjs` renews it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeAtomic } from '../../common/files.mjs';
import { REPO } from '../../common/paths.mjs';
import { SETTINGS } from './env-table.mjs';

const HEAD = `# Every setting of Drydock with its default and its reason. Copy to .env and take away the # of what you change;
# variables of the environment win over .env. An unknown or bad one stops the start with one clear line.
# This file is written from infra/bootstrap/settings/env-table.mjs.
`;

/** The file's whole text. */
export function envExample() {
  const blocks = SETTINGS.map(({ name, fallback, reason }) => `# ${reason}\n#${name}=${fallback ?? ''}\n`);
  return [HEAD, ...blocks].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeAtomic(join(REPO, '.env.example'), envExample());
