import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPO } from '../common/paths.mjs';
import {
  advisoriesFrom,
  advisoriesOf,
  ageDays,
  compareVersions,
  hits,
  isGrave,
  readAdvisories,
} from './advisories.mjs';

/** @type {string} */
let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-advisories-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** @param {Record<string, {version: string, dev?: boolean}>} packages by their paths */
const lockOf = (packages) => ({ packages: { '': {}, ...packages } });
/** @param {[string, string | null][]} affected @param {object} [more] */
const about = (affected, more = {}) => ({
  read: '2026-12-01',
  from: 'a test',
  advisories: [{ id: 'GHSA-aaaa-bbbb-cccc', package: 'ws', severity: 'high', affected, title: 'a hole', ...more }],
});

test('versions have the order of semver', () => {
  const inOrder = [
    '0',
    '0.9.0',
    '1.0.0-0',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0',
    '1.2',
    '1.10.0',
    '2.0.0',
  ];
  for (const [index, version] of inOrder.entries()) {
    expect([version, compareVersions(version, version)]).toEqual([version, 0]);
    for (const later of inOrder.slice(index + 1)) {
      expect([version, later, compareVersions(version, later) < 0, compareVersions(later, version) > 0]).toEqual([
        version,
        later,
        true,
        true,
      ]);
    }
  }
  expect(compareVersions('1.0.0+build', '1.0.0')).toBe(0);
});

test('an advisory fits the versions of its spans, wherever in the tree they lie, and no other', () => {
  const file = about([
    ['1.1.0', '5.2.5'],
    ['8.0.0', '8.21.0'],
  ]);
  const found = (/** @type {string} */ version, path = 'node_modules/ws') =>
    hits(lockOf({ [path]: { version } }), file).map((hit) => hit.version);
  for (const version of ['1.1.0', '5.2.4', '8.0.0', '8.20.9', '8.21.0-beta.1'])
    expect(found(version)).toEqual([version]);
  for (const version of ['1.0.9', '5.2.5', '7.9.9', '8.21.0', '9.0.0']) expect(found(version)).toEqual([]);
  expect(found('8.1.0', 'node_modules/a/node_modules/ws')).toEqual(['8.1.0']);
  expect(found('8.1.0', 'apps/web/node_modules/ws')).toEqual(['8.1.0']);
  expect(found('8.1.0', 'node_modules/@x/ws')).toEqual([]);
  expect(hits(lockOf({ 'node_modules/ws': { version: '99.0.0' } }), about([['0', null]]))).toHaveLength(1);
});

test('what runs in production alone fails, from the level on', () => {
  const grave = (/** @type {object} */ more, dev = false) =>
    hits(lockOf({ 'node_modules/ws': { version: '1.0.0', dev } }), about([['0', null]], more)).map(isGrave);
  expect(grave({})).toEqual([true]);
  expect(grave({ severity: 'critical' })).toEqual([true]);
  expect(grave({ severity: 'moderate' })).toEqual([false]);
  expect(grave({}, true)).toEqual([false]);
});

test('a file that has not the form is refused whole', () => {
  const path = join(directory, 'advisories.json');
  const read = (/** @type {unknown} */ content) => {
    writeFileSync(path, JSON.stringify(content));
    return () => readAdvisories(path);
  };
  const good = about([['0', '1.0.0']]);
  expect(read(good)()).toEqual(good);
  expect(ageDays(good, Date.parse('2026-12-31T12:00:00Z'))).toBe(30);
  for (const wrong of [
    { ...good, read: 'soon' },
    { ...good, advisories: [] },
    about([]),
    about([['<1', '1.0.0']]),
    about([['0', '1.x']]),
    about([['0', '1.0.0']], { severity: 'bad' }),
    about([['0', '1.0.0']], { id: 'OURS-1' }),
  ])
    expect(read(wrong)).toThrow(/advisories\.json/);
});

test('the file of the clone is about what is installed, and none of it fits', () => {
  const lock = JSON.parse(readFileSync(join(REPO, 'package-lock.json'), 'utf8'));
  const file = readAdvisories();
  const installed = new Set(Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)));
  expect(file.advisories.filter((advisory) => !installed.has(advisory.package))).toEqual([]);
  expect(hits(lock, file)).toEqual([]);
  // The same file finds its hole where an old version is installed.
  expect(hits(lockOf({ 'node_modules/socket.io-parser': { version: '4.2.5' } }), file)).toHaveLength(2);
});

test('records of OSV become the file: of what is installed from npm, with every form of a span, without what was withdrawn', () => {
  const lock = lockOf({ 'node_modules/ws': { version: '8.0.0' } });
  const record = (
    /** @type {string} */ id,
    /** @type {object[]} */ events,
    more = {},
    of = { ecosystem: 'npm', name: 'ws' },
  ) => ({
    id,
    published: '2026-06-16T00:00:00Z',
    summary: 'a hole',
    affected: [{ package: of, ranges: [{ type: 'SEMVER', events }] }],
    ...more,
  });
  const events = [
    { introduced: '0' },
    { fixed: '1.2.3' },
    { introduced: '2.0.0' },
    { last_affected: '2.4.6' },
    { introduced: '3.0.0' },
  ];
  mkdirSync(join(directory, 'deep/er'), { recursive: true });
  const put = (/** @type {string} */ name, /** @type {unknown} */ content) =>
    writeFileSync(join(directory, name), JSON.stringify(content));
  put('deep/er/a.json', record('GHSA-1', events, { database_specific: { severity: 'MODERATE' } }));
  put('b.json', record('GHSA-2', [{ introduced: '0' }], { withdrawn: '2026-07-01T00:00:00Z' }));
  put('c.json', record('PYSEC-1', [{ introduced: '0' }], {}, { ecosystem: 'PyPI', name: 'ws' }));
  put('d.json', record('GHSA-3', [{ introduced: '0' }], {}, { ecosystem: 'npm', name: 'elsewhere' }));
  const file = advisoriesFrom(directory, lock, Date.parse('2026-12-07T11:00:00Z'));
  expect(file).toMatchObject({
    read: '2026-12-07',
    advisories: [{ id: 'GHSA-1', package: 'ws', severity: 'moderate' }],
  });
  expect(file.advisories[0]?.affected).toEqual([
    ['0', '1.2.3'],
    ['2.0.0', '2.4.7-0'],
    ['3.0.0', null],
  ]);
  writeFileSync(join(directory, 'written.json'), JSON.stringify(file));
  expect(readAdvisories(join(directory, 'written.json'))).toEqual(file);
  // What does not say how grave it is counts as grave.
  expect(advisoriesOf(record('MAL-1', events), new Set(['ws']))).toMatchObject([{ severity: 'high' }]);
  rmSync(join(directory, 'deep'), { recursive: true });
  rmSync(join(directory, 'written.json'));
  expect(() => advisoriesFrom(directory, lock, 0)).toThrow(/No record/);
});
