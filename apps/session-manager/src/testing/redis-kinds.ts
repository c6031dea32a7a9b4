/** Real Redis of the kinds that operators have: with TLS under an authority of the test's own, and a cluster of three masters. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startTestRedis, type TestRedis } from '@drydock/testkit';

const run = promisify(execFile);

/** How long three servers take to agree, on a busy machine (ms). */
const AGREE_MS = 30_000;

export interface TlsRedis extends TestRedis {
  /** The authority that signed the server's certificate. */
  readonly caFile: string;
}

/** Makes an authority and a certificate for 127.0.0.1 with openssl, and starts a server that speaks nothing but TLS. */
export async function startTlsRedis(): Promise<TlsRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'dd-redis-tls-'));
  const at = (name: string) => join(directory, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const openssl = (...args: string[]) => run('openssl', args);
  await openssl(
    ...['req', '-x509', ...key, '-days', '2', '-subj', '/CN=Test authority'],
    ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
  );
  await openssl('req', ...key, '-subj', '/CN=redis', '-keyout', at('server.key'), '-out', at('server.csr'));
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  await openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'],
    ...['-days', '2', '-extfile', at('names'), '-out', at('server.pem')],
  );
  const port = await freePort();
  const redis = await startTestRedis([
    ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', '--requirepass', 'a secret/word'],
    ...['--tls-cert-file', at('server.pem'), '--tls-key-file', at('server.key'), '--tls-ca-cert-file', at('ca.pem')],
  ]);
  return {
    ...redis,
    url: `rediss://:${encodeURIComponent('a secret/word')}@127.0.0.1:${port}`,
    caFile: at('ca.pem'),
    async stop() {
      await redis.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface ClusterRedis {
  readonly url: string;
  /** The masters, in no order. */
  readonly servers: readonly TestRedis[];
  /** The master that holds a key. */
  masterOf(key: string): Promise<TestRedis>;
  stop(): Promise<void>;
}

/** Starts three masters and joins them. */
export async function startClusterRedis(): Promise<ClusterRedis> {
  const servers = await Promise.all(
    Array.from({ length: 3 }, async () =>
      startTestRedis([
        ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port', String(await freePort())],
        // A master that is away must not stop those that are there.
        ...['--cluster-require-full-coverage', 'no', '--cluster-allow-pubsubshard-when-down', 'yes'],
      ]),
    ),
  );
  const places = servers.map(({ url }) => new URL(url).host);
  const cli = async (place: string, ...args: string[]) =>
    (await run('redis-cli', ['-h', '127.0.0.1', '-p', place.split(':')[1] ?? '', ...args])).stdout;
  await run('redis-cli', ['--cluster', 'create', ...places, '--cluster-yes']);
  const deadline = Date.now() + AGREE_MS;
  for (const place of places) {
    while (!(await cli(place, 'cluster', 'info')).includes('cluster_state:ok')) {
      if (Date.now() > deadline) throw new Error('the cluster does not come up');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    url: `redis+cluster://${places[0]}?seeds=${places.slice(1).join(',')}`,
    servers,
    async masterOf(key) {
      const [place = ''] = places;
      const slot = Number(await cli(place, 'cluster', 'keyslot', key));
      const shards = (await cli(place, 'cluster', 'nodes')).split('\n').map((line) => line.split(' '));
      const owner = shards.find((words) =>
        words.slice(8).some((range) => {
          const [first = '', last = first] = range.split('-');
          return slot >= Number(first) && slot <= Number(last);
        }),
      );
      const found = servers.find(({ url }) => owner?.[1]?.startsWith(`${new URL(url).host}@`));
      if (found === undefined) throw new Error(`nobody holds slot ${slot}`);
      return found;
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
