import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pushImage } from '../library/push.mjs';
import { startRegistry } from '../library/registry-server.mjs';
import { foreignImages, pinImages } from './image-pins.mjs';

/** @type {string} */
let directory;
/** @type {Awaited<ReturnType<typeof startRegistry>>} */
let registry;
/** @type {string} */
let host;

beforeEach(async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'drydock-pins-'));
  directory = join(scratch, 'compose');
  execFileSync('mkdir', [directory, join(scratch, 'storage')]);
  registry = await startRegistry(join(scratch, 'storage'), scratch);
  host = new URL(registry.url).host;
});
afterEach(async () => {
  await registry.stop();
  rmSync(join(directory, '..'), { recursive: true, force: true });
});

/** Pushes an image without layers; `note` makes it another one. @param {string} repository @param {string} tag @param {string} note */
async function push(repository, tag, note) {
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { note } },
    rootfs: { type: 'layers', diff_ids: [] },
  };
  const image = { registry: registry.url, repository, tags: [tag], config, layers: [], known: new Map() };
  return (await pushImage(image)).digest;
}

const read = (/** @type {string} */ file) => readFileSync(join(directory, file), 'utf8');
const write = (/** @type {string} */ file, /** @type {string} */ text) => writeFileSync(join(directory, file), text);

/** A compose file and a Dockerfile as ours are. */
function writeSources() {
  write(
    'compose.yaml',
    `services:\n  store:\n    image: ${host}/store:7 # kept\n  web:\n    image: \${REGISTRY:-}web:\${TAG:-latest}\n  edge: { restart: always }\n`,
  );
  write(
    'web.Dockerfile',
    `FROM ${host}/node:20 AS build\nRUN true\nFROM build AS modules\nFROM --platform=linux/amd64 ${host}/node:20\n`,
  );
}

test('every image of others gets the digest that its registry gives, and the files keep all else', async () => {
  const [store, node] = [await push('store', '7', 'a'), await push('node', '20', 'b')];
  writeSources();
  const before = { compose: read('compose.yaml'), docker: read('web.Dockerfile') };
  expect(foreignImages(directory)).toEqual([
    { file: 'compose.yaml', name: `${host}/store:7`, pinned: false },
    { file: 'web.Dockerfile', name: `${host}/node:20`, pinned: false },
  ]);
  await pinImages(directory);
  expect(read('compose.yaml')).toBe(before.compose.replace('store:7', `store:7@${store}`));
  expect(read('web.Dockerfile')).toBe(before.docker.replaceAll('node:20', `node:20@${node}`));
  expect(foreignImages(directory).map(({ pinned }) => pinned)).toEqual([true, true]);
});

test('an image that changed behind its tag gets its new digest', async () => {
  const [old] = [await push('store', '7', 'a'), await push('node', '20', 'b')];
  writeSources();
  await pinImages(directory);
  const renewed = await push('store', '7', 'changed');
  expect(renewed).not.toBe(old);
  await pinImages(directory);
  expect(read('compose.yaml')).toContain(`store:7@${renewed} # kept`);
  expect(read('compose.yaml')).not.toContain(old);
});

test('when one registry does not answer nothing is written, and the image is named', async () => {
  await push('node', '20', 'b');
  writeSources();
  const before = read('web.Dockerfile');
  await expect(pinImages(directory)).rejects.toMatchObject({
    code: 'IMAGE_UNANSWERED',
    message: expect.stringContaining(`${host}/store:7`),
  });
  expect(read('web.Dockerfile')).toBe(before);
  write('compose.yaml', `services:\n  store:\n    image: ${host}/store\n`);
  await expect(pinImages(directory)).rejects.toMatchObject({ code: 'IMAGE_UNTAGGED' });
});
