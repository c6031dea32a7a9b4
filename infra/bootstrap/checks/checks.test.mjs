import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../common/problem.mjs';
import { freePorts } from '../../supervisor/ports.mjs';
import { firstUnreadable } from './clone-check.mjs';
import { coreHandler } from './kernel-checks.mjs';
import { parseOsRelease, thisMachine } from './machine.mjs';
import { INSTALLED_CHECKS, MACHINE_CHECKS, runChecks, START_CHECKS } from './preflight.mjs';

const GIB = 1024 ** 3;

/** A machine on which every check passes, but for what a test changes. */
function machine(changes = {}) {
  const files = new Map([
    ['/proc/sys/user/max_user_namespaces', '15000\n'],
    ['/sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory pids\n'],
    ...Object.entries(changes.files ?? {}),
  ]);
  const missing = new Set(changes.missing ?? []);
  return {
    osRelease: () => ({ ID: 'debian', VERSION_ID: '12', PRETTY_NAME: 'Debian GNU/Linux 12 (bookworm)' }),
    uid: () => 0,
    maySysAdmin: () => true,
    nodeVersion: () => '20.9.0',
    nodePath: () => process.execPath,
    arch: () => 'x64',
    kernel: () => '6.1.0-18-amd64',
    memory: () => 2 * GIB,
    freeDisk: () => 9 * GIB,
    read: (path) => (missing.has(path) ? undefined : files.get(path)),
    exists: (path) => !missing.has(path),
    writable: () => true,
    listenError: async () => undefined,
    listenerOf: () => undefined,
    redisError: async () => undefined,
    shell: async () => ({ code: 0, output: '' }),
    ...changes,
  };
}

const ALL = [...MACHINE_CHECKS, ...START_CHECKS, ...INSTALLED_CHECKS];

async function problemOf(changes, settings = {}) {
  return await runChecks(ALL, machine(changes), { DRYDOCK_PORT: '3000', ...settings }).then(
    () => undefined,
    (error) => error,
  );
}

const failingShell = (part, message) => ({
  shell: async (script, input = '') =>
    `${script}${input}`.includes(part) ? { code: 1, output: `${message}\n` } : { code: 0, output: '' },
});

describe('the checks', () => {
  it('let a good machine pass', async () => {
    expect(await problemOf({})).toBeUndefined();
  });

  it.each([
    [
      'an unknown distribution',
      { osRelease: () => ({ ID: 'fedora', VERSION_ID: '40', PRETTY_NAME: 'Fedora 40' }) },
      'UNSUPPORTED_OS',
      'This is Fedora 40',
    ],
    [
      'an old Debian',
      { osRelease: () => ({ ID: 'debian', VERSION_ID: '11', PRETTY_NAME: 'Debian 11' }) },
      'UNSUPPORTED_OS',
      'Debian 11',
    ],
    [
      'an old Ubuntu',
      { osRelease: () => ({ ID: 'ubuntu', VERSION_ID: '22.04', PRETTY_NAME: 'Ubuntu 22.04' }) },
      'UNSUPPORTED_OS',
      'Ubuntu 22.04',
    ],
    ['another processor', { arch: () => 'ppc64' }, 'UNSUPPORTED_ARCHITECTURE', 'ppc64'],
    ['an old Node', { nodeVersion: () => '20.8.1' }, 'OLD_NODE', 'Node.js 20.8.1'],
    ['an ordinary user', { uid: () => 1000 }, 'NOT_ROOT', 'as root'],
    ['a confined root', { maySysAdmin: () => false }, 'CONFINED_ROOT', 'unprivileged container'],
    ['an old kernel', { kernel: () => '5.15.0-100-generic' }, 'OLD_KERNEL', '5.15.0-100-generic'],
    ['a kernel without user namespaces', { missing: ['/proc/self/ns/user'] }, 'NO_USER_NAMESPACES', 'CONFIG_USER_NS'],
    [
      'user namespaces switched off',
      { files: { '/proc/sys/user/max_user_namespaces': '0' } },
      'NO_USER_NAMESPACES',
      'is 0',
    ],
    [
      'user namespaces that fail',
      failingShell('--user', 'unshare: Operation not permitted'),
      'NO_USER_NAMESPACES',
      'Operation not permitted',
    ],
    ['a kernel without seccomp', { missing: ['/proc/sys/kernel/seccomp/actions_avail'] }, 'NO_SECCOMP', 'seccomp'],
    [
      'a missing controller (cgroup v2)',
      { files: { '/sys/fs/cgroup/cgroup.controllers': 'cpu pids\n' } },
      'NO_CGROUPS',
      'memory',
    ],
    [
      'a missing controller (cgroup v1)',
      { missing: ['/sys/fs/cgroup/cgroup.controllers', '/sys/fs/cgroup/pids/cgroup.procs'] },
      'NO_CGROUPS',
      'pids',
    ],
    ['read-only control groups', { writable: () => false }, 'NO_CGROUPS', 'read-only'],
    [
      'a kernel without overlayfs',
      failingShell('overlay', 'unknown filesystem type'),
      'NO_OVERLAYFS',
      'unknown filesystem type',
    ],
    ['little memory', { memory: () => GIB }, 'LITTLE_MEMORY', '1 GB'],
    [
      'little disk',
      { freeDisk: () => 3 * GIB, missing: ['/var/lib/drydock/images/node/current'] },
      'LITTLE_DISK',
      '3 GB',
    ],
    ['a full disk', { freeDisk: () => GIB }, 'LITTLE_DISK', 'needs 2 GB'],
    ['an address that is not ours', { listenError: async () => 'EADDRNOTAVAIL' }, 'BAD_ADDRESS', 'EADDRNOTAVAIL'],
    ['a kernel without VXLAN', failingShell('vxlan', 'Unknown device type.'), 'KERNEL_NETWORK', 'VXLAN'],
    [
      'a kernel without nf_tables',
      failingShell('drydock_probe', 'Operation not supported'),
      'KERNEL_NETWORK',
      'nf_tables',
    ],
    [
      'a kernel without loop devices',
      failingShell('loop', 'failed to setup loop device'),
      'NO_LOOP_DISKS',
      'loop device',
    ],
  ])('stop at %s with one sentence and a remedy', async (_, changes, code, part) => {
    const problem = await problemOf(changes);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(part);
    expect(problem.message).toMatch(/^[^\n]+\.$/);
    expect(problem.remedy).toMatch(/\S/);
  });

  it('take Debian 13, Ubuntu 24.04, and Debian testing without a version', async () => {
    expect(await problemOf({ osRelease: () => ({ ID: 'debian', VERSION_ID: '13' }) })).toBeUndefined();
    expect(await problemOf({ osRelease: () => ({ ID: 'ubuntu', VERSION_ID: '24.04' }) })).toBeUndefined();
    expect(await problemOf({ osRelease: () => ({ ID: 'debian' }) })).toBeUndefined();
  });

  it('ask for less disk when the images are built', async () => {
    expect(await problemOf({ freeDisk: () => 3 * GIB })).toBeUndefined();
  });

  it('say when the Redis of REDIS_URL is down, and never show its password', async () => {
    const [port] = await freePorts(1);
    const settings = { REDIS_URL: `redis://:hidden@127.0.0.1:${port}` };
    const problem = await problemOf({ redisError: thisMachine().redisError }, settings);
    expect(problem.code).toBe('REDIS_UNREACHABLE');
    expect(problem.message).toBe(`The Redis of REDIS_URL (127.0.0.1:${port}) is out of reach: ECONNREFUSED.`);
  });
});

