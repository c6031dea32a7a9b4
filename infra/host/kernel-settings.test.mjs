import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeRefused, kernelSettings, parseSettings, SETTINGS_FILE } from './kernel-settings.mjs';

/** @type {string} */
let root;
/** @type {import('./kernel-settings.mjs').KernelSettings} */
let kernel;
/** @param {string} name */
const read = (name) => readFileSync(join(root, 'sys', name.replaceAll('.', '/')), 'utf8').trim();
/** @param {string} name @param {string} value */
function set(name, value) {
  const path = join(root, 'sys', name.replaceAll('.', '/'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, value);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-kernel-'));
  set('fs.watches', '128\n');
  set('kernel.pid_max', '4194304');
  const settings = parseSettings('# why\nfs.watches = 8192\nkernel.pid_max = 32768\nnet.of_no_kernel = 1\n');
  const isThere = (/** @type {string} */ owner) => owner !== '/gone';
  kernel = kernelSettings({ directory: join(root, 'notes'), proc: join(root, 'sys'), settings, isThere });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('what is lower is raised, what is higher stays, and what the kernel lacks is not missed', () => {
  expect(kernel.low()).toEqual([{ name: 'fs.watches', value: '128', least: '8192' }]);
  expect(kernel.raise('/a')).toEqual({ raised: [{ name: 'fs.watches', value: '128', least: '8192' }], refused: [] });
  expect([read('fs.watches'), read('kernel.pid_max'), kernel.low()]).toEqual(['8192', '4194304', []]);
});

test('the last stack of the machine puts back what was raised', () => {
  kernel.raise('/a');
  kernel.raise('/b');
  expect([kernel.putBack('/a'), read('fs.watches')]).toEqual([[], '8192']);
  expect([kernel.putBack('/b'), read('fs.watches')]).toEqual([['fs.watches'], '128']);
});

test('a stack that starts again after it was killed puts back what was before its first start', () => {
  kernel.raise('/a');
  kernel.raise('/a');
  kernel.putBack('/a');
  expect(read('fs.watches')).toBe('128');
});

test('what somebody else has changed since is theirs', () => {
  kernel.raise('/a');
  set('fs.watches', '100000');
  expect([kernel.putBack('/a'), read('fs.watches')]).toEqual([[], '100000']);
});

test('a stack that is gone without a stop does not keep them', () => {
  kernel.raise('/gone');
  kernel.raise('/a');
  expect(kernel.putBack('/a')).toEqual(['fs.watches']);
});

test('a setting that cannot be written is no failure: it is named with what it is and what it should be', () => {
  // Not even root may write this one.
  const settings = parseSettings('kernel.ngroups_max = 99999999');
  const fixed = kernelSettings({ directory: join(root, 'notes'), settings });
  const { raised, refused } = fixed.raise('/a');
  expect(raised).toEqual([]);
  expect(describeRefused(refused)).toContain('kernel.ngroups_max = 65536 (99999999)');
  expect(describeRefused([])).toBeUndefined();
});

test('the project’s own file has no line that is not understood, and no setting twice', () => {
  const text = readFileSync(SETTINGS_FILE, 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = parseSettings(text).map(({ name }) => name);
  expect(names).toHaveLength(lines.length);
  expect(new Set(names).size).toBe(names.length);
});
