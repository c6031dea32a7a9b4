/** What the units of infra/deploy/systemd need besides what a supervised stack has. */
import { join } from 'node:path';
import { writeAtomic } from '../common/files.mjs';
import { redisAddress, writeRedisConfig } from '../supervisor/redis-config.mjs';

/** Beside that of a Redis of the distribution's own. */
const REDIS_PORT = 6380;

/**
 * Writes the configuration of drydock-redis.service, and for drydock-manager.service the address with its password, which root alone reads:
 * systemd hands it over.
 * @param {import('../common/paths.mjs').Layout} layout
 * @param {import('./system-user.mjs').UserIds} user Redis's
 * @param {import('./state-dir.mjs').Secrets} secrets
 */
export function prepareUnits(layout, user, { redisPassword: password }) {
  const directory = join(layout.state, 'redis');
  writeRedisConfig({ directory, name: 'unit.conf', port: REDIS_PORT, password, user });
  const text = `REDIS_URL=${redisAddress(REDIS_PORT, password)}\n`;
  writeAtomic(join(layout.secrets, 'redis.env'), text, { mode: 0o600 });
}
