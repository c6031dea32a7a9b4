/** The one option of the image builders: where images lie. */
import { resolve } from 'node:path';
import { layoutOf } from './paths.mjs';
import { Problem } from './problem.mjs';

/**
 * @param {readonly string[]} words the command line after the script
 * @param {Record<string, string | undefined>} environment
 * @returns {string} absolute path of the images folder
 */
export function imagesDirectory(words, environment) {
  const at = words.indexOf('--images-dir');
  const given =
    at < 0 ? words.find((word) => word.startsWith('--images-dir='))?.slice('--images-dir='.length) : words[at + 1];
  const known = words.length === 0 || (at === 0 && words.length === 2) || (words.length === 1 && given !== undefined);
  if (!known || given === '') {
    throw new Problem('BAD_ARGUMENTS', `Unknown arguments: ${words.join(' ')}`, 'Usage: build.mjs [--images-dir DIR]');
  }
  return given === undefined ? layoutOf(/** @type {Record<string, string>} */ (environment)).images : resolve(given);
}
