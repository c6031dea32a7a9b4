import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePorts } from './ports.mjs';
import { redisAddress, writeRedisConfig } from './redis-config.mjs';

const PASSWORD = 'a-password_of-this-test';

describe('the embedded Redis', () => {
  let directory = '';
  let port = 0;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server;

  async function start() {
    const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    server = spawn('redis-server', [writeRedisConfig({ directory, port, password: PASSWORD, user })], {
      stdio: 'ignore',
    });
    await expect.poll(() => ask(address(), 'ping')).toBe('PONG');
  }
  async function kill() {
    if (server?.kill('SIGKILL')) await once(server, 'exit');
    server = undefined;
  }
  const address = () => redisAddress(port, PASSWORD);
  /** @param {string} url @param {string[]} words */
  const ask = (url, ...words) => {
    try {
      return execFileSync('redis-cli', ['--no-auth-warning', '-u', url, ...words], { stdio: 'pipe' })
        .toString()
        .trim();
    } catch (error) {
      return String(error);
    }
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'drydock-redis-'));
    [port = 0] = await freePorts(1);
    await start();
  });
  afterEach(async () => {
    await kill();
    rmSync(directory, { recursive: true });
  });

  test('has everything again after it was killed: single writes, scripts of several writes, transactions', async () => {
    const script = `redis.call('HSET', KEYS[1], 'a', ARGV[1]) redis.call('PEXPIRE', KEYS[1], '100000') return 'written'`;
    expect(ask(address(), 'set', 'single', '1')).toBe('OK');
    expect(ask(address(), 'eval', script, '1', 'script', '2')).toBe('written');
    execFileSync('redis-cli', ['--no-auth-warning', '-u', address()], {
      input: 'multi\nset first 3\nset second 4\nexec\n',
    });
    await kill();
    await start();
    expect(ask(address(), 'get', 'single')).toBe('1');
    expect(ask(address(), 'hget', 'script', 'a')).toBe('2');
    expect(ask(address(), 'mget', 'first', 'second')).toBe('3\n4');
  });

  test('lets nobody in but the manager, and that one to data alone', () => {
    const nobody = `redis://127.0.0.1:${port}`;
    expect(ask(nobody, 'get', 'x')).toContain('NOAUTH');
    for (const password of ['', 'x', PASSWORD])
      expect(ask(nobody, 'auth', 'default', password)).toMatch(/WRONGPASS|ERR/);
    for (const command of [['config', 'get', '*'], ['acl', 'list'], ['flushall'], ['keys', '*']])
      expect(ask(address(), ...command), command.join(' ')).toContain('NOPERM');
  });
});
