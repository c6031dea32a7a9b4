/** The processes of a stack: how each is started, what it is told, when it is ready, how it is stopped. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { basePathOf } from '../common/base-path.mjs';
import { REPO } from '../common/paths.mjs';
import { hubCacheCommand } from './hub-cache.mjs';
import { confined, privileged } from './jail.mjs';
import { hasLxcfs, lxcfsCommand, lxcfsDirectory } from './lxcfs.mjs';
import { answersHttp, answersPing, answersRedis, hostConnected } from './readiness.mjs';

/** First start on a busy machine of two cores; a healthy process takes a tenth of it (ms). */
const READY_MS = 60_000;
/** Time to answer what was begun and to close (ms). */
const STOP_MS = 10_000;
/** A host full of nodes to destroy (ms). */
const AGENT_STOP_MS = 90_000;

/**
 * A terminal host that does not answer for half a minute is stuck. Not sooner: starting it again ends all shells of the host, and a busy
 * machine may keep it waiting for some seconds.
 */
const TERMINALS_LIVENESS = { everyMs: 5_000, misses: 6 };

/**
 * @typedef {object} StackPlan
 * @property {Record<string, string>} settings
 * @property {import('../common/paths.mjs').Layout} layout
 * @property {import('../bootstrap/system-user.mjs').ServiceUsers} users
 * @property {{redis: number, mirror: number, web: number, metrics: number, hub: number}} ports
 * @property {string} redisUrl
 * @property {string} hostName
 * @property {string} agentKeyFile
 * @property {string} managerSecrets directory that the manager may read
 * @property {import('./joined.mjs').Joined | undefined} joined the manager elsewhere whose host this machine is
 * @property {string} redisConfig
 * @property {string} mirrorConfig
 * @property {{config: string, storage: string} | undefined} hub the cache of the registry outside, if there is one
 */

/**
 * @param {StackPlan} plan
 * @returns {import('./supervisor.mjs').Service[]} each after all that it needs
 */
export function stackServices(plan) {
  const host = [
    mirror(plan),
    ...(plan.hub === undefined ? [] : [hubCache(plan, plan.hub)]),
    ...(hasLxcfs(plan.settings) ? [lxcfs(plan)] : []),
    terminals(plan),
  ];
  if (plan.joined !== undefined) return [...host, agent(plan)];
  const embedded = plan.settings.REDIS_URL === undefined;
  return [
    ...(embedded ? [redis(plan)] : []),
    ...host,
    web(plan),
    manager(plan, embedded ? ['redis'] : []),
    agent(plan),
  ];
}

