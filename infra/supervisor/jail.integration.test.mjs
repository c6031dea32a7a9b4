import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allPids, commandOf, startTicks } from '../common/proc.mjs';
import { runCommand } from '../common/run-command.mjs';
import { confined, privileged } from './jail.mjs';

/** Ids that belong to nobody on the machine. */
const user = { uid: 64123, gid: 64123 };
let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-jail-'));
  for (const name of ['closed', 'closed/clone', 'data', 'other']) mkdirSync(join(directory, name));
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, 'closed/clone/file'), 'of the clone');
  writeFileSync(join(directory, 'other/file'), 'of somebody else', { mode: 0o666 });
  // As a clone under /root: the parent is closed to everybody but root.
  chmodSync(join(directory, 'closed'), 0o700);
});
afterEach(() => rmSync(directory, { recursive: true }));

function inJail(script, extra = {}) {
  const { command, args } = confined(
    {
      user,
      readOnly: [join(directory, 'closed/clone')],
      writable: [join(directory, 'data')],
      ...extra,
    },
    ['sh', '-c', script],
  );
  // Descriptor 3, on which the supervisor is told the service's id.
  return runCommand('sh', ['-c', 'exec "$0" "$@" 3>/dev/null', command, ...args], { timeoutMs: 10_000 });
}

describe('a confined service', () => {
  it('runs as the unprivileged user without any capability or new privilege', async () => {
    const { stdout } = await inJail('id -u; id -G; grep -E "CapPrm|CapBnd|NoNewPrivs" /proc/self/status');
    expect(stdout.split(/\s+/).slice(0, 8)).toEqual([
      '64123',
      '64123',
      'CapPrm:',
      '0000000000000000',
      'CapBnd:',
      '0000000000000000',
      'NoNewPrivs:',
      '1',
    ]);
  });

  it('reads the clone although its parent is closed, and cannot change it', async () => {
    const file = join(directory, 'closed/clone/file');
    expect(await inJail(`cat ${file}`)).toMatchObject({ code: 0, stdout: 'of the clone' });
    chmodSync(join(directory, 'closed/clone'), 0o777);
    expect((await inJail(`touch ${join(directory, 'closed/clone/new')}`)).output).toContain('Read-only file system');
  });

  it('writes where it may, and sees nothing else of the host', async () => {
    chmodSync(join(directory, 'data'), 0o777);
    expect((await inJail(`echo x > ${join(directory, 'data/new')}`)).code).toBe(0);
    expect(readdirSync(join(directory, 'data'))).toEqual(['new']);
    expect((await inJail(`cat ${join(directory, 'other/file')}`)).output).toContain('No such file');
    expect((await inJail('ls / | tr "\\n" " "')).stdout).not.toMatch(/\b(root|home|var|sys|boot|run)\b/);
    expect((await inJail('touch /new')).output).toContain('Read-only file system');
  });

  it('keeps no mount of the host busy', async () => {
    const { stdout } = await inJail('grep -c . /proc/self/mountinfo; grep -c nsfs /proc/self/mountinfo');
    const [mounts, namespaces] = stdout.split('\n').map(Number);
    expect(mounts).toBeLessThan(30);
    expect(namespaces).toBe(0);
  });

  it('may listen on a low port only if that is its port', async () => {
    const listen = `${process.execPath} -e 'require("net").createServer().listen(87, "127.0.0.1", () => process.exit(0)).on("error", (e) => { console.log(e.code); process.exit(1); })'`;
    expect((await inJail(listen, { port: 3000 })).stdout.trim()).toBe('EACCES');
    expect((await inJail(listen, { port: 87 })).code).toBe(0);
  });

  it('sees its own processes alone, and ends with all that it started', async () => {
    expect(Number((await inJail('ls -d /proc/[0-9]* | wc -l')).stdout)).toBeLessThan(6);
    await inJail(`setsid sleep 60.${process.pid} &`);
    const left = () => allPids().filter((pid) => commandOf(pid).includes(`60.${process.pid}`));
    await expect.poll(left).toEqual([]);
  });

  it('reaches its own names alone: a host name, System V memory and Unix sockets of no file are another’s', async () => {
    const namespaces = ['pid', 'ipc', 'uts', 'mnt'];
    const { stdout } = await inJail(`readlink ${namespaces.map((name) => `/proc/self/ns/${name}`).join(' ')}`);
    const ours = namespaces.map((name) => readlinkSync(`/proc/self/ns/${name}`));
    for (const [index, line] of stdout.trim().split('\n').entries()) expect(line).not.toBe(ours[index]);
  });

  it('that is offline has a loopback of its own and nothing else', async () => {
    const { stdout } = await inJail('tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "; readlink /proc/self/ns/net', {
      offline: true,
    });
    const [links, namespace] = stdout.trim().split('\n');
    expect(links).toBe('lo');
    expect(namespace).not.toBe(readlinkSync('/proc/self/ns/net'));
  });

  it.each([
    ['a user namespace', 'unshare --user true'],
    ['a mount', 'unshare --user --mount true'],
    ['another process’s memory', 'nsenter --target 1 --mount true'],
    ['the kernel’s log', 'dmesg --syslog'],
  ])('has no system call for %s', async (_, script) => {
    const { code } = await inJail(script);
    expect(code).not.toBe(0);
    expect((await inJail('grep Seccomp: /proc/self/status')).stdout).toMatch(/\b2$/m);
  });

  it('starts threads and processes as any program does', async () => {
    const script = `new (require("node:worker_threads").Worker)("require(\\"node:worker_threads\\").parentPort.postMessage(1)", { eval: true }).once("message", () => process.stdout.write(require("node:child_process").execFileSync("echo", ["fine"])))`;
    expect((await inJail(`${process.execPath} -e '${script}'`)).stdout).toBe('fine\n');
  });

  it('leaves the host’s directories without a mount', async () => {
    await inJail('true');
    expect((await runCommand('cat', ['/proc/self/mounts'])).stdout).not.toContain(directory);
  });

  it.each([
    ['confined', () => confined({ user, readOnly: [], writable: [] }, ['sleep', '60'])],
    ['privileged', () => privileged(['sleep', '60'])],
  ])('that is %s dies with its supervisor, even when that is killed', async (_, commandLine) => {
    const { command, args } = commandLine();
    const supervisor = `
      const { readFileSync } = require('node:fs');
      const child = require('node:child_process').spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
      const children = (pid) => readFileSync('/proc/' + pid + '/task/' + pid + '/children', 'utf8').trim();
      const wait = setInterval(() => {
        // bubblewrap, its process 1, the service; or the service itself.
        const first = children(child.pid);
        const pid = first === '' ? child.pid : children(first);
        if (pid === '') return;
        if (!readFileSync('/proc/' + pid + '/comm', 'utf8').startsWith('sleep')) return;
        clearInterval(wait);
        console.log(pid);
        process.kill(process.pid, 'SIGKILL');
      }, 10);`;
    const { stdout, code } = await runCommand(process.execPath, ['-e', supervisor], { timeoutMs: 10_000 });
    expect(code).toBe(137);
    const pid = Number(stdout);
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => startTicks(pid)).toBeUndefined();
  });
});

it('the jail’s command line names nothing under /usr or /etc twice', () => {
  const { args } = confined({ user, readOnly: ['/usr/bin/node', '/etc/x', '/opt/y'], writable: ['/z'] }, ['c']);
  const bound = args.filter((_, index) => /^--(ro-)?bind$/.test(args[index - 1] ?? ''));
  expect(bound.filter((path) => !path.startsWith('/run/'))).toEqual(['/usr', '/etc', '/opt/y', '/z']);
});
