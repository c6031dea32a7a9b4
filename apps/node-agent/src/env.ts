/** The agent's environment: the only place that reads it. .env.example explains the public ones. */
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { hostNameSchema } from '@drydock/protocol';
import { EnvError, envInteger, readEnv } from '@drydock/service-kit';
import { z } from 'zod';
import { DEFAULT_OVERCOMMIT } from './host/capacity.ts';
import { DEFAULT_TRAFFIC_LIMITS } from './network/egress.ts';
import { NO_LISTS, parseAllowed, parseEgressList } from './network/egress-lists.ts';

const BITS_PER_MEGABIT = 1_000_000;
const BYTES_PER_MEGABYTE = 1_000_000;
const UNITS: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** A number of bytes: whole, or with k, m, g or t (powers of 1024). */
const sizeSchema = z
  .string()
  .regex(/^\d+[kmgt]?$/i, 'must be a size such as 512m or 10g')
  .transform((text) => {
    const unit = /[kmgt]$/i.exec(text)?.[0] ?? '';
    return Number.parseInt(text, 10) * (UNITS[unit.toLowerCase()] as number);
  });

/** Networks and names; what `parse` says of a bad one is the complaint. */
function egressList(parse: typeof parseEgressList) {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      context.issues.push({ code: 'custom', message: (error as Error).message, input: text });
      return z.NEVER;
    }
  });
}

const absolute = z.string().regex(/^\//, 'must be an absolute path');

/** Addresses separated by commas; the same one twice would be a second agent of our name. */
const managerUrls = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((part) => part.trim()))])
  .pipe(z.array(z.url({ protocol: /^https?$/ })).max(16));

