import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOf } from '../common/proc.mjs';
import { runCommand } from '../common/run-command.mjs';
import { listenersOf } from '../test/listeners.mjs';
import { START_MS, testStack } from '../test/test-stack.mjs';
import { throwIn } from '../test/throw-in.mjs';
import { uncaughtErrorsIn } from '../test/uncaught-errors.mjs';

/** @type {import("../test/test-stack.mjs").TestStack} */
let stack;
/** @type {Record<string, number>} service -> its process */
let pids;
beforeAll(async () => {
  stack = await testStack();
  // Nobody answers there: the cache of the registry outside runs, and tries again and again.
  const outside = { DRYDOCK_EGRESS: 'mirror-only', DRYDOCK_HUB_URL: 'http://127.0.0.1:9' };
  const { code, output } = await stack.command('start', ['--detach'], outside);
  expect([code, output]).toEqual([0, expect.stringContaining('Drydock is ready')]);
  const { processes } = await stack.status();
  pids = Object.fromEntries(processes.map(({ name, pid }) => [name, pid]));
}, START_MS);
afterAll(async () => {
  await stack.command('stop');
  stack.remove(thrown);
}, START_MS);

/** Errors that these tests made the services throw. */
let thrown = 0;

const UNPRIVILEGED = ['manager', 'web', 'redis', 'mirror', 'hub'];
const ROOTS = ['agent', 'terminals'];

/** @param {string} name @param {string} field */
const statusOf = (name, field) =>
  new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pids[name]}/status`, 'utf8'))?.[1];
/** @param {string} name @param {'Uid' | 'Gid'} which */
const idOf = (name, which) => Number(statusOf(name, which)?.split('\t')[0]);

/**
 * Runs a script as a service's user, without rights.
 * @param {string} name
 * @param {string} script
 * @param {string[]} [within] a command that runs it in another view
 */
async function asUserOf(name, script, within = []) {
  const ids = ['--reuid', String(idOf(name, 'Uid')), '--regid', String(idOf(name, 'Gid')), '--clear-groups'];
  const become = ['setpriv', ...ids, '--bounding-set', '-all', 'sh', '-c', script];
  return (await runCommand(...split([...within, ...become]))).stdout.trim();
}
/** @param {string[]} words @returns {[string, string[]]} */
const split = ([command = '', ...args]) => [command, args];
/** Its own view of the machine. @param {string} name */
const viewOf = (name) => ['nsenter', '--target', String(pids[name]), '--mount', '--pid'];

describe('the services without privilege', () => {
  it('have a user each, who is not root', () => {
    const users = UNPRIVILEGED.map((name) => idOf(name, 'Uid'));
    expect(new Set(users).size).toBe(UNPRIVILEGED.length);
    expect(users).not.toContain(0);
  });

  it.each(UNPRIVILEGED)(
    '%s: its user opens nothing of another service, not even in the host’s own view',
    async (name) => {
      const others = Object.keys(pids).filter((other) => other !== name);
      const paths = others.flatMap((other) =>
        ['environ', 'mem', 'maps', 'root/etc/passwd', 'cwd/etc', 'fd/0'].map((file) => `/proc/${pids[other]}/${file}`),
      );
      const opened = await asUserOf(
        name,
        `for f in ${paths.join(' ')}; do { true <"$f"; } 2>/dev/null && echo "$f"; done`,
      );
      expect(opened).toBe('');
      // The control: what it may open, it does.
      expect(await asUserOf(name, `{ true </proc/${pids[name]}/stat; } && echo opened`)).toBe('opened');
    },
  );

  it.each(UNPRIVILEGED)('%s: sees its own processes and no others', async (name) => {
    const seen = await runCommand(...split([...viewOf(name), 'sh', '-c', 'readlink /proc/[0-9]*/ns/pid | sort -u']));
    const own = readlinkSync(`/proc/${pids[name]}/ns/pid`);
    expect(seen.stdout.trim()).toBe(own);
    expect(own).not.toBe(readlinkSync('/proc/self/ns/pid'));
    const all = Object.keys(pids).map((other) => readlinkSync(`/proc/${pids[other]}/ns/pid`));
    expect(all.filter((namespace) => namespace === own)).toHaveLength(1);
  });

  it('read the secrets that are theirs, and none of another', async () => {
    const { secrets, state } = stack.layout;
    const manager = ['agent-keys.json', 'secret'].map((file) => join(secrets, 'manager', file));
    const redis = [join(state, 'redis/redis.conf')];
    const all = [...manager, ...redis, join(secrets, 'agent.key'), join(secrets, 'redis.password')];
    // By its own name, and through every process that it sees.
    const script = `for f in ${all.join(' ')}; do
      for root in '' /proc/[0-9]*/root; do { true <"$root$f"; } 2>/dev/null && echo "$f"; done; done | sort -u`;
    for (const [name, own] of Object.entries({ manager, redis, web: [], mirror: [], hub: [] })) {
      const readable = await asUserOf(name, script, viewOf(name));
      expect([name, readable.split('\n').filter(Boolean)]).toEqual([name, own]);
    }
  });

  it('are told no setting, but for the manager, and the pages where the manager answers', () => {
    const settings = (name) =>
      readFileSync(`/proc/${pids[name]}/environ`, 'utf8')
        .split('\0')
        .filter((line) => /^(DRYDOCK_|REDIS_URL)/.test(line) && !line.startsWith('DRYDOCK_INSTANCE='));
    for (const name of ['mirror', 'hub']) expect([name, settings(name)]).toEqual([name, []]);
    const origin = `http://127.0.0.1:${stack.settings.DRYDOCK_PORT}`;
    expect(settings('web')).toEqual([`DRYDOCK_MANAGER_URL=${origin}`]);
    expect(settings('manager')).toContain(`DRYDOCK_PORT=${stack.settings.DRYDOCK_PORT}`);
  });
});

