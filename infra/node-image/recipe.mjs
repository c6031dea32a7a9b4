/** What decides the node image: these files, the native programs in it, the release and the machine's kind. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../bootstrap/steps/content-hash.mjs';
import { acceptsNoSecurity } from '../common/apt-archive.mjs';
import { REPO } from '../common/paths.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';
import { PROGRAMS } from './programs.mjs';

/** @typedef {import('./programs.mjs').Program} Program */

/** Enough to tell recipes apart, and short enough for a path (hex digits). */
const HASH_LENGTH = 16;

/**
 * Brings the required programs of native/ up to date.
 * @returns {Promise<Program[]>} those that go into the image
 */
export async function makePrograms() {
  const required = PROGRAMS.filter((program) => !program.optional);
  const native = join(REPO, 'native');
  const made = await runCommand('make', ['-C', native, ...required.map((program) => `build/${program.name}`)]);
  if (made.code !== 0) {
    throw new Problem(
      'NATIVE_BUILD_FAILED',
      `The programs that a node starts with could not be compiled:\n${lastLines(made.output, 5)}`,
      'Install gcc, libc6-dev and make (`npm start` does), then try again.',
    );
  }
  return builtPrograms();
}

/** Those that go into the image as native/ has them now. @returns {Program[]} */
export function builtPrograms() {
  return PROGRAMS.filter((program) => existsSync(join(REPO, 'native/build', program.name)));
}

/** All of the recipe but the programs of native/. */
const FRAME = ['files', 'customize.sh', 'packages.mjs', 'programs.mjs', 'root.mjs'].map(
  (name) => `infra/node-image/${name}`,
);

/**
 * @param {import('../common/apt-archive.mjs').Release} release
 * @param {readonly Program[]} programs
 * @param {Record<string, string | undefined>} environment
 * @returns {{hash: string, frame: string}} the image's name; what it has in common with images that differ by programs alone
 */
export function recipeHash(release, programs, environment) {
  // What was made without security updates is no answer for who has not accepted that.
  const kind = [
    release.family,
    release.suite,
    release.arch,
    acceptsNoSecurity(environment) ? 'no security' : 'security',
  ];
  const built = programs.map((program) => `native/build/${program.name}`);
  return {
    hash: contentHash(REPO, [...FRAME, ...built], kind).slice(0, HASH_LENGTH),
    frame: contentHash(REPO, FRAME, kind).slice(0, HASH_LENGTH),
  };
}
