import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { commandOf } from '../common/proc.mjs';
import { START_MS, testStack } from '../test/test-stack.mjs';

/** @type {import('../test/test-stack.mjs').TestStack} */
let stack;
const makeStack = async () => {
  stack = await testStack();
};
const supervisorPid = () => JSON.parse(readFileSync(stack.layout.stateFile, 'utf8')).pid;

describe('a start that cannot be', () => {
  beforeEach(makeStack);
  afterEach(() => stack.remove());

  it.each([
    [
      'an unknown setting',
      { DRYDOCK_PROT: '1' },
      'UNKNOWN_SETTING: There is no setting DRYDOCK_PROT (did you mean DRYDOCK_PORT?).',
    ],
    [
      'a bad setting',
      { DRYDOCK_EGRESS: 'all' },
      'BAD_SETTING: DRYDOCK_EGRESS must be one of internet, mirror-only, none (it is "all").',
    ],
    [
      'an address of another machine',
      { DRYDOCK_HOST: '192.0.2.1', DRYDOCK_OPEN: 'yes' },
      'BAD_ADDRESS: It cannot listen on 192.0.2.1 port',
    ],
    [
      'a Redis that is down',
      { REDIS_URL: 'redis://127.0.0.1:1' },
      'REDIS_UNREACHABLE: The Redis of REDIS_URL (127.0.0.1:1) is out of reach: ECONNREFUSED.',
    ],
  ])('because of %s ends with one sentence, a remedy and code 1, and makes nothing', async (_, extra, sentence) => {
    const { code, output } = await stack.command('start', [], extra);
    expect(code).toBe(1);
    const lines = output.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(sentence);
    expect(lines[1]).toMatch(/^ {2}Remedy: \S/);
    expect(existsSync(stack.settings.DRYDOCK_STATE_DIR)).toBe(false);
  });

  it('because the port is taken names who has it', async () => {
    const server = createServer();
    await once(server.listen(Number(stack.settings.DRYDOCK_PORT), '127.0.0.1'), 'listening');
    const { code, output } = await stack.command('start');
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(1);
    expect(output).toContain(`PORT_TAKEN: Port ${stack.settings.DRYDOCK_PORT} is taken by process ${process.pid} (`);
    expect(existsSync(stack.settings.DRYDOCK_STATE_DIR)).toBe(false);
  });

  it('because the disk is full says how much there is and how much it takes', async () => {
    const small = join(stack.directory, 'small');
    mkdirSync(small);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]).status).toBe(0);
    const { code, output } = await stack.command('start', [], { DRYDOCK_STATE_DIR: small });
    expect(readdirSync(small)).toEqual([]);
    spawnSync('umount', [small]);
    expect(code).toBe(1);
    expect(output).toMatch(/LITTLE_DISK: \S+ has 0\.1 GB of free disk, and Drydock needs \d GB\./);
  });

  it('because a process does not come up shows its last words and leaves none running', async () => {
    // A file stands where Redis wants a directory.
    const redis = join(stack.settings.DRYDOCK_STATE_DIR, 'redis');
    mkdirSync(redis, { recursive: true });
    writeFileSync(join(redis, 'appendonlydir'), '');
    const { code, output } = await stack.command('start', ['--detach']);
    expect(code).toBe(1);
    expect(output).toContain('CHILD_FAILED: The process redis did not come up: it ended 3 times');
    expect(output).toMatch(/append/i);
    expect(output).toContain('Remedy: Read');
    expect(stack.processes()).toEqual([]);
  });
});

describe('a stack', () => {
  beforeAll(async () => {
    await makeStack();
    const { code, output } = await stack.command('start', ['--detach']);
    expect(output).toContain(`Drydock is ready: http://localhost:${stack.settings.DRYDOCK_PORT}`);
    expect(code).toBe(0);
  }, START_MS);
  afterAll(async () => {
    await stack.command('stop');
    stack.remove();
  }, START_MS);

  it('runs its processes, all but those of the host’s part without privilege', async () => {
    const { processes, hosts, ready } = await stack.status();
    expect(ready).toBe(true);
    // Where the host has no FUSE there is none; tests of nodes’ own figures say so.
    const others = processes.filter(({ name }) => name !== 'lxcfs');
    expect(others.map(({ name }) => name).sort()).toEqual(['agent', 'manager', 'mirror', 'redis', 'terminals', 'web']);
    expect(hosts).toMatchObject([{ state: 'connected' }]);
    const isRoot = ({ pid }) => /^Uid:\s+0\s/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    expect(
      others
        .filter(isRoot)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['agent', 'terminals']);
  });

  it('is not started a second time', async () => {
    const { code, output } = await stack.command('start', ['--detach']);
    expect(code).toBe(1);
    expect(output).toContain(
      `ALREADY_RUNNING: Drydock is already running: http://localhost:${stack.settings.DRYDOCK_PORT}`,
    );
  });

  it.each(['redis', 'mirror', 'web', 'manager', 'terminals', 'agent'])(
    'has %s again within seconds after kill -9',
    async (name) => {
      const of = async () => (await stack.status()).processes.find((process) => process.name === name);
      const before = await of();
      process.kill(before.pid, 'SIGKILL');
      await expect
        .poll(of, { timeout: 30_000, interval: 300 })
        .toMatchObject({ restarts: before.restarts + 1, state: 'ready' });
      expect((await of()).pid).not.toBe(before.pid);
    },
  );

  it('keeps its sessions when Redis is killed', async () => {
    const api = `http://127.0.0.1:${stack.settings.DRYDOCK_PORT}/api/v1/sessions`;
    const made = await fetch(api, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    const { session, token } = /** @type {{session: {id: string}, token: string}} */ (await made.json());
    // Redis writes to its file every second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const { processes } = await stack.status();
    process.kill(processes.find(({ name }) => name === 'redis').pid, 'SIGKILL');
    const get = () =>
      fetch(`${api}/${session.id}`, { headers: { authorization: `Bearer ${token}` } }).then(
        (answer) => answer.status,
        () => 0,
      );
    await expect.poll(get, { timeout: 20_000 }).toBe(200);
  });

  it('is cleared up by stop after its supervisor was killed, with nothing left', async () => {
    process.kill(supervisorPid(), 'SIGKILL');
    // They end by themselves, but for one that hangs in Node.js's own exit, as happens on a busy machine (nodejs/node issue 54918).
    await expect.poll(() => stack.processes().length, { timeout: 15_000 }).toBeLessThanOrEqual(1);
    const { stdout, code } = await stack.command('stop');
    expect([code, stdout]).toEqual([0, expect.stringContaining('what was left of it is gone now')]);
    expect(stack.processes().map(commandOf)).toEqual([]);
    expect(existsSync(stack.layout.runInstance)).toBe(false);
    expect(readdirSync(join(stack.settings.DRYDOCK_STATE_DIR, 'nodes'))).toEqual([]);
  });

  it('starts again after that, in the foreground too, and stops at SIGINT with code 0', async () => {
    const { NODE_ENV: _, ...environment } = process.env;
    const child = spawn(process.execPath, [join(REPO, 'infra/bootstrap/start.mjs')], {
      env: { ...environment, ...stack.settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    await expect.poll(() => output, { timeout: START_MS }).toContain('Drydock is ready: ');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(stack.processes()).toEqual([]);
    expect((await stack.command('status')).stdout).toContain('Drydock is not running');
  });
});
