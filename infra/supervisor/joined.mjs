/** Whether this machine is a host of a manager elsewhere: written by `npm run host -- join`, read at each start. */
import { join } from 'node:path';
import { readJsonIfThere } from '../common/files.mjs';

/**
 * @typedef {object} Joined
 * @property {string} manager its public address
 * @property {string} name what this host is called there
 */

/** @param {import('../common/paths.mjs').Layout} layout */
export const joinedFile = (layout) => join(layout.secrets, 'joined.json');

/**
 * @param {import('../common/paths.mjs').Layout} layout
 * @returns {Joined | undefined}
 */
export function readJoined(layout) {
  return readJsonIfThere(joinedFile(layout));
}
