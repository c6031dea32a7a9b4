import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { writeRegistryConfig } from '../library/registry-config.mjs';
import { hubCacheCommand, prepareHubCache } from './hub-cache.mjs';
import { freePorts } from './ports.mjs';

/** @type {(() => unknown)[]} */
const cleanup = [];
afterEach(async () => {
  for (const release of cleanup.splice(0).reverse()) await release();
});

/** @param {string[]} command */
function start([program = '', ...args]) {
  const child = spawn(program, args, { stdio: 'ignore' });
  cleanup.push(async () => {
    if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  });
  return child;
}

test('the cache waits for its upstream, serves when it is there, and ends with its supervisor', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-hub-'));
  cleanup.push(() => rmSync(directory, { recursive: true }));
  const [port = 0, far = 0] = await freePorts(2);
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const upstream = `http://127.0.0.1:${far}`;
  const { config } = prepareHubCache({ state: directory, runInstance: directory, port, upstream, user });
  const cache = start(hubCacheCommand(config));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(cache.exitCode).toBeNull();

  mkdirSync(join(directory, 'far'));
  const farConfig = join(directory, 'far.yml');
  writeRegistryConfig(farConfig, { storage: join(directory, 'far'), address: `127.0.0.1:${far}`, readOnly: false });
  start(['docker-registry', 'serve', farConfig]);
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/v2/`).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(answers, { timeout: 30_000 }).toBe(200);

  cache.kill('SIGTERM');
  await once(cache, 'exit');
  await expect.poll(answers, { timeout: 5_000 }).toBe(0);
});
