/** Messages between managers by a channel of Redis. */
import type { RedisConnection } from '../redis/connection.ts';
import { keyOf } from '../redis/keys.ts';
import type { BusStore } from './bus-store.ts';

/** Channel for what passes by: template progress and the like. */
const BROADCAST_CHANNEL = keyOf('broadcast');
/** Any key of ours: by it all messages go through one server of a cluster, and keep their order. */
const ORDER_KEY = keyOf('sessions');

/** KEYS: any of ours. ARGV: channel, message. */
const PUBLISH_SCRIPT = `return redis.call('PUBLISH', ARGV[1], ARGV[2])`;

/** Builds it over a connection that is not open yet. */
export function createRedisBus(connection: RedisConnection): BusStore {
  const listeners = new Set<(message: string) => void>();
  connection.onMessage(BROADCAST_CHANNEL, (message) => {
    for (const listener of listeners) listener(message);
  });
  return {
    publish(message) {
      connection.redis.eval(PUBLISH_SCRIPT, 1, ORDER_KEY, BROADCAST_CHANNEL, message).catch(() => undefined);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
