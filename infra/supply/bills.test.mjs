import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { nativeBill, npmBill } from './bills.mjs';

/** @typedef {{name: string, group?: string, version: string, 'bom-ref': string, scope?: string, hashes?: {alg: string, content: string}[]}} Component */
/** @param {string} bill @returns {{components: Component[], dependencies: {ref: string, dependsOn?: string[]}[]}} */
const parse = (bill) => JSON.parse(bill);

test('the bill of npm lists every package of production of the lock file, and none of development alone', () => {
  const lock = JSON.parse(readFileSync(join(REPO, 'package-lock.json'), 'utf8'));
  const entries = Object.entries(lock.packages).filter(([path, { link }]) => path !== '' && !link);
  const due = entries.filter(([, { dev }]) => !dev).map(([path, { version }]) => `${path}@${version}`);
  const listed = parse(npmBill(lock)).components;
  expect(listed.map(({ 'bom-ref': path, version }) => `${path}@${version}`).sort()).toEqual(due.sort());
  // Packages that something of development asks for as well had been left out.
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['socket.io', 'react', 'ws', 'node-pty']));
  const loose = listed.filter(
    ({ 'bom-ref': path, hashes = [] }) => path.includes('node_modules/') && hashes.length === 0,
  );
  expect(loose).toEqual([]);
  expect(npmBill(lock)).toBe(npmBill(lock));
});

test('what asks for what is found as Node.js finds it', () => {
  const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
  const lock = {
    packages: {
      '': { name: 'probe', version: '1.0.0' },
      'apps/one': { name: '@probe/one', version: '1.0.0', dependencies: { a: '1', '@x/b': '1', two: '1' } },
      'packages/two': { name: 'two', version: '1.0.0' },
      'node_modules/two': { link: true, resolved: 'packages/two' },
      'node_modules/a': { version: '1.0.0', integrity, license: 'MIT', dependencies: { c: '1' } },
      'node_modules/a/node_modules/c': { version: '2.0.0', optional: true, license: '(MIT OR CC0-1.0)' },
      'node_modules/c': { version: '1.0.0', dev: true },
      'node_modules/@x/b': { version: '3.0.0', dependencies: { a: '1', c: '1' } },
      'apps/one/node_modules/a': { version: '0.9.0', dependencies: { '@x/b': '3' } },
    },
  };
  const { components, dependencies } = parse(npmBill(lock));
  const asked = Object.fromEntries(dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  expect(asked).toMatchObject({
    'apps/one': ['apps/one/node_modules/a', 'node_modules/@x/b', 'packages/two'],
    'apps/one/node_modules/a': ['node_modules/@x/b'],
    'node_modules/a': ['node_modules/a/node_modules/c'],
    'node_modules/@x/b': ['node_modules/a'],
  });
  const a = components.find(({ 'bom-ref': path }) => path === 'node_modules/a');
  expect(a).toMatchObject({
    purl: 'pkg:npm/a@1.0.0',
    scope: 'required',
    hashes: [{ alg: 'SHA-512', content: '07'.repeat(64) }],
    licenses: [{ license: { id: 'MIT' } }],
  });
  expect(components.find(({ name }) => name === 'b')).toMatchObject({ group: '@x', purl: 'pkg:npm/%40x/b@3.0.0' });
  expect(components.find(({ version }) => version === '2.0.0')).toMatchObject({
    scope: 'optional',
    licenses: [{ expression: '(MIT OR CC0-1.0)' }],
  });
});

test('the bill of our own programs names the libraries that are in them', () => {
  const libc = { name: 'libc6-dev', version: '2.36-9', arch: 'amd64' };
  const programs = [
    { name: 'one', sha256: 'ab'.repeat(32), linked: [libc] },
    { name: 'two', sha256: 'cd'.repeat(32), linked: [libc] },
  ];
  const { components, dependencies } = parse(nativeBill({ version: '1.0.0', programs, distribution: 'debian' }));
  expect(components.map(({ name }) => name).sort()).toEqual(['libc6-dev', 'one', 'two']);
  expect(dependencies).toContainEqual({ ref: 'native/two', dependsOn: ['libc6-dev@2.36-9:amd64'] });
  expect(components.find(({ name }) => name === 'one')?.hashes).toEqual([{ alg: 'SHA-256', content: 'ab'.repeat(32) }]);
});
