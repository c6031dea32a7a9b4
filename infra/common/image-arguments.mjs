/** What the image builders are told: where images lie, and how old their packages may become. */
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

const DAY_MS = 24 * 3600 * 1000;
/** Without the setting, e.g. when a builder is called by hand. */
const DEFAULT_DAYS = 7;

/**
 * @param {Record<string, string | undefined>} environment DRYDOCK_IMAGE_DAYS, checked by the settings' table
 * @returns {number} the age at which an image is made again (ms); Infinity when it never is
 */
export function freshForMs(environment) {
  const days = Number(environment.DRYDOCK_IMAGE_DAYS ?? DEFAULT_DAYS);
  return days === 0 ? Number.POSITIVE_INFINITY : days * DAY_MS;
}
