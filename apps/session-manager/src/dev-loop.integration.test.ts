import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@drydock/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTerminalSocket } from './testing/terminal-socket.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** nobody:nogroup */
const NOBODY = 65_534;
/** Five programs that compile themselves on a busy machine (ms). */
const UP_MS = 110_000;

let world: string;
let clone: string;
let temporary: string;
let origin: string;
let dev: ChildProcess;
let said = '';
/** Seconds that only a program of this test sleeps. */
const mark = 100_000 + process.pid;

/** What a clone has after `npm ci`, as an ordinary user's own. */
function makeClone(): void {
  const files = execFileSync(
    'git',
    ['-C', ROOT, 'ls-files', '-z', '-co', '--exclude-standard', '--', '.', ':!docs/images', ':!e2e'],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  for (const file of files.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(ROOT, file), join(clone, file));
  }
  execFileSync('cp', ['-al', join(ROOT, 'node_modules'), join(clone, 'node_modules')]);
  execFileSync(
    'chown',
    ['-R', '-h', `${NOBODY}:${NOBODY}`, ...readdirSync(clone).filter((name) => name !== 'node_modules')],
    {
      cwd: clone,
    },
  );
}

/** Processes of the scratch directory and of the clone. */
function living(): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args=', '-u', String(NOBODY)], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(world) || line.includes(`sleep ${mark}`));
}

beforeAll(async () => {
  world = mkdtempSync(join(tmpdir(), 'dd-dev-'));
  [clone, temporary] = [join(world, 'clone'), join(world, 'tmp')];
  for (const directory of [clone, temporary]) mkdirSync(directory);
  for (const directory of [world, clone, temporary]) chownSync(directory, NOBODY, NOBODY);
  makeClone();
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  dev = spawn(
    'setpriv',
    [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs', 'npm', 'run', 'dev'],
    {
      cwd: clone,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: world, TMPDIR: temporary, DRYDOCK_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  for (const stream of [dev.stdout, dev.stderr]) {
    stream?.on('data', (data) => {
      said += String(data);
    });
  }
});
afterAll(async () => {
  // It ends all that it started, however far it came.
  if (dev?.pid !== undefined && dev.exitCode === null && dev.signalCode === null) {
    process.kill(-dev.pid, 'SIGTERM');
    await once(dev, 'exit');
  }
  rmSync(world, { recursive: true, force: true });
});

async function call(method: string, path: string, token?: string, body?: object) {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, never>;
}

test('an ordinary user’s clone shows a workbench with a moving terminal, and leaves nothing behind', async () => {
  const progress = () => (dev.exitCode === null ? said : `${said}\nIt has ended.`);
  await expect.poll(progress, { timeout: UP_MS }).toMatch(/Drydock for development|It has ended\.$/);
  expect(said).toContain('Drydock for development');

  const page = await fetch(origin);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("'unsafe-eval'");
  const { session, token } = (await call('POST', '/sessions', undefined, {})) as unknown as {
    session: { id: string };
    token: string;
  };
  await call('POST', `/sessions/${session.id}/nodes`, token, {});
  const terminals = await openTerminalSocket(origin, { sessionId: session.id, token });
  const { terminalId } = (await terminals.call('terminal:open', { node: 'node1', cols: 80, rows: 24 })) as {
    terminalId: string;
  };
  await expect.poll(terminals.text).toContain('root@node1:~#');
  await terminals.type(terminalId, 1, `id -u; docker run -d -p 8080:80 nginx; (sleep ${mark} &)\n`);
  await expect.poll(terminals.text).toContain(`${NOBODY}\r\n`);
  const ports = async () => {
    const { nodes } = (await call('GET', `/sessions/${session.id}`, token)) as unknown as {
      nodes: { ports: { port: number; source: string }[] }[];
    };
    return nodes[0]?.ports.map(({ port, source }) => `${port} ${source}`);
  };
  await expect.poll(ports).toContain('8080 container');
  // The port is told when the container is there; the shell goes on to the next command a moment later.
  const sleeping = () => living().filter((line) => line.includes(`sleep ${mark}`)).length;
  await expect.poll(sleeping).toBe(1);
  terminals.close();

  // As Ctrl-C does it: to all of the foreground's group.
  process.kill(-(dev.pid as number), 'SIGINT');
  await expect.poll(() => dev.exitCode ?? dev.signalCode, { timeout: 30_000 }).not.toBeNull();
  await expect.poll(living).toEqual([]);
  // What others keep there is theirs (npm's and Node.js's caches).
  expect(readdirSync(temporary).filter((name) => name.startsWith('dd-'))).toEqual([]);
}, 180_000);
