/** The manager's environment: read once, validated, the only door to it. */
import { BlockList, isIP } from 'node:net';
import { MAX_WORK_BITS } from '@drydock/protocol';
import { EnvError, envInteger, readEnv } from '@drydock/service-kit';
import { z } from 'zod';
import { parseForges } from './labs/forge/forge-address.ts';
import { type BindDefaults, cautiousDefaults, OPEN_PLACE, openByAccident } from './public-bind.ts';
import { type AllowList, parseAllowList } from './sign-in/allow-list.ts';

const url = (protocols: string[]) =>
  z.string().refine((text) => protocols.some((protocol) => text.startsWith(`${protocol}://`)) && URL.canParse(text), {
    message: `must be a URL with ${protocols.join(' or ')}`,
  });

const addressList = z.string().transform((text, context) => {
  const list = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix);
    if (isIP(address) === 0 || !Number.isInteger(bits)) {
      context.addIssue({ code: 'custom', message: 'must be addresses or networks, separated by commas' });
      return z.NEVER;
    }
    list.addSubnet(address, bits, family);
  }
  return list;
});

const domainName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);

const domainNames = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(domainName));

/** Bytes, or a number with k, m or g (powers of 1024). */
const size = z
  .string()
  .regex(/^\d+[kmg]?$/i, 'must be a size such as 512k or 100m')
  .transform(
    (text) => Number.parseInt(text, 10) * 1024 ** ' kmg'.indexOf(/[kmg]$/i.exec(text)?.[0]?.toLowerCase() ?? ' '),
  );

