import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionIdSchema } from '@drydock/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NODE_ID_COUNT } from '../node-rights.ts';
import { createIdRanges, ID_RANGE_COUNT, rangeBase } from './id-ranges.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'drydock-ranges-'));
});
afterEach(() => rm(directory, { recursive: true }));
const node = (name: string) => ({ sessionId: sessionIdSchema.parse('abcdefgh'), name });

test('no two nodes share an id, whichever agents they belong to', async () => {
  const agents = ['/state/a', '/state/b', '/state/c'].map((owner) => createIdRanges(directory, owner));
  const bases = await Promise.all(
    agents.flatMap((ranges) => Array.from({ length: 20 }, (_, index) => ranges.claim(node(`n${index}`)))),
  );
  const sorted = bases.sort((a, b) => a - b);
  for (const [index, base] of sorted.entries()) {
    if (index > 0) expect(base - (sorted[index - 1] as number)).toBeGreaterThanOrEqual(NODE_ID_COUNT);
  }
});

test('a node keeps its range when it asks again, and an agent that restarts still knows it', async () => {
  const base = await createIdRanges(directory, '/state/a').claim(node('n'));
  const restarted = createIdRanges(directory, '/state/a');
  expect(await restarted.claim(node('n'))).toBe(base);
  expect(await restarted.list()).toEqual([node('n')]);
});

test('only the owner frees a range, and it can then be used again', async () => {
  const ranges = createIdRanges(directory, '/state/a');
  const base = await ranges.claim(node('n'));
  await createIdRanges(directory, '/state/b').release(node('n'));
  expect(await ranges.list()).toHaveLength(1);
  await ranges.release(node('n'));
  expect(await readdir(directory)).toEqual([]);
  expect(await ranges.claim(node('m'))).toBe(base);
});

test('what an agent that was killed amid a claim has left is cleared away by the next, and no other’s', async () => {
  const draft = (owner: string) => JSON.stringify({ owner, ...node('n') });
  await writeFile(join(directory, '.draft-uid-1'), draft('/state/a'));
  await writeFile(join(directory, '.draft-uid-2'), draft('/state/b'));
  expect(await createIdRanges(directory, '/state/a').list()).toEqual([]);
  expect(await readdir(directory)).toEqual(['.draft-uid-2']);
});

test('all ranges lie above the ids of people and below 2^31', () => {
  expect(rangeBase(0)).toBeGreaterThan(100_000 + 1000 * 65_536);
  expect(rangeBase(ID_RANGE_COUNT - 1) + NODE_ID_COUNT).toBeLessThan(2 ** 31);
  expect(ID_RANGE_COUNT).toBeGreaterThan(1000);
});