/** The address at which this machine's own processes reach the manager. @param {StackPlan} plan */
export function localOrigin({ settings, joined }) {
  if (joined !== undefined) return joined.manager;
  const host = settings.DRYDOCK_HOST ?? '127.0.0.1';
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${reachable}:${settings.DRYDOCK_PORT}`;
}

/** @param {StackPlan} plan @returns {import('./supervisor.mjs').Service} */
function redis(plan) {
  const directory = join(plan.layout.state, 'redis');
  return {
    needs: [],
    spec: {
      name: 'redis',
      ...confined({ user: plan.users.redis, readOnly: [], writable: [directory] }, [
        '/usr/bin/redis-server',
        plan.redisConfig,
      ]),
      env: environment(plan, {}),
      isReady: () => answersRedis(plan.redisUrl),
      ...bounds,
    },
  };
}

/** @param {StackPlan} plan @returns {import('./supervisor.mjs').Service} */
function mirror(plan) {
  const library = join(plan.layout.images, 'library');
  return {
    needs: [],
    spec: {
      name: 'mirror',
      ...confined({ user: plan.users.mirror, readOnly: [library, plan.mirrorConfig], writable: [] }, [
        '/usr/bin/docker-registry',
        'serve',
        plan.mirrorConfig,
      ]),
      env: environment(plan, {}),
      isReady: () => answersHttp(`${mirrorUrl(plan)}/v2/`),
      ...bounds,
    },
  };
}

/**
 * @param {StackPlan} plan
 * @param {{config: string, storage: string}} hub
 * @returns {import('./supervisor.mjs').Service}
 */
function hubCache(plan, { config, storage }) {
  return {
    needs: [],
    spec: {
      name: 'hub',
      ...confined({ user: plan.users.hub, readOnly: [config], writable: [storage] }, hubCacheCommand(config)),
      env: environment(plan, {}),
      // A stack must start without the internet; see hub-cache.mjs.
      isReady: async () => true,
      ...bounds,
    },
  };
}

/** @param {StackPlan} plan @returns {import('./supervisor.mjs').Service} */
function web(plan) {
  const app = join(REPO, 'apps/web');
  const basePath = basePathOf(plan.settings.DRYDOCK_PUBLIC_URL);
  const standalone = join(app, `.next${basePath.replaceAll('/', '-')}`, 'standalone/apps/web/server.js');
  const command = existsSync(standalone)
    ? [node(), standalone]
    : // `next start` does not read HOSTNAME, and listens on every address unless told.
      [node(), join(REPO, 'node_modules/next/dist/bin/next'), 'start', app, '-H', '127.0.0.1'];
  const cache = join(plan.layout.state, 'web');
  return {
    needs: [],
    spec: {
      name: 'web',
      ...confined({ user: plan.users.web, readOnly: [...clone('apps/web'), node()], writable: [cache] }, command),
      env: environment(plan, {
        HOSTNAME: '127.0.0.1',
        PORT: String(plan.ports.web),
        NEXT_TELEMETRY_DISABLED: '1',
        DRYDOCK_MANAGER_URL: localOrigin(plan),
        NEXT_PUBLIC_BASE_PATH: basePath,
      }),
      isReady: () => answersHttp(`${webUrl(plan)}${basePath === '' ? '/' : basePath}`),
      ...bounds,
    },
  };
}

/** @param {StackPlan} plan @param {string[]} needs @returns {import('./supervisor.mjs').Service} */
function manager(plan, needs) {
  const { DRYDOCK_TEMPLATES_FILE: templates, DRYDOCK_REDIS_CA_FILE: redisCa, DRYDOCK_LABS_DIR: labs } = plan.settings;
  const { DRYDOCK_TLS_CERT_FILE: cert, DRYDOCK_TLS_KEY_FILE: key } = plan.settings;
  // Their directories: a renewal puts other files in the place of these.
  const tls = [cert, key].flatMap((path) => (path === undefined ? [] : [dirname(path)]));
  // Labs that come with the clone.
  const builtIn = join(REPO, 'labs');
  const own = [templates, redisCa, labs, existsSync(builtIn) ? builtIn : undefined, ...new Set(tls)].filter(
    (path) => path !== undefined,
  );
  return {
    needs,
    spec: {
      name: 'manager',
      ...confined(
        {
          user: plan.users.manager,
          readOnly: [
            ...clone('apps/session-manager'),
            node(),
            plan.managerSecrets,
            join(plan.layout.images, 'library'),
            ...own,
          ],
          writable: [],
          port: Number(plan.settings.DRYDOCK_PORT),
        },
        [node(), '--enable-source-maps', join(REPO, 'apps/session-manager/dist/main.js')],
      ),
      env: environment(plan, {
        ...forDrydock(plan),
        REDIS_URL: plan.redisUrl,
        DRYDOCK_WEB_URL: webUrl(plan),
        DRYDOCK_METRICS_PORT: plan.settings.DRYDOCK_METRICS_PORT ?? String(plan.ports.metrics),
        DRYDOCK_AGENT_KEYS_FILE: join(plan.managerSecrets, 'agent-keys.json'),
        DRYDOCK_MANAGER_SECRET_FILE: join(plan.managerSecrets, 'secret'),
        DRYDOCK_LIBRARY_FILE: join(plan.layout.images, 'library/current/library.json'),
      }),
      isReady: () => answersHttp(`${localOrigin(plan)}/readyz`),
      ...bounds,
    },
  };
}

/** @param {StackPlan} plan @returns {import('./supervisor.mjs').Service} */
function lxcfs(plan) {
  return {
    needs: [],
    spec: {
      name: 'lxcfs',
      ...privileged(lxcfsCommand(plan.layout)),
      env: environment(plan, {}),
      // Nothing waits for it: nodes get its files when it answers, and live without them when it never does.
      isReady: async () => true,
      ...bounds,
    },
  };
}

/** @param {StackPlan} plan @returns {import('./supervisor.mjs').Service} */
function terminals(plan) {
  const socket = terminalsSocket(plan);
  return {
    needs: [],
    spec: {
      name: 'terminals',
      ...privileged([node(), '--enable-source-maps', join(REPO, 'apps/node-agent/dist/terminals-main.js')]),
      env: environment(plan, { ...forDrydock(plan), DRYDOCK_TERMINALS_SOCKET: socket }),
      isReady: () => answersPing(socket),
      liveness: { ...TERMINALS_LIVENESS, ask: () => answersPing(socket) },
      ...bounds,
      offspringOutlives: true,
    },
  };
}

/** @param {StackPlan} plan @returns {import('./supervisor.mjs').Service} */
function agent(plan) {
  return {
    // It looks for its old nodes first, and dials the terminal host and the manager until they answer: no need to wait.
    needs: [],
    spec: {
      name: 'agent',
      ...privileged(agentCommand()),
      env: agentEnvironment(plan),
      isReady: () => hostConnected(localOrigin(plan), plan.hostName),
      ...bounds,
      // To the agent SIGTERM means "nodes go on", for an upgrade; SIGINT means "destroy everything of mine first".
      stopSignal: 'SIGINT',
      stopMs: AGENT_STOP_MS,
      offspringOutlives: true,
    },
  };
}

/** @returns {string[]} */
export function agentCommand() {
  return [node(), '--enable-source-maps', join(REPO, 'apps/node-agent/dist/main.js')];
}

/** @param {StackPlan} plan */
export function agentEnvironment(plan) {
  return environment(plan, {
    ...forDrydock(plan),
    DRYDOCK_MANAGER_URL: localOrigin(plan),
    DRYDOCK_AGENT_NAME: plan.hostName,
    DRYDOCK_AGENT_KEY_FILE: plan.agentKeyFile,
    DRYDOCK_TERMINALS_SOCKET: terminalsSocket(plan),
    DRYDOCK_LIBRARY_URL: mirrorUrl(plan),
    ...(hasLxcfs(plan.settings) ? { DRYDOCK_LXCFS_DIR: lxcfsDirectory(plan.layout) } : {}),
    // To the agent it is the cache's address, not that of the registry behind it.
    DRYDOCK_HUB_URL: plan.hub === undefined ? '' : `http://127.0.0.1:${plan.ports.hub}`,
  });
}

