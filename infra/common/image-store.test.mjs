import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureBuild } from './image-store.mjs';

/** @type {string} */
let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const say = () => {};
/** @param {string} content */
const writes = (content) => async (/** @type {string} */ staging) => writeFileSync(join(staging, 'content'), content);
const visible = () => readdirSync(directory).filter((name) => name !== '.lock');

test('a build appears whole under its hash, `current` points at it, and it is not built twice', async () => {
  const first = await ensureBuild({ directory, hash: 'a1', say, build: writes('one') });
  expect(first).toEqual({ path: join(directory, 'a1'), built: true });
  expect(readFileSync(join(directory, 'current/content'), 'utf8')).toBe('one');
  const again = await ensureBuild({
    directory,
    hash: 'a1',
    say,
    build: () => Promise.reject(new Error('built twice')),
  });
  expect(again.built).toBe(false);
});

test('a failed build leaves nothing, and the one before stays current', async () => {
  await ensureBuild({ directory, hash: 'a1', say, build: writes('one') });
  const build = async (/** @type {string} */ staging) => {
    writeFileSync(join(staging, 'half'), '');
    throw new Error('disk full');
  };
  await expect(ensureBuild({ directory, hash: 'b2', say, build })).rejects.toThrow('disk full');
  expect(visible().sort()).toEqual(['a1', 'current']);
  expect(readlinkSync(join(directory, 'current'))).toBe('a1');
});

test('an older build that is wanted again is not rebuilt', async () => {
  await ensureBuild({ directory, hash: 'a1', say, build: writes('one') });
  await ensureBuild({ directory, hash: 'b2', say, build: writes('two') });
  await ensureBuild({ directory, hash: 'a1', say, build: () => Promise.reject(new Error('rebuilt')) });
  expect(readFileSync(join(directory, 'current/content'), 'utf8')).toBe('one');
});

test('of old builds the one before the current stays, and whatever is younger than a day', async () => {
  const old = (Date.now() - 2 * 24 * 3600 * 1000) / 1000;
  for (const [index, hash] of ['a1', 'b2', 'c3', 'd4'].entries()) {
    await ensureBuild({ directory, hash, say, build: writes(hash) });
    if (hash !== 'd4') utimesSync(join(directory, hash), old + index, old + index);
  }
  await ensureBuild({ directory, hash: 'e5', say, build: writes('five') });
  expect(visible().sort()).toEqual(['current', 'd4', 'e5']);
});

test('what a killed build left is cleared away by the next', async () => {
  const script = `import { ensureBuild } from ${JSON.stringify(new URL('image-store.mjs', import.meta.url).href)};
    import { writeFileSync } from 'node:fs';
    await ensureBuild({ directory: ${JSON.stringify(directory)}, hash: 'a1', say() {}, build: (staging) => {
      writeFileSync(staging + '/half', ''); console.log('building'); return new Promise(() => setInterval(() => {}, 1000)); } });`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(/** @type {import('node:stream').Readable} */ (killed.stdout), 'data');
  expect(visible().some((name) => name.startsWith('.building-a1-'))).toBe(true);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  // The kernel lets go of the dead builder's lock: this does not wait for ever.
  await ensureBuild({ directory, hash: 'a1', say, build: writes('whole') });
  expect(visible().sort()).toEqual(['a1', 'current']);
  expect(existsSync(join(directory, 'a1/half'))).toBe(false);
});

test('two who want the same build at once get one build', async () => {
  let builds = 0;
  const build = async (/** @type {string} */ staging) => {
    builds++;
    mkdirSync(join(staging, 'slow'));
    await new Promise((resolve) => setTimeout(resolve, 300));
  };
  const both = await Promise.all([1, 2].map(() => ensureBuild({ directory, hash: 'a1', say, build })));
  expect(builds).toBe(1);
  expect(both.map(({ built }) => built).sort()).toEqual([false, true]);
});

const DAY_MS = 24 * 3600 * 1000;
/** @param {Record<string, number>} ages the age of each build (days); one that is not named is new */
const freshness = (ages) => ({
  forMs: 7 * DAY_MS,
  installedAt: (/** @type {string} */ path) => Date.now() - (ages[path.split('/').at(-1) ?? ''] ?? 0) * DAY_MS,
});
const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');

test('a build that has become old is made again beside the first, once', async () => {
  await ensureBuild({ directory, hash: 'a1', say, build: writes('old'), freshness: freshness({}) });
  const old = freshness({ a1: 8 });
  const again = await ensureBuild({ directory, hash: 'a1', say, build: writes('new'), freshness: old });
  expect(again).toEqual({ path: join(directory, `a1${today}`), built: true });
  expect(readFileSync(join(directory, 'current/content'), 'utf8')).toBe('new');
  // Nodes may stand on it.
  expect(readFileSync(join(directory, 'a1/content'), 'utf8')).toBe('old');
  const build = () => Promise.reject(new Error('built twice'));
  expect((await ensureBuild({ directory, hash: 'a1', say, build, freshness: old })).built).toBe(false);
});

test('an old build that cannot be made again stays in use, and that is said', async () => {
  await ensureBuild({ directory, hash: 'a1', say, build: writes('old') });
  /** @type {string[]} */
  const said = [];
  const build = () => Promise.reject(new Error('the archive is away'));
  const tell = (/** @type {string} */ line) => said.push(line);
  const kept = await ensureBuild({ directory, hash: 'a1', say: tell, build, freshness: freshness({ a1: 8 }) });
  expect(kept).toEqual({ path: join(directory, 'a1'), built: false });
  expect(said.join()).toContain('the archive is away');
  expect(visible().sort()).toEqual(['a1', 'current']);
});

test('a build that is in use stays, however old it is', async () => {
  const old = (Date.now() - 2 * 24 * 3600 * 1000) / 1000;
  const inUse = () => (/** @type {string} */ name) => name === 'a1';
  for (const [index, hash] of ['a1', 'b2', 'c3'].entries()) {
    await ensureBuild({ directory, hash, say, build: writes(hash), inUse });
    utimesSync(join(directory, hash), old + index, old + index);
  }
  await ensureBuild({ directory, hash: 'd4', say, build: writes('four'), inUse });
  expect(visible().sort()).toEqual(['a1', 'c3', 'current', 'd4']);
});
