/** Runs one stack from its first process to its last: plans it, starts it, says when it is ready, and stops it cleanly. */
import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { operatorCall } from '../common/operator.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';
import { describeRefused, kernelSettings } from '../host/kernel-settings.mjs';
import { writeRegistryConfig } from '../library/registry-config.mjs';
import { prepareHubCache } from './hub-cache.mjs';
import { readJoined } from './joined.mjs';
import { leftOnHost } from './left-on-host.mjs';
import { openLog } from './log-file.mjs';
import { unmountLxcfs } from './lxcfs.mjs';
import { makeMoreImages } from './more-images.mjs';
import { freePorts } from './ports.mjs';
import { answersHttp } from './readiness.mjs';
import { redisAddress, writeRedisConfig } from './redis-config.mjs';
import { renewImages } from './renew-images.mjs';
import { agentCommand, agentEnvironment, localOrigin, stackServices } from './services.mjs';
import { endStaleProcesses, readState, removeState, thisProcess, writeState } from './state-file.mjs';
import { createSupervisor } from './supervisor.mjs';

/** Destroying the nodes of a full host (ms). */
const DESTROY_MS = 90_000;

/**
 * @typedef {object} StackOptions
 * @property {Record<string, string>} settings
 * @property {import('../common/paths.mjs').Layout} layout
 * @property {import('../bootstrap/system-user.mjs').ServiceUsers} users
 * @property {import('../bootstrap/state-dir.mjs').Secrets} secrets
 * @property {AbortSignal} signal ends the stack
 * @property {(line: string) => void} say one line for the operator
 * @property {(url: string, operatorLink: string | undefined) => void} onReady `operatorLink` opens the operator's page once; it is for
 *   the terminal alone, and in no log
 */

/**
 * Resolves when everything has stopped after `signal`.
 * @param {StackOptions} options
 * @throws {Problem} when a process does not come up; all others are stopped by then
 */
export async function runStack({ settings, layout, users, secrets, signal, say, onReady }) {
  const before = readState(layout.stateFile);
  if (before !== undefined) await endStaleProcesses(before);

  const journal = openLog(join(layout.logs, 'supervisor.log'));
  /** @param {string} line */
  const tell = (line) => {
    journal.write(`${new Date().toISOString()} ${line}\n`);
    say(line);
  };
  const plan = await planStack({ settings, layout, users, secrets });
  const state = {
    ...thisProcess(),
    since: new Date().toISOString(),
    url: plan.joined?.manager ?? publicUrl(settings),
    origin: localOrigin(plan),
    operator: operatorUrl(plan),
    ready: false,
    processes: /** @type {import('./child.mjs').ChildView[]} */ ([]),
  };
  const save = () => writeState(layout.stateFile, state);
  save();
  raiseKernelSettings(layout, tell);
  const supervisor = createSupervisor(stackServices(plan), {
    openLog: (name) => openLog(join(layout.logs, `${name}.log`)),
    say: tell,
    changed: (views) => {
      state.processes = views;
      save();
    },
  });

  const aborted = new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    const started = supervisor
      .start()
      .then(() => (plan.joined === undefined ? assertPagesServed(state.origin) : undefined));
    await Promise.race([started, aborted]);
    // A start that is cut off fails in all its parts; that is no news.
    started.catch(() => {});
    if (!signal.aborted) {
      state.ready = true;
      save();
      tell(plan.joined === undefined ? `Drydock is ready: ${state.url}` : `This host is connected to ${state.url}`);
      onReady(state.url, await operatorLink(state.operator, join(secrets.managerDirectory, 'secret')));
      const images = { settings, layout, signal, tell };
      // One after the other: both build the library.
      await Promise.all([aborted, makeMoreImages(images).then(() => renewImages(images))]);
    }
  } finally {
    tell('Stopping: nodes first, then the processes.');
    await supervisor.stop();
    await destroyLeftNodes(plan, tell);
    removeVolatile(layout);
    removeState(layout.stateFile);
    putBackKernelSettings(layout, tell);
    tell('Stopped.');
    journal.close();
  }
}

/**
 * @param {Pick<StackOptions, 'settings' | 'layout' | 'users' | 'secrets'>} options
 * @returns {Promise<import('./services.mjs').StackPlan>}
 */
