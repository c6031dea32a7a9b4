/** Fails when an installed npm package has a licence that is not on the list: `node infra/supply/licences.mjs`. */
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/**
 * Licences under which others may run and pass on Drydock: permissive ones, and the weak copyleft of files and libraries that
 * we neither change nor link statically (MPL-2.0: build tools; LGPL-3.0: the image library that Next.js loads when it is there).
 */
export const ALLOWED = [
  'MIT',
  'MIT*', // A package without the field, whose licence file is MIT's.
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'OFL-1.1',
  'MPL-2.0',
  'LGPL-3.0-or-later',
  'Python-2.0', // Permissive, GPL-compatible: argparse, for the command line of markdown-it, which nothing here starts.
];
/** It reads some 450 small files (ms). */
const LIMIT_MS = 60_000;

/**
 * @param {string} directory a folder with `package.json` and `node_modules`
 * @returns {Promise<string | undefined>} what is wrong, in the checker's own words
 */
export async function licenceProblem(directory) {
  const checker = join(REPO, 'node_modules/license-checker-rseidelsohn/bin/license-checker-rseidelsohn.js');
  const words = ['--start', directory, '--excludePrivatePackages', '--onlyAllow', ALLOWED.join(';')];
  const { code, output, timedOut } = await runCommand(process.execPath, [checker, ...words], { timeoutMs: LIMIT_MS });
  if (code === 0) return undefined;
  return timedOut ? 'The licence check took too long.' : lastLines(output, 3);
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const problem = await licenceProblem(REPO);
  if (problem === undefined) console.log('Every installed package has a licence of the list.');
  else {
    console.error(problem);
    process.exitCode = 1;
  }
}
