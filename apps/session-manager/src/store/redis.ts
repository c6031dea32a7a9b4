/** The store in Redis 6 or later, on one server or a cluster. */
import { DrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { createRedisBus } from './bus/redis.ts';
import { createRedisHosts } from './hosts/redis.ts';
import { createRedisLabs } from './labs/redis.ts';
import { createRedisLine } from './line/redis.ts';
import { createRedisOnce } from './once/redis.ts';
import { createRedisOperatorStore } from './operator/redis.ts';
import { createRedisPresence } from './presence/redis.ts';
import { createRedisConnection } from './redis/connection.ts';
import { createRedisSessions } from './sessions/redis.ts';
import { createRedisSites } from './sites/redis.ts';
import type { Store } from './store.ts';
import { createStoredReader } from './stored.ts';
import { createRedisTickets } from './tickets/redis.ts';
import { createRedisTimeline } from './timeline/redis.ts';
import { createRedisVnis } from './vnis/redis.ts';

/** How long a start waits for a Redis that is starting too (ms). */
const START_PATIENCE_MS = 10_000;

/** Connects to the Redis of `url`. @throws DrydockError STORE_UNAVAILABLE when it cannot be reached within the start's patience. */
export async function createRedisStore(
  url: string,
  logger: Logger,
  patienceMs = START_PATIENCE_MS,
  caFile?: string,
): Promise<Store> {
  const connection = createRedisConnection(url, caFile, logger);
  const reader = createStoredReader(logger);
  const store: Store = {
    sessions: createRedisSessions(connection, reader),
    hosts: createRedisHosts(connection, reader),
    line: createRedisLine(connection),
    tickets: createRedisTickets(connection),
    timeline: createRedisTimeline(connection, reader),
    presence: createRedisPresence(connection, reader),
    bus: createRedisBus(connection),
    once: createRedisOnce(connection),
    vnis: createRedisVnis(connection),
    operator: createRedisOperatorStore(connection, reader),
    labs: createRedisLabs(connection, reader),
    sites: createRedisSites(connection, reader),
    async close() {
      connection.close();
    },
  };
  await connection.open(patienceMs).catch((cause: unknown) => {
    connection.close();
    throw new DrydockError('STORE_UNAVAILABLE', undefined, undefined, { cause });
  });
  return store;
}