export async function planStack({ settings, layout, users, secrets }) {
  const [redis = 0, mirror = 0, web = 0, metrics = 0, hub = 0] = await freePorts(5);
  const joined = readJoined(layout);
  const directory = join(layout.state, 'redis');
  const mirrorConfig = join(layout.runInstance, 'mirror.yml');
  writeRegistryConfig(mirrorConfig, {
    storage: join(layout.images, 'library/current'),
    address: `127.0.0.1:${mirror}`,
    readOnly: true,
  });
  const upstream = settings.DRYDOCK_EGRESS === 'none' ? undefined : settings.DRYDOCK_HUB_URL;
  return {
    settings,
    layout,
    users,
    ports: { redis, mirror, web, metrics, hub },
    redisUrl: settings.REDIS_URL ?? redisAddress(redis, secrets.redisPassword),
    hostName: joined?.name ?? secrets.hostName,
    joined,
    agentKeyFile: secrets.agentKeyFile,
    managerSecrets: secrets.managerDirectory,
    redisConfig: writeRedisConfig({ directory, port: redis, password: secrets.redisPassword, user: users.redis }),
    mirrorConfig,
    hub:
      upstream === undefined
        ? undefined
        : prepareHubCache({
            state: layout.state,
            runInstance: layout.runInstance,
            port: hub,
            upstream,
            user: users.hub,
          }),
  };
}

/**
 * A link that opens the operator's page once; undefined where there is no manager, or it gives none.
 * @param {string | undefined} url
 * @param {string} secretFile
 * @returns {Promise<string | undefined>}
 */
async function operatorLink(url, secretFile) {
  if (url === undefined) return undefined;
  const link = await operatorCall({ url, secretFile }, 'POST', '/links').catch(() => undefined);
  return link?.url;
}

/**
 * The last part of readiness: the page comes through the one public origin.
 * @param {string} origin
 */
async function assertPagesServed(origin) {
  if (await answersHttp(`${origin}/`).catch(() => false)) return;
  throw new Problem(
    'PAGES_UNREACHABLE',
    `All processes run, but ${origin}/ does not answer with the page.`,
    'Read logs/manager.log and logs/web.log in the state directory.',
  );
}

/**
 * The agent destroys its nodes when it stops; when it could not (it was just dead), this does, by its own program.
 * @param {import('./services.mjs').StackPlan} plan
 * @param {(line: string) => void} say
 */
export async function destroyLeftNodes(plan, say) {
  if (leftOnHost(plan.layout).length === 0) return;
  say('Nodes are left; destroying them.');
  const [command = '', ...args] = agentCommand();
  const env = agentEnvironment(plan);
  const { code, output } = await runCommand(command, [...args, '--destroy-all'], { env, timeoutMs: DESTROY_MS });
  if (code !== 0) say(`Some nodes could not be destroyed (exit code ${code}):\n${lastLines(output, 5)}`);
}

/** @param {import('../common/paths.mjs').Layout} layout */
export function kernelSettingsOf(layout) {
  return kernelSettings({ directory: join(layout.run, 'kernel') });
}

/**
 * @param {import('../common/paths.mjs').Layout} layout
 * @param {(line: string) => void} say
 */
function raiseKernelSettings(layout, say) {
  const { raised, refused } = kernelSettingsOf(layout).raise(layout.state);
  if (raised.length > 0) {
    say(
      `Kernel settings raised until the stop: ${raised.map(({ name, value, least }) => `${name} ${value} -> ${least}`).join(', ')}`,
    );
  }
  const warning = describeRefused(refused);
  if (warning !== undefined) say(warning);
}

/**
 * @param {import('../common/paths.mjs').Layout} layout
 * @param {(line: string) => void} say
 */
export function putBackKernelSettings(layout, say) {
  const names = kernelSettingsOf(layout).putBack(layout.state);
  if (names.length > 0) say(`Kernel settings put back: ${names.join(', ')}`);
}

/** @param {import('../common/paths.mjs').Layout} layout */
export function removeVolatile(layout) {
  unmountLxcfs(layout);
  rmSync(layout.runInstance, { recursive: true, force: true });
  // The parent of all nodes' groups goes with the last stack; a group in use refuses to be removed.
  for (const hierarchy of ['', ...entries('/sys/fs/cgroup')]) {
    try {
      rmdirSync(join('/sys/fs/cgroup', hierarchy, 'drydock'));
    } catch {
      // Not there, or another stack's.
    }
  }
}

/**
 * Where the manager listens for its operator (npm run host, npm run status); none on a host of a manager elsewhere.
 * @param {import('./services.mjs').StackPlan} plan
 */
function operatorUrl({ settings, ports, joined }) {
  if (joined !== undefined) return undefined;
  const host = settings.DRYDOCK_METRICS_HOST ?? '127.0.0.1';
  return `http://${host.includes(':') ? `[${host}]` : host}:${settings.DRYDOCK_METRICS_PORT ?? ports.metrics}`;
}

/** @param {Record<string, string>} settings */
export function publicUrl(settings) {
  if (settings.DRYDOCK_PUBLIC_URL !== undefined) return settings.DRYDOCK_PUBLIC_URL;
  const scheme = settings.DRYDOCK_TLS_CERT_FILE === undefined ? 'http' : 'https';
  return new URL(`${scheme}://${settings.DRYDOCK_DOMAIN}:${settings.DRYDOCK_PORT}`).origin;
}

/** @param {string} directory */
function entries(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
