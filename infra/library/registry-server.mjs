/** A docker-registry of the build's own, on a port that the kernel picks, for as long as images are pushed into it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../common/problem.mjs';
import { registryConfig } from './registry-config.mjs';

/** It listens within milliseconds, unless the machine is drowning (ms). */
const START_LIMIT_MS = 15_000;

/**
 * @param {string} storage its root folder
 * @param {string} scratch for the configuration file
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startRegistry(storage, scratch) {
  const file = join(scratch, 'registry.yml');
  writeFileSync(file, registryConfig({ storage, address: '127.0.0.1:0', readOnly: false }));
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const lines = /** @type {string[]} */ ([]);
  const url = await new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), START_LIMIT_MS);
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (lines.length < 50) lines.push(line);
        const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(`http://${address}`);
      });
    }
  });
  if (url === undefined) {
    child.kill('SIGKILL');
    throw new Problem(
      'LIBRARY_FAILED',
      `docker-registry did not start:\n${lines.slice(-5).join('\n')}`,
      'Install the package docker-registry (`npm start` does).',
    );
  }
  return { url, stop };
}
