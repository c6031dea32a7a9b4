/** Connections to Redis by one address: a single server or a cluster, plain or with TLS. */
import { readFileSync } from 'node:fs';
import { createBackoff } from '@drydock/service-kit';
import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** A Redis on the same host answers in under a millisecond; after this long (ms) it is as good as gone. */
const COMMAND_TIMEOUT_MS = 3000;
/** Longest wait between two attempts to reach a lost Redis (ms); creation is paused meanwhile, so it is short. */
const MAX_RECONNECT_MS = 1000;
const DEFAULT_PORT = 6379;

/** Where Redis is, as its URL says. */
export interface RedisPlace {
  kind: 'single' | 'cluster';
  /** The first servers to ask; a cluster tells of its others. */
  seeds: { host: string; port: number }[];
  tls: boolean;
  username: string | undefined;
  password: string | undefined;
  db: number;
}

/**
 * Reads `redis[s]://[user:password@]host[:port][/db]` or, for a cluster, `redis[s]+cluster://[user:password@]host[:port]` with more first
 * servers as `?seeds=host:port,host:port`.
 */
export function parseRedisUrl(text: string): RedisPlace {
  const url = new URL(text);
  const place = (authority: string) => {
    const { hostname, port } = new URL(`redis://${authority}`);
    return { host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: port === '' ? DEFAULT_PORT : Number(port) };
  };
  const more = (url.searchParams.get('seeds') ?? '').split(',').filter((part) => part !== '');
  return {
    kind: url.protocol.includes('+cluster') ? 'cluster' : 'single',
    seeds: [url.host, ...more].map(place),
    tls: url.protocol.startsWith('rediss'),
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    db: Number(url.pathname.slice(1) || 0),
  };
}

export interface RedisClients {
  /** For commands; nothing is connected yet. */
  commands: Redis | Cluster;
  /** For channels: one server of a cluster hears what is published at any of them. */
  subscriber: Redis;
  /** The connection is well: the waits between attempts begin anew. */
  settled(): void;
}

/** Builds the clients. `caFile`: the authority that signed the servers' certificates, when the system does not know it. */
export function createRedisClients(text: string, caFile: string | undefined): RedisClients {
  const { kind, seeds, tls, username, password, db } = parseRedisUrl(text);
  const backoff = createBackoff({ minMs: 50, maxMs: MAX_RECONNECT_MS });
  const shared = {
    lazyConnect: true,
    connectTimeout: COMMAND_TIMEOUT_MS,
    // A write that waits in a queue through an outage would happen long after its caller was told that it failed.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: caFile === undefined ? {} : { ca: readFileSync(caFile) } } : {}),
  } satisfies RedisOptions;

  function single(): Redis {
    const [seed] = seeds;
    return new Redis({
      ...shared,
      ...seed,
      db,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      retryStrategy: () => backoff.next(),
    });
  }

  function cluster(): Cluster {
    return new Cluster(seeds, {
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: () => backoff.next(),
      redisOptions: { ...shared, commandTimeout: COMMAND_TIMEOUT_MS },
      // Certificates name hosts, and a cluster tells of addresses; both must be asked as they are.
      dnsLookup: (address, done) => done(null, address),
    });
  }

  const commands = kind === 'cluster' ? cluster() : single();
  let turn = 0;
  const subscriber: Redis = new Redis({
    ...shared,
    ...seeds[0],
    db,
    enableOfflineQueue: false,
    // The store subscribes at each `ready`. ioredis' own try has nobody who hears of its failure: that would end the process.
    autoResubscribe: false,
    retryStrategy() {
      if (commands instanceof Cluster) {
        // The server that we listened to may be the one that is gone.
        const known = [...seeds, ...commands.nodes().map(({ options }) => options)];
        turn += 1;
        const next = known[turn % known.length];
        subscriber.options.host = next?.host ?? 'localhost';
        subscriber.options.port = next?.port ?? DEFAULT_PORT;
      }
      return backoff.next();
    },
  });
  return { commands, subscriber, settled: () => backoff.reset() };
}