describe('the store', () => {
  const urlOf = () => environmentOf(pids.manager ?? 0, 'REDIS_URL') ?? '';
  /** @param {string} url @param {string[]} words */
  const ask = async (url, ...words) => (await runCommand('redis-cli', ['-u', url, ...words])).output.trim();

  it('lets nobody in without the manager’s name and password, and gives the manager data but no server', async () => {
    const { host } = new URL(urlOf());
    expect(await ask(`redis://${host}`, 'GET', 'x')).toContain('NOAUTH');
    expect(await ask(`redis://default:x@${host}`, 'GET', 'x')).toMatch(/NOAUTH|WRONGPASS/);
    expect(await ask(urlOf(), 'PING')).toContain('PONG');
    for (const words of ['CONFIG GET dir', 'FLUSHALL', 'MODULE LIST', 'REPLICAOF a 1', 'ACL LIST', 'KEYS *']) {
      expect([words, await ask(urlOf(), ...words.split(' '))]).toEqual([words, expect.stringContaining('NOPERM')]);
    }
  });
});

describe('the processes of a stack', () => {
  it.each([...UNPRIVILEGED, ...ROOTS])('%s: has a filter of system calls', (name) => {
    expect(statusOf(name, 'Seccomp')).toBe('2');
  });

  it('listen where this list says, and nowhere else', () => {
    const found = listenersOf(stack.processes()).map((line) =>
      line
        .replace(`:${stack.settings.DRYDOCK_PORT}`, ':PUBLIC')
        .replace(/:\d+$/, ':FREE')
        .replace(stack.layout.runInstance, 'RUN'),
    );
    expect(found.sort()).toEqual(
      [
        // Pages, API and sockets.
        'tcp 127.0.0.1:PUBLIC',
        // Redis, the library, the pages' own server, and the manager's operator listener.
        ...Array.from({ length: 4 }, () => 'tcp 127.0.0.1:FREE'),
        'unix RUN/terminals.sock',
      ].sort(),
    );
  });
});

describe('an error that nothing catches', () => {
  // The terminal host before the agent, which tells of both.
  it.each(['manager', 'web', 'terminals', 'agent'])('in %s ends nothing, and is told to the operator', async (name) => {
    await throwIn(pids[name] ?? 0, `thrown by a test in ${name}`);
    thrown += 2;
    await expect
      .poll(() => uncaughtErrorsIn(stack.layout.logs).filter((line) => line.includes(`thrown by a test in ${name}`)))
      .toHaveLength(2);
    const { processes } = await stack.status();
    expect(Object.fromEntries(processes.map((each) => [each.name, each.pid]))).toEqual(pids);
  });

  it('of each of them stands in the figures and in the status with its stack', async () => {
    const counts = async () => {
      const { operator } = await stack.status();
      return operator.processes.map(({ process: name, uncaught }) => [
        name,
        uncaught.count,
        uncaught.last.map(({ where, stack: text }) => `${where}: ${text.split('\n')[0]}`),
      ]);
    };
    await expect.poll(counts).toEqual(
      ['manager', 'pages', 'agent', 'terminals'].map((name) => {
        const error = `Error: thrown by a test in ${name === 'pages' ? 'web' : name}`;
        return [name, 2, [`callback: ${error}`, `promise: ${error}`]];
      }),
    );
    const { output } = await stack.command('status');
    expect(output).toContain('ALARM: 2 errors of terminals of');
    expect(output).toContain('thrown by a test in web');
  });

  it('is asked of the page server by the manager alone: a visitor finds nothing there', async () => {
    const url = `http://127.0.0.1:${stack.settings.DRYDOCK_PORT}/process-health`;
    for (const headers of [{}, { 'x-drydock-manager': '1' }]) expect((await fetch(url, { headers })).status).toBe(404);
  });
});

describe('the list of listeners', () => {
  it.each([
    ['of TCP on every address', { host: '::', port: 0 }, /^tcp \[0000:0000:0000:0000:0000:0000:0000:0000\]:\d+$/],
    ['of TCP on one address', { host: '127.0.0.1', port: 0 }, /^tcp 127\.0\.0\.1:\d+$/],
    ['of an abstract Unix socket', { path: `\0drydock-test-${process.pid}` }, /^unix @drydock-test-\d+@*$/],
  ])('shows one %s', async (_, where, expected) => {
    const before = listenersOf([process.pid]);
    const server = createServer();
    await once(server.listen(where), 'listening');
    const added = listenersOf([process.pid]).filter((line) => !before.includes(line));
    await new Promise((resolve) => server.close(resolve));
    expect(added).toEqual([expect.stringMatching(expected)]);
  });
});