const bounds = /** @type {const} */ ({ readyMs: READY_MS, stopSignal: 'SIGTERM', stopMs: STOP_MS });

/** What a service of the clone reads of it: not its `.env`, nor what other services are made of. @param {string} app */
function clone(app) {
  return ['package.json', 'node_modules', 'packages', app].map((name) => join(REPO, name));
}

/** The binary itself: what stands in PATH may be a link into a closed home. */
function node() {
  return realpathSync(process.execPath);
}

/** @param {StackPlan} plan */
const webUrl = ({ ports }) => `http://127.0.0.1:${ports.web}`;
/** @param {StackPlan} plan */
const mirrorUrl = ({ ports }) => `http://127.0.0.1:${ports.mirror}`;
/** @param {StackPlan} plan */
const terminalsSocket = ({ layout }) => join(layout.runInstance, 'terminals.sock');

/** What a process may learn of the operator's own environment. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const INHERITED = [
  'TZ',
  'LANG',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  ...PROXIES,
  ...PROXIES.map((name) => name.toLowerCase()),
];
/** For tests and the operator of the command line only. */
const NOT_FOR_SERVICES = /^(REDIS_URL|DRYDOCK_(CHROMIUM|TEST_ONLY|MUST_WORK|APT_MIRROR|APT_SECURITY))$/;

/** What our own programs are told of the settings; others, and the pages, need none. @param {StackPlan} plan */
function forDrydock({ settings, layout }) {
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => !NOT_FOR_SERVICES.test(name))),
    DRYDOCK_STATE_DIR: layout.state,
    DRYDOCK_IMAGES_DIR: layout.images,
    DRYDOCK_RUN_DIR: layout.run,
  };
}

/**
 * @param {StackPlan} plan
 * @param {Record<string, string>} own
 * @returns {Record<string, string>}
 */
function environment({ layout }, own) {
  /** @type {Record<string, string>} */
  const inherited = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined && value !== '') inherited[name] = value;
  }
  return {
    ...inherited,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/nonexistent',
    NODE_ENV: 'production',
    DRYDOCK_INSTANCE: layout.instance,
    ...own,
  };
}