const allowList = z.string().transform((text, context) => {
  try {
    return parseAllowList(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const forges = z.string().transform((text, context) => {
  try {
    return parseForges(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const isLoopback = (host: string) => ['localhost', '127.0.0.1', '[::1]'].includes(host);

const envSchema = z.object({
  DRYDOCK_HOST: z.string().default('127.0.0.1'),
  DRYDOCK_PORT: envInteger(0, 65535).default(3000),
  DRYDOCK_DOMAIN: domainName.default('localhost'),
  /** Another domain for published ports, so that no page of a node is same-site with ours. */
  DRYDOCK_PORTS_DOMAIN: domainName.optional(),
  /** Requests and sockets of one session's ports at a time. */
  DRYDOCK_PORT_CONNECTIONS: envInteger(1, 100_000).default(1024),
  /** Bytes a second of one session's ports, both directions together; 0 for no bound. */
  DRYDOCK_PORT_BANDWIDTH: size.default(0),
  /** 1: strangers see a warning before the page of a public port. */
  DRYDOCK_PORT_WARNING: z.enum(['0', '1']).optional(),
  /** The origin that browsers see, when a TLS edge or another port stands before this one. */
  DRYDOCK_PUBLIC_URL: url(['http', 'https']).optional(),
  /** Further names that requests may call it by; all others are refused but addresses and this machine's own name. */
  DRYDOCK_HOST_NAMES: domainNames.optional(),
  /** A certificate (PEM, with its chain) and its key: the listener then speaks TLS and HTTP/2 itself. */
  DRYDOCK_TLS_CERT_FILE: z.string().optional(),
  DRYDOCK_TLS_KEY_FILE: z.string().optional(),
  /** `memory`: a manager alone, on this machine's loopback, that forgets everything at its end (`npm run dev`). */
  DRYDOCK_STORE: z.enum(['redis', 'memory']).default('redis'),
  REDIS_URL: url(['redis', 'rediss', 'redis+cluster', 'rediss+cluster']).optional(),
  /** Who signed the certificate of a rediss:// server, when the system does not know it. */
  DRYDOCK_REDIS_CA_FILE: z.string().optional(),
  DRYDOCK_WEB_URL: url(['http']).optional(),
  DRYDOCK_SESSION_HOURS: z.coerce.number().positive().max(168).default(4),
  DRYDOCK_MAX_HOURS: z.coerce.number().positive().max(168).default(12),
  /** After a session's end its owner can fetch files for so long, and for a quarter of its length at most. */
  DRYDOCK_GRACE_MINUTES: z.coerce.number().min(0).max(1440).default(15),
  /** A session without typing and calls for so long ends; 0: never. */
  DRYDOCK_IDLE_MINUTES: z.coerce.number().min(0).max(10_080).optional(),
  DRYDOCK_NODES_PER_SESSION: envInteger(1, 100).default(8),
  DRYDOCK_MAX_SESSIONS: envInteger(1, 1_000_000).default(10_000),
  DRYDOCK_EGRESS: z.enum(['internet', 'mirror-only', 'none']).optional(),
  DRYDOCK_AGENT_KEYS_FILE: z.string(),
  /** Mixed into the signatures of port cookies, so that what lies in Redis alone forges none. */
  DRYDOCK_MANAGER_SECRET_FILE: z.string().optional(),
  DRYDOCK_LIBRARY_FILE: z.string().optional(),
  /** Templates of the operator's own, in YAML (templates/template-file.ts). */
  DRYDOCK_TEMPLATES_FILE: z.string().optional(),
  /** Labs of the operator's own; read again when something in it changes. */
  DRYDOCK_LABS_DIR: z.string().optional(),
  /** Forges from which labs may be had by address; none by default. */
  /** Which pages of other sites may show frames of ours. Unset: any on a loopback, those with a key in a public place. */
  DRYDOCK_EMBED: z.enum(['off', 'keys', 'open']).optional(),
  DRYDOCK_LAB_SOURCES: forges.prefault(''),
  DRYDOCK_METRICS_HOST: z.string().default('127.0.0.1'),
  DRYDOCK_METRICS_PORT: envInteger(0, 65535).optional(),
  /** Proxies whose X-Forwarded-For is believed. */
  DRYDOCK_TRUSTED_PROXIES: addressList.optional(),
  /** Sessions that one address may create: at once, and each minute after that. A class behind one address fits the burst. */
  DRYDOCK_CREATE_BURST: envInteger(1, 100_000).default(40),
  DRYDOCK_CREATES_PER_MINUTE: envInteger(1, 1_000_000).default(30),
  /** What one address may have at a time: living sessions, and a part of the nodes of all hosts (percent). */
  DRYDOCK_SESSIONS_PER_ADDRESS: envInteger(1, 1_000_000).default(40),
  DRYDOCK_NODE_PERCENT_PER_ADDRESS: envInteger(1, 100).default(50),
  /** Connections of one address to the public port. */
  DRYDOCK_CONNECTIONS_PER_ADDRESS: envInteger(10, 1_000_000).default(1000),
  /** Addresses that those three do not count. */
  DRYDOCK_UNCOUNTED_NETWORKS: addressList.prefault('127.0.0.0/8,::1'),
  /** Calls of one address: at once, and each second after that. */
  DRYDOCK_CALL_BURST: envInteger(1, 1_000_000).default(1000),
  DRYDOCK_CALLS_PER_SECOND: envInteger(1, 1_000_000).default(200),
  /** Wrong tokens of one address: at once, and each minute after that. */
  DRYDOCK_WRONG_TOKEN_BURST: envInteger(1, 100_000).default(30),
  DRYDOCK_WRONG_TOKENS_PER_MINUTE: envInteger(1, 100_000).default(30),
  /** Its lasting name among several managers of one store. Unset: this machine's name and the port. */
  DRYDOCK_MANAGER_NAME: z
    .string()
    .regex(/^[\w.:-]{1,128}$/)
    .optional(),
  /** Sign-in by OpenID Connect: the issuer's address; plain http on the loopback only. Unset: nobody signs in. */
  DRYDOCK_OIDC_ISSUER: url(['https', 'http'])
    .refine((text) => text.startsWith('https:') || isLoopback(new URL(text).hostname), {
      message: 'must be https, but on this machine itself',
    })
    .optional(),
  DRYDOCK_OIDC_CLIENT_ID: z.string().min(1).optional(),
  DRYDOCK_OIDC_CLIENT_SECRET_FILE: z.string().optional(),
  DRYDOCK_OIDC_ALLOW: allowList.default([] satisfies AllowList),
  /** Who is an operator of this place, by a claim of the token: `groups=drydock-operators`. Unset: nobody, by sign-in. */
  DRYDOCK_OIDC_OPERATOR: z
    .string()
    .regex(/^[^=\s]{1,64}=\S{1,128}$/, 'must be claim=value')
    .transform((text) => ({ name: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }))
    .optional(),
  /** What the log and the operator get of the addresses of those who start sessions. */
  DRYDOCK_AUDIT_ADDRESS: z.enum(['plain', 'hash', 'none']).default('hash'),
  /** What happens to a session one of whose nodes uses that share of its own processors over so many minutes. */
  DRYDOCK_CPU_RULE: z.enum(['off', 'flag', 'freeze', 'end']).default('flag'),
  DRYDOCK_CPU_RULE_PERCENT: envInteger(1, 100).default(90),
  DRYDOCK_CPU_RULE_MINUTES: envInteger(1, 240).default(30),
  /** Who may create sessions: everybody, those who signed in, or who has done a little work. Unset: sign-in where there is an issuer. */
  DRYDOCK_START_GATE: z.enum(['none', 'sign-in', 'work']).optional(),
  /** yes: everybody may start sessions in a public place, by choice. */
  DRYDOCK_OPEN: z.enum(['yes']).optional(),
  /** Zero bits that the work of a start must show, where the gate is `work`. */
  DRYDOCK_WORK_BITS: envInteger(1, MAX_WORK_BITS).default(18),
  DRYDOCK_SESSIONS_PER_USER: envInteger(1, 10_000).default(3),
  DRYDOCK_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type ManagerEnv = z.output<typeof envSchema> & BindDefaults;

/** Parses an environment (default: this process's). @throws EnvError naming each bad variable. */
export function readManagerEnv(source: Record<string, string | undefined> = process.env): ManagerEnv {
  const env = readEnv(envSchema, source);
  if (env.DRYDOCK_OIDC_ISSUER !== undefined && env.DRYDOCK_OIDC_CLIENT_ID === undefined) {
    throw new EnvError('DRYDOCK_OIDC_CLIENT_ID: must be set where there is an issuer');
  }
  if ((env.DRYDOCK_TLS_CERT_FILE === undefined) !== (env.DRYDOCK_TLS_KEY_FILE === undefined)) {
    throw new EnvError('DRYDOCK_TLS_CERT_FILE and DRYDOCK_TLS_KEY_FILE: one without the other is of no use');
  }
  if (env.DRYDOCK_TLS_CERT_FILE !== undefined && env.DRYDOCK_PUBLIC_URL?.startsWith('http:')) {
    throw new EnvError('DRYDOCK_PUBLIC_URL: must be https where there is a certificate');
  }
  if (env.DRYDOCK_OIDC_ISSUER === undefined && env.DRYDOCK_START_GATE === 'sign-in') {
    throw new EnvError('DRYDOCK_START_GATE: sign-in needs DRYDOCK_OIDC_ISSUER');
  }
  if (env.DRYDOCK_STORE === 'redis' && env.REDIS_URL === undefined) throw new EnvError('REDIS_URL: must be set');
  if (env.DRYDOCK_STORE === 'memory' && !isLoopback(env.DRYDOCK_HOST)) {
    throw new EnvError('DRYDOCK_STORE: memory is for development, where DRYDOCK_HOST is the loopback');
  }
  if (openByAccident(env)) throw new EnvError(OPEN_PLACE);
  return { ...env, ...cautiousDefaults(env) };
}
