/** The two connections to Redis, for commands and for channels, and what all parts of the store need of them. */
import { DrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { Cluster, Redis } from 'ioredis';
import { createRedisClients } from './client.ts';

export interface RedisConnection {
  readonly redis: Redis | Cluster;
  /** Answers of Redis. @throws DrydockError STORE_UNAVAILABLE when there are none. */
  ask<T>(question: () => Promise<T>): Promise<T>;
  /** Hears what is published on a channel; to be called before `open`. */
  onMessage(channel: string, listener: (message: string) => void): void;
  /** Hears of moments after which messages may have been missed; to be called before `open`. */
  onMissed(listener: () => void): void;
  /** Whether Redis can be reached now. */
  healthy(): boolean;
  /** Connects; rejects when Redis does not answer within `patienceMs`. */
  open(patienceMs: number): Promise<void>;
  close(): void;
}

/** Builds the connections; nothing is connected yet. `caFile`: who signed the servers' certificates, when the system does not know it. */
export function createRedisConnection(url: string, caFile: string | undefined, logger: Logger): RedisConnection {
  const { commands: redis, subscriber, settled } = createRedisClients(url, caFile);
  const hearers = new Map<string, Set<(message: string) => void>>();
  const missed = new Set<() => void>();
  const publishMissed = () => {
    for (const listener of missed) listener();
  };
  let lastError = '';
  let wasReady = false;
  /** A cluster's client is ready while one of its servers is away; what counts is the server that has our keys. */
  let isAnswering = true;

  for (const client of [redis, subscriber]) {
    client.on('error', (error: Error) => {
      if (error.message !== lastError) logger.warn({ err: error }, 'redis is out of reach');
      lastError = error.message;
    });
  }
  redis.on('ready', () => {
    settled();
    isAnswering = true;
    if (lastError !== '') logger.info('redis is back');
    lastError = '';
    // Whatever was written while this manager could not listen is learned anew.
    if (wasReady) publishMissed();
    wasReady = true;
  });
  subscriber.on('ready', () => {
    subscriber
      .subscribe(...hearers.keys())
      .then(publishMissed, (error: unknown) => logger.warn({ err: error }, 'redis subscription failed'));
  });
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of hearers.get(channel) ?? []) listener(message);
  });

  return {
    redis,
    async ask(question) {
      try {
        const answer = await question();
        if (!isAnswering) {
          isAnswering = true;
          publishMissed();
        }
        return answer;
      } catch (cause) {
        isAnswering = false;
        throw new DrydockError('STORE_UNAVAILABLE', undefined, undefined, { cause });
      }
    },
    onMessage(channel, listener) {
      const listeners = hearers.get(channel) ?? new Set();
      hearers.set(channel, listeners.add(listener));
    },
    onMissed: (listener) => void missed.add(listener),
    healthy: () => redis.status === 'ready' && isAnswering,
    async open(patienceMs) {
      await waitUntilReady(redis, patienceMs);
      await waitUntilReady(subscriber, patienceMs).catch(() => undefined);
    },
    close() {
      hearers.clear();
      missed.clear();
      redis.disconnect();
      subscriber.disconnect();
    },
  };
}

async function waitUntilReady(client: Redis | Cluster, patienceMs: number): Promise<void> {
  client.connect().catch(() => undefined); // The retry strategy goes on; the wait below decides.
  await new Promise<void>((resolve, reject) => {
    let last = new Error('no answer');
    const onError = (error: Error) => {
      last = error;
    };
    const done = (settle: () => void) => {
      clearTimeout(timer);
      client.off('error', onError);
      client.off('ready', onReady);
      settle();
    };
    const onReady = () => done(resolve);
    const timer = setTimeout(() => done(() => reject(last)), patienceMs);
    client.on('error', onError);
    client.once('ready', onReady);
  });
}
