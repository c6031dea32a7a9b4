/** Makes the layers of every image of a catalogue. */
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../common/run-command.mjs';
import { makeLayer, packLayer } from './layers.mjs';
import { fillBusybox, fillProgram } from './scratch.mjs';

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
 * @property {Record<string, Layer[]>} [foreign] the same for other processors, by Go's names of them
 */

/** @typedef {{layer: Layer | undefined, version: string, foreign?: Record<string, Layer>}} OwnLayer undefined: nothing over its base */

/**
 * @param {object} job
 * @param {readonly LibraryImage[]} job.catalogue
 * @param {string} job.work the scratch folder that makeBase filled
 * @param {Layer | undefined} [job.base] the base when it is made already; otherwise it is in the catalogue
 * @param {Record<string, string>} [job.foreignBusybox] files of a static busybox by Go's names of other processors
 * @param {{path: string, version: string} | undefined} job.npm
 * @param {(line: string) => void} job.say
 * @param {AbortSignal} job.signal
 * @returns {Promise<Made[]>} in the catalogue's order
 */
export async function makeImages({ catalogue, work, base, foreignBusybox = {}, npm, say, signal }) {
  /** @type {Map<string, Promise<OwnLayer>>} */
  const shared = new Map();
  /** @param {LibraryImage} image */
  const ownLayer = (image) => {
    const key = image.repository;
    const existing = shared.get(key);
    if (existing !== undefined) return existing;
    const made = makeOwnLayer({ image, work, foreignBusybox, npm, signal }).then((result) => {
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

  /** @param {string} repository @returns {Promise<OwnLayer>} */
  const named = async (repository) =>
    ownLayer(/** @type {LibraryImage} */ (catalogue.find((image) => image.repository === repository)));
  return Promise.all(
    catalogue.map(async (image) => {
      const { layer, version, foreign } = await ownLayer(image);
      const own = layer === undefined ? [] : [layer];
      if (image.base === 'debian' && !isBase(image)) {
        return { image, version, layers: [base ?? (await named('library/debian')).layer, ...own].filter(isLayer) };
      }
      if (image.base !== 'busybox') return { image, version, layers: own, ...forEach(foreign, (one) => [one]) };
      const below = await named('library/busybox');
      const layers = [below.layer, ...own].filter(isLayer);
      return { image, version, layers, ...forEach(below.foreign, (one) => [one, ...own]) };
    }),
  );
}

/** @param {Layer | undefined} layer @returns {layer is Layer} */
const isLayer = (layer) => layer !== undefined;

/**
 * @param {Record<string, Layer> | undefined} foreign
 * @param {(layer: Layer) => Layer[]} layersOf
 */
function forEach(foreign = {}, layersOf) {
  const entries = Object.entries(foreign).map(([arch, layer]) => [arch, layersOf(layer)]);
  return entries.length === 0 ? {} : { foreign: Object.fromEntries(entries) };
}

/** @param {LibraryImage} image */
const isBase = (image) => image.repository === 'library/debian';

/**
 * @param {object} job
 * @param {LibraryImage} job.image
 * @param {string} job.work
 * @param {Record<string, string>} job.foreignBusybox
 * @param {{path: string, version: string} | undefined} job.npm
 * @param {AbortSignal} job.signal
 * @returns {Promise<OwnLayer>}
 */
async function makeOwnLayer({ image, work, foreignBusybox, npm, signal }) {
  const name = image.repository.replace('/', '-');
  const file = join(work, 'layers', `${name}.tar.gz`);
  if (isBase(image)) return { layer: await packLayer(join(work, 'base'), file), version: '13' };
  if (image.program !== undefined) {
    const root = makeFolder(work, `${name}-root`);
    await fillProgram(root, image.program);
    return { layer: await packLayer(root, file), version: '' };
  }
  if (image.base === 'busybox') return { layer: await packTree(image.files ?? '', work, name, file), version: '' };
  if (image.packages.length === 0) return { layer: undefined, version: '13' };
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
  const binary = join(upper, 'usr/bin/busybox');
  /** @param {string} suffix @param {string} from */
  const pack = async (suffix, from) => {
    const root = makeFolder(work, `${name}-root${suffix}`);
    await fillBusybox(root, from, binary);
    return packLayer(root, file.replace(/\.tar\.gz$/, `${suffix}.tar.gz`));
  };
  /** @type {Record<string, Layer>} */
  const foreign = {};
  for (const [arch, from] of Object.entries(foreignBusybox)) foreign[arch] = await pack(`-${arch}`, from);
  return { layer: await pack('', binary), version, foreign };
}

/**
 * A layer of a tree alone: everything is root's, and programs are what lies in a `bin`.
 * @param {string} files relative to infra/library
 * @param {string} work
 * @param {string} name
 * @param {string} file
 */
async function packTree(files, work, name, file) {
  const root = makeFolder(work, `${name}-root`);
  await runCommand('cp', ['-R', '--no-preserve=ownership,mode,timestamps', `${join(HERE, files)}/.`, root]);
  await runCommand('chown', ['-R', '0:0', root]);
  const programs = join(root, 'bin');
  if (existsSync(programs)) for (const program of readdirSync(programs)) chmodSync(join(programs, program), 0o755);
  return packLayer(root, file);
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
 * @param {LibraryImage} image
 * @param {readonly Layer[]} layers
 * @param {string} arch as Go names it
 * @param {string} created ISO time
 */
export function imageConfig(image, layers, arch, created) {
  const own = /** @type {{Env?: string[]}} */ (image.config);
  const what =
    image.packages.length === 0
      ? `${image.repository} of the Drydock library`
      : `apt-get install ${image.packages.join(' ')}`;
  const below = image.base === 'busybox' ? 'BusyBox of Debian' : 'Debian, made by mmdebstrap';
  const origins = layers.length === 2 ? [below, what] : [what];
  return {
    architecture: arch,
    os: 'linux',
    created,
    config: {
      ...image.config,
      Env: [PATH, ...(own.Env ?? [])],
      // Whoever asks an image what it is gets the truth: many stand in for one of the same name.
      Labels: {
        'org.opencontainers.image.vendor': 'Drydock image library, from Debian packages',
        'org.opencontainers.image.description': image.description,
      },
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: [
      ...origins.map((created_by) => ({ created, created_by })),
      { created, created_by: `CMD ${JSON.stringify(image.config.Cmd)}`, empty_layer: true },
    ],
  };
}
