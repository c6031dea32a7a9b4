/** Where things lie: the clone, the state directory, the volatile directory, and what is in them. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the clone that this file belongs to. */
export const REPO = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/**
 * @typedef {object} Layout
 * @property {string} state lasting data of one stack
 * @property {string} images built images; several stacks may share them
 * @property {string} run volatile, host-wide
 * @property {string} instance eight hex digits that tell this stack from others on the host
 * @property {string} runInstance volatile, of this stack alone (sockets)
 * @property {string} stateFile what runs; written by the supervisor
 * @property {string} logs
 * @property {string} secrets
 */

/**
 * The layout for a set of validated settings.
 * @param {Record<string, string>} settings
 * @returns {Layout}
 */
export function layoutOf(settings) {
  const state = resolve(settings.DRYDOCK_STATE_DIR ?? '/var/lib/drydock');
  const run = resolve(settings.DRYDOCK_RUN_DIR ?? '/run/drydock');
  const instance = createHash('sha256').update(state).digest('hex').slice(0, 8);
  return {
    state,
    images: resolve(settings.DRYDOCK_IMAGES_DIR ?? join(state, 'images')),
    run,
    instance,
    runInstance: join(run, instance),
    stateFile: join(state, 'supervisor.json'),
    logs: join(state, 'logs'),
    secrets: join(state, 'secrets'),
  };
}