describe('the port check', () => {
  it('names the process that listens', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const real = thisMachine();
    const settings = { DRYDOCK_HOST: '127.0.0.1', DRYDOCK_PORT: String(port) };
    const problem = await problemOf({ listenError: real.listenError, listenerOf: real.listenerOf }, settings);
    expect(problem.code).toBe('PORT_TAKEN');
    expect(problem.message).toContain(`Port ${port} is taken by process ${process.pid} (`);
    await new Promise((resolve) => server.close(resolve));
    expect(await problemOf({ listenError: real.listenError }, settings)).toBeUndefined();
  });
});

describe('the clone check', () => {
  it('finds what the services’ user could not read', () => {
    const root = mkdtempSync(join(tmpdir(), 'drydock-clone-'));
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'apps'), { mode: 0o755 });
    writeFileSync(join(root, 'apps/x.js'), '', { mode: 0o644 });
    expect(firstUnreadable(root)).toBeUndefined();
    chmodSync(join(root, 'apps/x.js'), 0o600);
    expect(firstUnreadable(root)).toBe(join(root, 'apps/x.js'));
    chmodSync(join(root, 'apps'), 0o700);
    expect(firstUnreadable(root)).toBe(join(root, 'apps'));
    rmSync(root, { recursive: true });
  });
});

it('os-release is read with and without quotes', () => {
  expect(parseOsRelease('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n')).toEqual({
    ID: 'debian',
    VERSION_ID: '12',
    PRETTY_NAME: 'Debian 12',
  });
});

describe('the warning of a handler of core dumps', () => {
  const PATTERN = '/proc/sys/kernel/core_pattern';

  it.each([
    ['|/usr/share/apport/apport -p%p -s%s -c%c -- %E\n', '/usr/share/apport/apport'],
    ['|/lib/systemd/systemd-coredump %P %u %g\n', '/lib/systemd/systemd-coredump'],
  ])('names the program of %j, and what to do', (pattern, program) => {
    const warning = coreHandler(machine({ files: { [PATTERN]: pattern } }));
    expect(warning).toContain(`go to ${program}, which runs as root.`);
    expect(warning).toMatch(/\n {2}Remedy: sysctl -w kernel\.core_pattern=core,/);
  });

  it.each(['core\n', '/var/crash/%e.%p\n', undefined])('is not there for %j', (pattern) => {
    expect(coreHandler(machine(pattern === undefined ? {} : { files: { [PATTERN]: pattern } }))).toBeUndefined();
  });
});
