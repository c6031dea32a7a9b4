import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { readAudit } from './audit.mjs';
import { debianBill } from './bills.mjs';
import { newerPackages, packagesIn, parseUpgrades } from './debian-packages.mjs';
import { licenceProblem } from './licences.mjs';

/** @type {string} */
let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-supply-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** @param {string} path @param {unknown} content */
function put(path, content) {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** @param {string} version */
const stanza = (version) =>
  `Package: engine\nStatus: install ok installed\nMaintainer: a\nArchitecture: all\nVersion: ${version}\nDescription: e\n`;

test('a package with a licence that is not on the list is refused, by name', async () => {
  put('package.json', {
    name: 'probe',
    version: '1.0.0',
    private: true,
    dependencies: { good: '1.0.0', bad: '1.0.0' },
  });
  put('node_modules/good/package.json', { name: 'good', version: '1.0.0', license: 'MIT' });
  expect(await licenceProblem(directory)).toBeUndefined();
  put('node_modules/bad/package.json', { name: 'bad', version: '1.0.0', license: 'AGPL-3.0-only' });
  expect(await licenceProblem(directory)).toContain('bad@1.0.0');
});

test('an audit with holes names them, one without is clean, and no answer is neither', () => {
  const figures = { metadata: { vulnerabilities: { high: 1 } } };
  const holes = { ...figures, vulnerabilities: { left: { name: 'left', severity: 'high', range: '<1.2' } } };
  expect(readAudit(JSON.stringify(holes), 1)).toEqual({ kind: 'holes', text: 'high: left <1.2' });
  expect(readAudit(JSON.stringify(figures), 0)).toEqual({ kind: 'clean' });
  expect(readAudit(JSON.stringify({ message: '405 Method Not Allowed - POST somewhere' }), 1)).toEqual({
    kind: 'unanswered',
    reason: '405 Method Not Allowed',
  });
  expect(readAudit('', 1).kind).toBe('unanswered');
});

test('the bill of an image lists each of its packages, and is the same for the same packages', async () => {
  put('root/var/lib/dpkg/status', stanza('1.0-1'));
  const packages = await packagesIn(join(directory, 'root'));
  expect(packages).toEqual([{ name: 'engine', version: '1.0-1', arch: 'all' }]);
  const image = { name: 'probe', version: '1', packages, distribution: 'debian' };
  const bill = debianBill(image);
  expect(JSON.parse(bill).components).toMatchObject([{ purl: 'pkg:deb/debian/engine@1.0-1?arch=all' }]);
  expect(debianBill(image)).toBe(bill);
});

test('packages that the archive has newer are told, by apt itself', async () => {
  put('root/var/lib/dpkg/status', stanza('1.0-1'));
  put(
    'archive/Packages',
    `${stanza('1.0-2').replace(/Status.*\n/, '')}Filename: ./e.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\n`,
  );
  const archive = { sources: [`deb [trusted=yes] file:${directory}/archive ./`], aptOptions: [] };
  expect(await newerPackages(join(directory, 'root'), archive)).toEqual([
    { name: 'engine', installed: '1.0-1', newer: '1.0-2' },
  ]);
  put('root/var/lib/dpkg/status', stanza('1.0-2'));
  expect(await newerPackages(join(directory, 'root'), archive)).toEqual([]);
  const away = { sources: [`deb [trusted=yes] file:${directory}/nothing ./`], aptOptions: [] };
  await expect(newerPackages(join(directory, 'root'), away)).rejects.toMatchObject({ code: 'ARCHIVE_AWAY' });
});

test('what an upgrade would bring new is no newer version', () => {
  const plan = 'Inst a [1] (2 Debian:13 [amd64])\nInst fresh (1 Debian:13 [amd64])\nConf a (2 Debian:13 [amd64])\n';
  expect(parseUpgrades(plan)).toEqual([{ name: 'a', installed: '1', newer: '2' }]);
});

test('every package of the lock file is pinned by its content', () => {
  const lock = JSON.parse(readFileSync(join(REPO, 'package-lock.json'), 'utf8'));
  // Our own workspaces are links, and what a package bundles is pinned with it.
  const free = Object.entries(lock.packages)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.link && !entry.inBundle && !entry.integrity)
    .map(([path]) => path);
  expect(free).toEqual([]);
});
