/** Makes every image of the catalogue and pushes it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../common/run-command.mjs';
import { makeLayer, packLayer } from './layers.mjs';
import { fillBusybox, fillWeb } from './scratch.mjs';

/** Packages are installed for as many images at once as a small machine has cores. */
const AT_ONCE = 2;
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** @typedef {import('./catalogue.mjs').LibraryImage} LibraryImage */
/** @typedef {import('./layers.mjs').Layer} Layer */

/**
 * @typedef {object} Made
 * @property {LibraryImage} image
 * @property {Layer[]} layers
 * @property {string} version
 */

/**
 * @param {object} job
 * @param {readonly LibraryImage[]} job.catalogue
 * @param {string} job.work the scratch folder that makeBase filled
 * @param {{path: string, version: string} | undefined} job.npm
 * @param {(line: string) => void} job.say
 * @param {AbortSignal} job.signal
 * @returns {Promise<Made[]>} in the catalogue's order
 */
export async function makeImages({ catalogue, work, npm, say, signal }) {
  /** @type {Map<string, Promise<{layer: Layer, version: string}>>} */
  const shared = new Map();
  /** @param {LibraryImage} image */
  const ownLayer = (image) => {
    const key = image.repository;
    const existing = shared.get(key);
    if (existing !== undefined) return existing;
    const made = makeOwnLayer({ image, work, npm, signal }).then((result) => {
      say(`${key.replace(/^library\//, '')} ${result.version} is made`);
      return result;
    });
    shared.set(key, made);
    return made;
  };
  const queue = [...catalogue];
  const worker = async () => {
    for (let image = queue.shift(); image !== undefined && !signal.aborted; image = queue.shift())
      await ownLayer(image);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const base = (await ownLayer(/** @type {LibraryImage} */ (catalogue.find(isBase)))).layer;
  return Promise.all(
    catalogue.map(async (image) => {
      const { layer, version } = await ownLayer(image);
      return { image, version, layers: image.base === 'debian' && !isBase(image) ? [base, layer] : [layer] };
    }),
  );
}

/** @param {LibraryImage} image */
const isBase = (image) => image.repository === 'library/debian';

/**
 * @param {{image: LibraryImage, work: string, npm: {path: string, version: string} | undefined, signal: AbortSignal}} job
 */
async function makeOwnLayer({ image, work, npm, signal }) {
  const name = image.repository.replace('/', '-');
  const file = join(work, 'layers', `${name}.tar.gz`);
  if (isBase(image)) return { layer: await packLayer(join(work, 'base'), file), version: '13' };
  if (image.repository === 'drydock/web') {
    const root = makeFolder(work, `${name}-root`);
    await fillWeb(root);
    return { layer: await packLayer(root, file), version: '1 and 2' };
  }
  /** @type {[string, string][]} */
  const trees = image.files === undefined ? [] : [[join(HERE, image.files), '/']];
  const finish = [...(image.finish ?? [])];
  if (image.withNpm === true && npm !== undefined) {
    trees.push([npm.path, '/usr/local/lib/node_modules/npm']);
    finish.push('cd /usr/local/lib/node_modules/npm && rm -rf docs man', ...['npm', 'npx'].map(linkNpm));
  }
  const upper = await makeLayer({ work, name, packages: image.packages, trees, finish, signal });
  const version = await packageVersion(upper, image.versionOf ?? '');
  if (image.base === 'debian') return { layer: await packLayer(upper, file), version };
  const root = makeFolder(work, `${name}-root`);
  await fillBusybox(root, join(upper, 'usr/bin/busybox'));
  return { layer: await packLayer(root, file), version };
}

/** @param {string} program */
const linkNpm = (program) => `ln -sf ../lib/node_modules/npm/bin/${program}-cli.js /usr/local/bin/${program}`;

/**
 * @param {string} work
 * @param {string} name
 */
function makeFolder(work, name) {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/**
 * The upstream part of an installed package's version.
 * @param {string} upper
 * @param {string} name
 */
async function packageVersion(upper, name) {
  const query = await runCommand('dpkg-query', [
    `--admindir=${upper}/var/lib/dpkg`,
    '-W',
    '-f',
    '$' + '{Version}',
    name,
  ]);
  return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(query.stdout)?.[1] ?? '';
}

/**
 * The configuration of an image in Docker's form.
 * @param {Made} made
 * @param {string} arch as Go names it
 * @param {string} created ISO time
 */
export function imageConfig({ image, layers }, arch, created) {
  const own = /** @type {{Env?: string[]}} */ (image.config);
  const what =
    image.packages.length === 0
      ? `${image.repository} of the Drydock library`
      : `apt-get install ${image.packages.join(' ')}`;
  const origins = layers.length === 2 ? ['Debian, made by mmdebstrap', what] : [what];
  return {
    architecture: arch,
    os: 'linux',
    created,
    config: { ...image.config, Env: [PATH, ...(own.Env ?? [])] },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: [
      ...origins.map((created_by) => ({ created, created_by })),
      { created, created_by: `CMD ${JSON.stringify(image.config.Cmd)}`, empty_layer: true },
    ],
  };
}
