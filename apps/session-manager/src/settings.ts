/** What a manager is told, and how it comes from the environment. */
import { readFileSync } from 'node:fs';
import type { BlockList } from 'node:net';
import { hostname } from 'node:os';
import { createSecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { EnvError } from '@drydock/service-kit';
import type { TlsSettings } from './edge/door/tls-files.ts';
import type { PortLimitSettings } from './edge/ports/limits.ts';
import type { ManagerEnv } from './env.ts';
import type { Forges } from './labs/forge/forge-address.ts';
import { newToken } from './model/links.ts';
import type { AddressRecord } from './operator/client-names.ts';
import type { CpuRule } from './operator/cpu-rule.ts';
import type { AddressBounds } from './scheduling/address-shares.ts';
import type { AllowList } from './sign-in/allow-list.ts';
import type { OidcSettings } from './sign-in/oidc.ts';
import type { EmbedMode } from './sites/sites.ts';
import { parseTemplates } from './templates/template-file.ts';
import type { Template } from './templates/templates.ts';

export interface LabSettings {
  /** The folder of labs that come with the release. */
  builtInDir: string | undefined;
  operatorDir: string | undefined;
  /** Forges from which labs may be had by address. */
  forges: Forges;
}

export interface ManagerSettings {
  host: string;
  port: number;
  domain: string;
  portsDomain?: string | undefined;
  /** What one session may take of the gateway. */
  portLimits: PortLimitSettings;
  warnStrangers: boolean;
  publicUrl: string | undefined;
  /** Further names that it answers to. */
  hostNames?: readonly string[] | undefined;
  /** The certificate of the listener itself; undefined: it speaks plain HTTP. */
  tls?: TlsSettings | undefined;
  trustedProxies: BlockList | undefined;
  webUrl: string | undefined;
  agentKeysFile: string;
  managerSecret: string;
  libraryFile: string | undefined;
  addressBounds: AddressBounds;
  /** The operator's own. */
  templates: readonly Template[];
  labs: LabSettings;
  /** Which pages of other sites may show frames of ours. */
  embed: EmbedMode;
  /** Where the scripts are that such pages load. */
  embedScriptsDir: string;
  metrics: { host: string; port: number } | undefined;
  sessionHours: number;
  maxSessionHours: number;
  maxNodes: number;
  maxSessions: number;
  egress: 'internet' | 'mirror-only' | 'none' | undefined;
  rates: Record<'creates' | 'calls' | 'wrongTokens', { burst: number; perSecond: number }>;
  /** How long files can be fetched after a session's end, at most. */
  retentionMinutes: number;
  /** Minutes without use after which a session ends; 0: never. */
  idleMinutes: number;
  /** Sign-in by OpenID Connect; undefined: nobody signs in. */
  signIn: (OidcSettings & { allow: AllowList; required: boolean }) | undefined;
  /** Zero bits that the work of a start must show; undefined: a start costs none. */
  workBits?: number | undefined;
  /** Sessions that one person who signed in may have at once. */
  sessionsPerUser: number;
  hostTimeoutMs?: number;
  /** What is kept of the addresses of those who start sessions. */
  auditAddress: AddressRecord;
  cpuRule: CpuRule;
  /** Its lasting name among several managers of one store. */
  name: string;
  version: string;
}

/** The operator's own templates. @throws EnvError when the file cannot be read or is not right. */
function readTemplates({ DRYDOCK_TEMPLATES_FILE: path, DRYDOCK_NODES_PER_SESSION: maxNodes }: ManagerEnv): Template[] {
  if (path === undefined) return [];
  try {
    return parseTemplates(readFileSync(path, 'utf8'), maxNodes);
  } catch (error) {
    throw new EnvError(`DRYDOCK_TEMPLATES_FILE: ${path}: ${(error as Error).message}`);
  }
}

/** The settings of a process; `version` is the package's. */
export function settingsFrom(env: ManagerEnv, version: string): ManagerSettings {
  const secretFile = env.DRYDOCK_MANAGER_SECRET_FILE;
  return {
    host: env.DRYDOCK_HOST,
    port: env.DRYDOCK_PORT,
    domain: env.DRYDOCK_DOMAIN,
    portsDomain: env.DRYDOCK_PORTS_DOMAIN,
    portLimits: {
      connections: env.DRYDOCK_PORT_CONNECTIONS,
      bytesPerSecond: env.DRYDOCK_PORT_BANDWIDTH === 0 ? undefined : env.DRYDOCK_PORT_BANDWIDTH,
    },
    warnStrangers: env.DRYDOCK_PORT_WARNING === '1',
    publicUrl: env.DRYDOCK_PUBLIC_URL,
    hostNames: env.DRYDOCK_HOST_NAMES,
    tls: tlsOf(env),
    trustedProxies: env.DRYDOCK_TRUSTED_PROXIES,
    webUrl: env.DRYDOCK_WEB_URL,
    agentKeysFile: env.DRYDOCK_AGENT_KEYS_FILE,
    addressBounds: {
      sessions: env.DRYDOCK_SESSIONS_PER_ADDRESS,
      nodePercent: env.DRYDOCK_NODE_PERCENT_PER_ADDRESS,
      connections: env.DRYDOCK_CONNECTIONS_PER_ADDRESS,
      uncounted: env.DRYDOCK_UNCOUNTED_NETWORKS,
    },
    // Without a file, cookies of private ports are good until a restart; browsers then fetch new ones by themselves.
    managerSecret: secretFile === undefined ? newToken() : readFileSync(secretFile, 'utf8').trim(),
    libraryFile: env.DRYDOCK_LIBRARY_FILE,
    templates: readTemplates(env),
    labs: {
      builtInDir: fileURLToPath(new URL('../../../labs', import.meta.url)),
      operatorDir: env.DRYDOCK_LABS_DIR,
      forges: env.DRYDOCK_LAB_SOURCES,
    },
    embed: env.DRYDOCK_EMBED,
    embedScriptsDir: fileURLToPath(new URL('../../../packages/embed/dist', import.meta.url)),
    name: env.DRYDOCK_MANAGER_NAME ?? `${hostname()}:${env.DRYDOCK_PORT}`,
    version,
    metrics:
      env.DRYDOCK_METRICS_PORT === undefined
        ? undefined
        : { host: env.DRYDOCK_METRICS_HOST, port: env.DRYDOCK_METRICS_PORT },
    sessionHours: env.DRYDOCK_SESSION_HOURS,
    // An operator who makes sessions longer than the usual maximum means it.
    maxSessionHours: Math.max(env.DRYDOCK_MAX_HOURS, env.DRYDOCK_SESSION_HOURS),
    maxNodes: env.DRYDOCK_NODES_PER_SESSION,
    maxSessions: env.DRYDOCK_MAX_SESSIONS,
    signIn: signInOf(env),
    workBits: env.DRYDOCK_START_GATE === 'work' ? env.DRYDOCK_WORK_BITS : undefined,
    sessionsPerUser: env.DRYDOCK_SESSIONS_PER_USER,
    retentionMinutes: env.DRYDOCK_GRACE_MINUTES,
    idleMinutes: env.DRYDOCK_IDLE_MINUTES,
    egress: env.DRYDOCK_EGRESS,
    auditAddress: env.DRYDOCK_AUDIT_ADDRESS,
    cpuRule: {
      action: env.DRYDOCK_CPU_RULE,
      percent: env.DRYDOCK_CPU_RULE_PERCENT,
      minutes: env.DRYDOCK_CPU_RULE_MINUTES,
    },
    rates: {
      creates: { burst: env.DRYDOCK_CREATE_BURST, perSecond: env.DRYDOCK_CREATES_PER_MINUTE / 60 },
      calls: { burst: env.DRYDOCK_CALL_BURST, perSecond: env.DRYDOCK_CALLS_PER_SECOND },
      wrongTokens: { burst: env.DRYDOCK_WRONG_TOKEN_BURST, perSecond: env.DRYDOCK_WRONG_TOKENS_PER_MINUTE / 60 },
    },
  };
}

function signInOf(env: ManagerEnv): ManagerSettings['signIn'] {
  const { DRYDOCK_OIDC_ISSUER: issuer, DRYDOCK_OIDC_CLIENT_ID: clientId } = env;
  if (issuer === undefined || clientId === undefined) return undefined;
  const file = env.DRYDOCK_OIDC_CLIENT_SECRET_FILE;
  return {
    issuer,
    clientId,
    clientSecret: file === undefined ? undefined : readFileSync(file, 'utf8').trim(),
    allow: env.DRYDOCK_OIDC_ALLOW,
    operatorClaim: env.DRYDOCK_OIDC_OPERATOR,
    required: (env.DRYDOCK_START_GATE ?? 'sign-in') === 'sign-in',
  };
}

/** The certificate's files. @throws EnvError when they cannot be used. */
function tlsOf({ DRYDOCK_TLS_CERT_FILE: certFile, DRYDOCK_TLS_KEY_FILE: keyFile }: ManagerEnv): ManagerSettings['tls'] {
  if (certFile === undefined || keyFile === undefined) return undefined;
  try {
    createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  } catch (error) {
    const { path, message } = error as NodeJS.ErrnoException;
    throw new EnvError(
      path === undefined
        ? `DRYDOCK_TLS_CERT_FILE and DRYDOCK_TLS_KEY_FILE: ${message}`
        : `${path === keyFile ? 'DRYDOCK_TLS_KEY_FILE' : 'DRYDOCK_TLS_CERT_FILE'}: ${message}; the user drydock must be able to read it`,
    );
  }
  return { certFile, keyFile };
}
