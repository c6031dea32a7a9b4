/** The pull-through cache of the registry outside: a second docker-registry, there only when the operator names that registry. */
import { join } from 'node:path';
import { ownTree } from '../common/own-tree.mjs';
import { writeRegistryConfig } from '../library/registry-config.mjs';

/**
 * docker-registry ends at once when it cannot reach its upstream, and a host may come up before its network does: so it is tried again
 * and again, and nothing waits for it. Until it answers, nodes have the library.
 */
const KEEP_TRYING = [
  'trap \'kill "$pid" 2>/dev/null; exit 0\' TERM INT',
  'while :; do docker-registry serve "$1" & pid=$!; wait "$pid"; sleep 5 & pid=$!; wait "$pid"; done',
].join('\n');

/**
 * Writes the cache's configuration and makes its folder.
 * @param {object} options
 * @param {string} options.state the stack's state directory
 * @param {string} options.runInstance where configurations lie
 * @param {number} options.port
 * @param {string} options.upstream address of the registry outside
 * @param {import('../bootstrap/system-user.mjs').UserIds} options.user
 * @returns {{config: string, storage: string}}
 */
export function prepareHubCache({ state, runInstance, port, upstream, user }) {
  const storage = join(state, 'hub');
  ownTree(storage, user);
  const config = join(runInstance, 'hub.yml');
  writeRegistryConfig(config, { storage, address: `127.0.0.1:${port}`, readOnly: false, upstream });
  return { config, storage };
}

/**
 * @param {string} config
 * @returns {string[]}
 */
export function hubCacheCommand(config) {
  return ['/bin/sh', '-c', KEEP_TRYING, 'sh', config];
}