const schema = z.object({
  DRYDOCK_STATE_DIR: absolute.default('/var/lib/drydock'),
  DRYDOCK_IMAGES_DIR: absolute.optional(),
  DRYDOCK_RUN_DIR: absolute.default('/run/drydock'),
  /** Unset: this checkout's own builds. */
  DRYDOCK_NATIVE_DIR: absolute.optional(),
  DRYDOCK_MANAGER_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3000'),
  /** All managers, when there are several; each by an address of its own, not by the balancer's. */
  DRYDOCK_MANAGER_URLS: managerUrls.optional(),
  /** 1: the key may go to a manager elsewhere in clear. */
  DRYDOCK_INSECURE_MANAGER: z.enum(['0', '1']).default('0'),
  DRYDOCK_AGENT_NAME: hostNameSchema,
  DRYDOCK_AGENT_KEY_FILE: absolute,
  DRYDOCK_TERMINALS_SOCKET: absolute,
  DRYDOCK_LIBRARY_URL: z.url({ protocol: /^https?$/ }),
  DRYDOCK_HUB_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Where lxcfs is mounted, if this host runs it. */
  DRYDOCK_LXCFS_DIR: absolute.optional(),
  DRYDOCK_EGRESS: z.enum(['internet', 'mirror-only', 'none']).default('internet'),
  DRYDOCK_EGRESS_DENY: egressList(parseEgressList).default(NO_LISTS.denied),
  DRYDOCK_EGRESS_ALLOW: egressList(parseAllowed).default(NO_LISTS.allowed),
  /** Unset: 7 where a manager is elsewhere, else none. */
  DRYDOCK_FLOW_LOG_DAYS: envInteger(0, 3650).optional(),
  /** What makes nodes: runc, or processes of this user that only play nodes (`npm run dev`, tests). */
  DRYDOCK_RUNTIME: z.enum(['runc', 'fake']).default('runc'),
  DRYDOCK_NODE_CPUS: z.coerce.number().min(0.1).max(256).default(2),
  DRYDOCK_NODE_MEMORY: sizeSchema.default(2 * 1024 ** 3),
  DRYDOCK_NODE_DISK: sizeSchema.default(10 * 1024 ** 3),
  DRYDOCK_NODE_PIDS: envInteger(256, 1_000_000).default(4096),
  DRYDOCK_NODE_FILES: envInteger(1024, 1_048_576).default(1_048_576),
  DRYDOCK_NODE_DISK_MBYTES: envInteger(1, 100_000).default(200),
  DRYDOCK_NODE_DISK_OPS: envInteger(10, 10_000_000).default(10_000),
  DRYDOCK_NODE_CONNECTIONS: envInteger(16, 1_000_000).default(DEFAULT_TRAFFIC_LIMITS.connections),
  DRYDOCK_NODE_CONNECTIONS_PER_SECOND: envInteger(1, 100_000).default(DEFAULT_TRAFFIC_LIMITS.connectionsPerSecond),
  DRYDOCK_SESSION_MBITS: envInteger(1, 100_000).default(DEFAULT_TRAFFIC_LIMITS.bandwidth / BITS_PER_MEGABIT),
  /** Where the place's other hosts reach this one, for sessions that span them. Unset: sessions stay on this host. */
  DRYDOCK_HOST_ADDRESS: z.ipv4().optional(),
  /** Free disk below which sessions that write are frozen. */
  DRYDOCK_DISK_FLOOR: sizeSchema.default(2 * 1024 ** 3),
  DRYDOCK_OVERCOMMIT: z.coerce.number().min(1).max(100).default(DEFAULT_OVERCOMMIT),
  /** Unset: by the host's memory and disk. */
  DRYDOCK_MAX_NODES: envInteger(1, 10_000).optional(),
  /** Unset: chosen by the host's memory. */
  DRYDOCK_POOL_SIZE: envInteger(0, 1000).optional(),
  DRYDOCK_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** All paths of the native builds lie here unless DRYDOCK_NATIVE_DIR says otherwise; the same from src/ and dist/. */
const OWN_NATIVE_DIR = fileURLToPath(new URL('../../../native/build', import.meta.url));

/** Whether it is this machine: what goes there by plain http nobody else reads. */
function isHere({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true;
  const own = Object.values(networkInterfaces()).flatMap((found) => found?.map(({ address }) => address) ?? []);
  return own.includes(host);
}

const inClear = (url: string) =>
  `DRYDOCK_MANAGER_URL: ${url} would get this host's key and every terminal in clear; use https, or set DRYDOCK_INSECURE_MANAGER=1 where nobody else is on the way`;

/** Reads the agent's settings. @throws EnvError naming every bad variable. */
export function readAgentEnv(source: Record<string, string | undefined> = process.env) {
  const env = readEnv(schema, source);
  const managerUrls = env.DRYDOCK_MANAGER_URLS ?? [env.DRYDOCK_MANAGER_URL];
  const clear = managerUrls.find((url) => url.startsWith('http:') && !isHere(new URL(url)));
  if (clear !== undefined && env.DRYDOCK_INSECURE_MANAGER !== '1') throw new EnvError(inClear(clear));
  return {
    stateDir: env.DRYDOCK_STATE_DIR,
    imagesDir: env.DRYDOCK_IMAGES_DIR ?? `${env.DRYDOCK_STATE_DIR}/images`,
    runDir: env.DRYDOCK_RUN_DIR,
    nativeDir: env.DRYDOCK_NATIVE_DIR ?? OWN_NATIVE_DIR,
    managerUrls,
    name: env.DRYDOCK_AGENT_NAME,
    keyFile: env.DRYDOCK_AGENT_KEY_FILE,
    terminalsSocket: env.DRYDOCK_TERMINALS_SOCKET,
    libraryUrl: env.DRYDOCK_LIBRARY_URL,
    hubUrl: env.DRYDOCK_HUB_URL,
    lxcfsDir: env.DRYDOCK_LXCFS_DIR,
    egress: env.DRYDOCK_EGRESS,
    flowLogDays: env.DRYDOCK_FLOW_LOG_DAYS ?? (managerUrls.every((url) => isHere(new URL(url))) ? 0 : 7),
    egressLists: { denied: env.DRYDOCK_EGRESS_DENY, allowed: env.DRYDOCK_EGRESS_ALLOW },
    runtime: env.DRYDOCK_RUNTIME,
    nodeLimits: {
      cpus: env.DRYDOCK_NODE_CPUS,
      memoryBytes: env.DRYDOCK_NODE_MEMORY,
      diskBytes: env.DRYDOCK_NODE_DISK,
      pids: env.DRYDOCK_NODE_PIDS,
    },
    nodeFiles: env.DRYDOCK_NODE_FILES,
    diskRates: {
      bytesPerSecond: env.DRYDOCK_NODE_DISK_MBYTES * BYTES_PER_MEGABYTE,
      operationsPerSecond: env.DRYDOCK_NODE_DISK_OPS,
    },
    overcommit: env.DRYDOCK_OVERCOMMIT,
    diskFloorBytes: env.DRYDOCK_DISK_FLOOR,
    traffic: {
      connections: env.DRYDOCK_NODE_CONNECTIONS,
      connectionsPerSecond: env.DRYDOCK_NODE_CONNECTIONS_PER_SECOND,
      bandwidth: env.DRYDOCK_SESSION_MBITS * BITS_PER_MEGABIT,
    },
    hostAddress: env.DRYDOCK_HOST_ADDRESS,
    maxNodes: env.DRYDOCK_MAX_NODES,
    poolSize: env.DRYDOCK_POOL_SIZE,
    logLevel: env.DRYDOCK_LOG_LEVEL,
  };
}

export type AgentEnv = ReturnType<typeof readAgentEnv>;
