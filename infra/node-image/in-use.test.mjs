import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { imagesInUse } from './in-use.mjs';

/** @type {string} */
let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-in-use-'));
  mkdirSync(join(directory, '.users'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** @param {string} stack @param {string} node @param {object} body */
function addNode(stack, node, body) {
  const folder = join(directory, stack, 'nodes/abcdefgh', node);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'body.json'), JSON.stringify(body));
  const link = join(directory, '.users', stack);
  if (!existsSync(link)) symlinkSync(join(directory, stack, 'nodes'), link);
}

test('images that nodes of any stack stand on are in use, and no others', () => {
  addNode('one', 'node1', { image: '/images/node/a1/rootfs' });
  addNode('one', 'node2', { image: '/images/node/b2/rootfs' });
  addNode('two', 'node1', { image: '/images/node/c3/rootfs' });
  const inUse = imagesInUse(directory);
  expect(['a1', 'b2', 'c3', 'd4'].filter(inUse)).toEqual(['a1', 'b2', 'c3']);
});

test('where an agent before this one made a node, every image may be in use', () => {
  addNode('one', 'node1', { recipe: 'x' });
  expect(imagesInUse(directory)('d4')).toBe(true);
});

test('a stack that is gone uses nothing, and its link is removed; a store without agents uses nothing', () => {
  symlinkSync(join(directory, 'gone/nodes'), join(directory, '.users/gone'));
  expect(imagesInUse(directory)('a1')).toBe(false);
  expect(readdirSync(join(directory, '.users'))).toEqual([]);
  expect(imagesInUse(join(directory, 'none'))('a1')).toBe(false);
});
