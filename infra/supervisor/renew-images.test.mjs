import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { layoutOf } from '../common/paths.mjs';
import { renewImages } from './renew-images.mjs';

const layout = layoutOf({ DRYDOCK_STATE_DIR: '/nonexistent' });

/**
 * Runs the loop with looks that follow one another at once, until `enough` builders were run.
 * @param {{settings?: Record<string, string>, enough?: number, code?: number, line?: string}} options
 */
async function loop({ settings = {}, enough = 4, code = 0, line = '' }) {
  const stop = new AbortController();
  /** @type {string[][]} */
  const ran = [];
  /** @type {string[]} */
  const told = [];
  await renewImages({
    settings,
    layout,
    signal: stop.signal,
    tell: (text) => told.push(text),
    everyMs: 1,
    run: async (words, onLine) => {
      ran.push(words);
      onLine(line);
      if (ran.length === enough) stop.abort();
      return { code, output: 'the archive is away' };
    },
  });
  return { ran, told };
}

test('looks after both images again and again, as long as the stack runs', async () => {
  const { ran, told } = await loop({ line: 'node image: up to date in 0.5 s: /images' });
  const node = ['infra/node-image/build.mjs', '--same-recipe'];
  const library = ['infra/library/build.mjs', '--more'];
  expect(ran).toEqual([node, library, node, library]);
  expect(told).toEqual([]);
});

test('tells of an image that was renewed, and of one that could not be, and goes on', async () => {
  expect((await loop({ enough: 1, line: 'node image: built in 31.7 s: /images/node/a1' })).told).toEqual([
    'node image: built in 31.7 s: /images/node/a1',
  ]);
  const failing = await loop({ enough: 3, code: 1 });
  expect(failing.ran).toHaveLength(3);
  expect(failing.told[0]).toMatch(/^The node image could not be renewed; .*: the archive is away$/);
  expect(failing.told).toHaveLength(3);
});

test('keeps to the library’s size, and never renews what is good for ever', async () => {
  expect((await loop({ enough: 2, settings: { DRYDOCK_LIBRARY: 'core' } })).ran[1]).toEqual([
    'infra/library/build.mjs',
  ]);
  expect((await loop({ settings: { DRYDOCK_IMAGE_DAYS: '0' } })).ran).toEqual([]);
});

test('ends with the stack in the middle of a wait', async () => {
  const stop = new AbortController();
  const running = renewImages({
    settings: {},
    layout,
    signal: stop.signal,
    tell: () => {},
    run: () => Promise.reject(new Error('too early')),
  });
  await sleep(1);
  stop.abort();
  await running;
});
