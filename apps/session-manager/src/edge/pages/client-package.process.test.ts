/** `packages/client` from outside, against a whole manager. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

const CLIENT = fileURLToPath(new URL('../../../../../packages/client/', import.meta.url));
/** The program makes few calls; one that hangs must not wait for the test's own end (ms). */
const LIMIT_MS = 15_000;

let manager: TestManager;

beforeEach(async () => {
  manager = await startTestManager();
});
afterEach(() => manager.stop());

test('the example of the client’s README runs: a session, a node, a terminal, an end', async () => {
  const host = await manager.host({ streams: true });
  const args = [
    '--conditions=source',
    '--import',
    'tsx',
    `${CLIENT}example/first-terminal.mjs`,
    manager.origin,
    'exit',
  ];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: CLIENT, timeout: LIMIT_MS });
  expect(stdout).toContain('exit');
  expect(stderr).toContain('online\n');
  expect(host.commands.filter((command) => command.startsWith('terminal.open'))).toHaveLength(1);
  expect(host.nodes()).toEqual([]);
});

test('the README shows what the example does', () => {
  const example = readFileSync(`${CLIENT}example/first-terminal.mjs`, 'utf8');
  const [, shown = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(`${CLIENT}README.md`, 'utf8')) ?? [];
  expect(shown.length).toBeGreaterThan(100);
  expect(example).toContain(shown.trim());
});
